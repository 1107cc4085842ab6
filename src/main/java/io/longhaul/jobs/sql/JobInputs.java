package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * The questions of tools and their answers. A question is asked once in the life of its job: an attempt that asks it
 * again gets the row of the first one.
 */
public interface JobInputs {
    String COLUMNS = """
            i.job_id, i.key, i.attempt, i.request::text AS request, i.asked_at, i.expires_at, i.answer::text AS answer,
            i.answered_at, i.answered_by, i.answered_at IS NULL AND i.expires_at <= NOW() AS expired
            """;

    /**
     * Stores a question of an attempt, or finds the same one of an earlier attempt. Returns nothing without the lease,
     * and for a new question beyond the limit.
     *
     * @param request JSON
     * @param millis time in which it is to be answered
     * @param most questions that a job may ask
     */
    @SqlQuery("""
            WITH asked AS (
                INSERT INTO job_inputs AS i (job_id, key, attempt, request, expires_at)
                SELECT h.job_id, :key, h.attempt, :request::json, NOW() + make_interval(secs => :millis / 1000.0)
                FROM job_leases h
                WHERE h.job_id = :job AND h.attempt = :attempt AND h.node_id = :node
                  AND (EXISTS (SELECT FROM job_inputs o WHERE o.job_id = :job AND o.key = :key)
                       OR (SELECT count(*) FROM job_inputs o WHERE o.job_id = :job) < :most)
                ON CONFLICT (job_id, key) DO UPDATE
                SET attempt = GREATEST(i.attempt, excluded.attempt)
                RETURNING i.*
            )
            SELECT
            """ + COLUMNS + """
            FROM asked i
            """)
    @RegisterConstructorMapper(Row.class)
    Optional<Row> ask(UUID job, int attempt, long node, String key, String request, long millis, int most);

    /** The questions of a job, first to last. */
    @SqlQuery("SELECT\n" + COLUMNS + """
            FROM job_inputs i
            WHERE i.job_id = :job
            ORDER BY i.asked_at, i.key
            """)
    @RegisterConstructorMapper(Row.class)
    List<Row> list(UUID job);

    @SqlQuery("SELECT\n" + COLUMNS + """
            FROM job_inputs i
            WHERE i.job_id = :job AND i.key = :key
            """)
    @RegisterConstructorMapper(Row.class)
    Optional<Row> find(UUID job, String key);

    /** Those of these questions whose wait is over: they are answered, or their time is. */
    @SqlQuery("SELECT\n" + COLUMNS + """
            FROM unnest(:jobs::uuid[], :keys::text[]) AS d (job, key)
            JOIN job_inputs i ON i.job_id = d.job AND i.key = d.key
            WHERE i.answered_at IS NOT NULL OR i.expires_at <= NOW()
            """)
    @RegisterConstructorMapper(Row.class)
    List<Row> settled(UUID[] jobs, String[] keys);

    /** The time until which an attempt's open questions are to be answered; nothing if it has none. */
    @SqlQuery("""
            SELECT min(i.expires_at)
            FROM job_inputs i
            WHERE i.job_id = :job AND i.attempt = :attempt AND i.answered_at IS NULL
            HAVING count(*) > 0
            """)
    Optional<Instant> openUntil(UUID job, int attempt);

    /**
     * Stores an answer, and notifies all nodes with the commit. Returns nothing if there is one already, or the time is
     * over. Must run after {@link JobTransitions#lock} in one transaction, so that the job cannot end meanwhile.
     *
     * @param answer JSON
     * @param by the principal, or null for anybody
     */
    @SqlQuery("""
            WITH answered AS (
                UPDATE job_inputs i
                SET answer = :answer::json, answered_at = NOW(), answered_by = :by
                WHERE i.job_id = :job AND i.key = :key AND i.answered_at IS NULL AND i.expires_at > NOW()
                RETURNING i.*
            ), told AS MATERIALIZED (
                SELECT pg_notify('longhaul_input', job_id::text) FROM answered
            )
            SELECT
            """ + COLUMNS + """
            FROM answered i CROSS JOIN told
            """)
    @RegisterConstructorMapper(Row.class)
    Optional<Row> answer(UUID job, String key, String answer, String by);

    /**
     * Lets the time of a remote attempt go on that stood still until this question's time is over. To be called with the
     * answer, in one transaction.
     */
    @SqlUpdate("""
            UPDATE job_leases l
            SET deadline = l.deadline - (i.expires_at - NOW())
            FROM job_inputs i
            WHERE i.job_id = :job AND i.key = :key AND l.job_id = i.job_id AND l.attempt = i.attempt
              AND l.deadline IS NOT NULL
            """)
    int resumeTime(UUID job, String key);

    /**
     * A question and its answer.
     *
     * @param attempt the last attempt that asked it
     * @param request JSON
     * @param askedAt when it was first asked
     * @param expiresAt until when it can be answered
     * @param answer JSON, or null
     * @param answeredAt null without an answer
     * @param answeredBy the principal, or null without an answer or for anybody
     * @param expired true if its time was over before it was answered
     */
    record Row(
            UUID jobId,
            String key,
            int attempt,
            String request,
            Instant askedAt,
            Instant expiresAt,
            String answer,
            Instant answeredAt,
            String answeredBy,
            boolean expired) {
        public boolean isAnswered() {
            return answeredAt != null;
        }
    }
}
