package io.longhaul.jobs.sql;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Changes of jobs whose time is over: those that did not begin in time fail, ended ones are deleted. Each statement takes at most
 * {@code limit} jobs. With {@code only} it takes only these; null means all that are not quarantined.
 */
public interface ExpiryTransitions {
    /** The condition of a job that expires if it does not begin in time. */
    String LIMITED = """
             AND j.expires_at < 'infinity' AND j.status = 'pending' AND j.start_within_seconds IS NOT NULL AND j.attempt = 0
            """;

    /** Fails pending jobs that did not begin within their {@code start_within_seconds}, and returns them. */
    // 0021-expired-before writes a limit of 0 seconds, which no submit can. Five seconds after the time a claim stops
    // taking them, so that the two never meet.
    @SqlQuery("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'EXPIRED',
                error_message = CASE WHEN start_within_seconds = 0
                    THEN 'The job had expired in the system that accepted it, before it came here. Submit it again.'
                    ELSE 'The job expired before a worker could begin it, within the ' || start_within_seconds
                        || ' seconds that its submit (start_within_seconds) or its tool (start_within) gave it. Submit it again with a longer '
                        || 'start_within_seconds, or when workers for ' || tool_name || ' are free.'
                    END,
                failure =\s""" + FailureSql.OPEN + "'EXPIRED' || ' ' || 'The job expired.'" + FailureSql.CLOSE + """
            ,
                expires_at =\s""" + Lifetimes.KEPT
            + """

            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.expires_at < NOW() - INTERVAL '5 s'""" + LIMITED + """
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'expiry' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                ORDER BY j.expires_at
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED))
              AND status::text = 'pending'
            RETURNING id
            """)
    List<UUID> expirePending(int limit, UUID[] only);

    /** The condition of a job that waits without a limit and has one in its row. */
    String WRONGLY_LIMITED = """
             AND j.expires_at < 'infinity' AND j.status = 'pending' AND (j.start_within_seconds IS NULL OR j.attempt > 0)
            """;

    /**
     * Takes the limit off jobs that may wait without one: programs of schema level 20 and lower, and SQL of others, write
     * a time into {@code expires_at} of pending jobs, and those programs fail jobs when it has come. Returns the number.
     */
    // An hour before that time, which is the shortest ttl, so that a program of a lower level never comes first. How
    // long
    // such a job is kept is known from the two times only.
    @SqlUpdate("""
            UPDATE jobs
            SET expires_at = 'infinity',
                ttl_seconds = COALESCE(ttl_seconds, CASE WHEN expires_at > created_at
                    THEN LEAST(2147483647, EXTRACT(EPOCH FROM expires_at) - EXTRACT(EPOCH FROM created_at))::int
                    ELSE 86400 END)
            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.expires_at < NOW() + INTERVAL '1 h'""" + WRONGLY_LIMITED + """
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'start-limit' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                ORDER BY j.expires_at
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED))
              AND status::text = 'pending'
            """)
    int liftLimits(int limit, UUID[] only);

    /**
     * The condition of an ended job that may be deleted once its {@code expires_at} has come. In rows that another
     * system ended, that time counts from the submit: of these only the length is taken, and counts from the end.
     */
    String KEPT_LONG_ENOUGH = """
             AND (j.ttl_seconds IS NOT NULL OR j.attempt > 0 OR j.error_code IS NOT NULL OR j.completed_at IS NULL
                           OR j.completed_at + (NULLIF(j.expires_at, 'infinity') - j.created_at) < NOW())
            """;

    /**
     * Deletes ended jobs whose retention is over, with their attempts, progress, logs and questions.
     *
     * @param from only jobs that expired at this time or later
     */
    // Begins where the last batch ended: deleted rows stay in the index for as long as a transaction may see them,
    // and each batch would scan all of them again. A job that its first attempt completed has no attempts to delete.
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM jobs
                WHERE id = ANY (ARRAY(
                    SELECT j.id
                    FROM jobs j
                    WHERE j.expires_at < NOW() AND j.expires_at >= :from
                      AND j.status IN ('completed', 'failed', 'cancelled')""" + KEPT_LONG_ENOUGH + """
                      AND CASE WHEN :only::uuid[] IS NULL
                               THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'clean-up' AND q.row_id = j.id OFFSET 0)
                               ELSE j.id = ANY (:only::uuid[]) END
                    ORDER BY j.expires_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id, expires_at, attempt <> 1 OR status <> 'completed' AS retried
            ), attempts AS (
                DELETE FROM job_attempts a USING gone g WHERE g.retried AND a.job_id = g.id
            ), progress AS (
                DELETE FROM job_progress p USING gone g WHERE p.job_id = g.id
            ), logs AS (
                DELETE FROM job_logs l USING gone g WHERE l.job_id = g.id
            ), inputs AS (
                DELETE FROM job_inputs i USING gone g WHERE i.job_id = g.id
            ), predecessors AS (
                DELETE FROM job_predecessors p USING gone g WHERE p.job_id = g.id
            )
            SELECT count(*) AS jobs, max(expires_at) AS up_to FROM gone
            """)
    @RegisterConstructorMapper(Removed.class)
    Removed deleteExpired(int limit, OffsetDateTime from, UUID[] only);

    /**
     * The result of a clean-up.
     *
     * @param jobs number of deleted jobs
     * @param upTo when the last of them expired, or null if there was none
     */
    record Removed(int jobs, OffsetDateTime upTo) {}
}
