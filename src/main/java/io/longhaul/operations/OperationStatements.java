package io.longhaul.operations;

import io.longhaul.jobs.JobStatus;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.customizer.BindMap;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on operations and the outcomes of their jobs. */
@RegisterConstructorMapper(BulkOperation.class)
@RegisterConstructorMapper(JobOutcome.class)
public interface OperationStatements {
    String COLUMNS = """
            o.id, o.kind, o.filter::text AS filter, o.principal, o.tools, o.trace_id, o.state, o.created_at, o.ended_at,
            o.listed_time, o.listed_id, o.listed, o.tried, o.matched, o.done, o.skipped, o.failed, o.waits_for
            """;

    /** The operation that an earlier request of the principal began with this key. */
    @SqlQuery("SELECT " + COLUMNS + """
            FROM operations o
            WHERE o.idempotency_key = :key AND COALESCE(o.principal, '') = COALESCE(:principal, '')
            """)
    Optional<BulkOperation> byKey(String key, String principal);

    @SqlQuery("""
            SELECT count(*)
            FROM operations
            WHERE state IN ('pending', 'running') AND COALESCE(principal, '') = COALESCE(:principal, '')
            """)
    int open(String principal);

    @SqlQuery("""
            INSERT INTO operations AS o (id, kind, filter, principal, tools, idempotency_key, trace_id)
            VALUES (:id, :kind, CAST(:filter AS json), :principal, :tools, :key, :traceId)
            RETURNING\s""" + COLUMNS)
    BulkOperation begin(
            UUID id, String kind, String filter, String principal, String[] tools, String key, String traceId);

    /** An operation; a null owner stands for all. */
    @SqlQuery("SELECT " + COLUMNS + """
            FROM operations o
            WHERE o.id = :id AND o.principal IS NOT DISTINCT FROM COALESCE(:owner, o.principal)
            """)
    Optional<BulkOperation> find(UUID id, String owner);

    /** Operations that began before one, the newest first; null begins with the newest, a null owner stands for all. */
    @SqlQuery("SELECT " + COLUMNS + """
            FROM operations o
            WHERE (:before::uuid IS NULL
                   OR (o.created_at, o.id) < (SELECT b.created_at, b.id FROM operations b WHERE b.id = :before))
              AND o.principal IS NOT DISTINCT FROM COALESCE(:owner, o.principal)
            ORDER BY o.created_at DESC, o.id DESC
            LIMIT :limit
            """)
    List<BulkOperation> list(UUID before, String owner, int limit);

    /** Stops an operation that has not ended; waits for the part that is being done. */
    @SqlQuery("""
            UPDATE operations AS o
            SET state = 'cancelled', ended_at = NOW(), waits_for = NULL
            WHERE o.id = :id AND o.state IN ('pending', 'running')
            RETURNING\s""" + COLUMNS)
    Optional<BulkOperation> cancel(UUID id);

    /** The open operation that was worked on least recently, which is now at work. */
    @SqlQuery("""
            UPDATE operations AS o
            SET state = 'running', worked_at = clock_timestamp()
            WHERE o.id = (
                SELECT n.id
                FROM operations n
                WHERE n.state IN ('pending', 'running') AND COALESCE(n.resume_at, '-infinity') <= NOW()
                ORDER BY n.worked_at NULLS FIRST
                LIMIT 1
                FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING\s""" + COLUMNS)
    Optional<BulkOperation> takeTurn();

    /** Locks an operation against its end, and reads it anew; nothing if it has ended. */
    @SqlQuery("SELECT " + COLUMNS + """
            FROM operations o
            WHERE o.id = :id AND o.state IN ('pending', 'running')
            FOR NO KEY UPDATE
            """)
    Optional<BulkOperation> lock(UUID id);

    /**
     * Adds the next jobs that match to the list of a locked operation, the oldest first.
     *
     * @param asOf the jobs existed and had ended before this time
     * @param until latest submit
     */
    @SqlQuery("""
            WITH found AS MATERIALIZED (
                SELECT j.id, j.created_at
                FROM jobs j
                WHERE <conditions>
                  AND j.created_at < :asOf AND j.created_at <= :until
                  AND (j.completed_at IS NULL OR j.completed_at < :asOf)
                ORDER BY j.created_at, j.id
                LIMIT :limit
            ), numbered AS (
                SELECT f.id, f.created_at, row_number() OVER (ORDER BY f.created_at, f.id) AS place
                FROM found f
            ), kept AS (
                INSERT INTO operation_outcomes (operation_id, position, job_id)
                SELECT :operation, :matched + n.place, n.id
                FROM numbered n
            )
            SELECT count(*) AS jobs, max(n.created_at) AS last_time,
                   (array_agg(n.id ORDER BY n.place DESC))[1] AS last_id
            FROM numbered n
            """)
    @RegisterConstructorMapper(Listed.class)
    Listed addToList(
            @Define("conditions") String conditions,
            @BindMap Map<String, Object> values,
            UUID operation,
            OffsetDateTime asOf,
            OffsetDateTime until,
            long matched,
            int limit);

    /**
     * Jobs that were added to a list.
     *
     * @param jobs their number
     * @param lastTime submit of the last one, or null for none
     * @param lastId the last one, or null
     */
    record Listed(int jobs, OffsetDateTime lastTime, UUID lastId) {}

    /** The submit of the job that is so many rows after those of a time; nothing if there are fewer. */
    @SqlQuery("""
            SELECT j.created_at
            FROM jobs j
            WHERE j.created_at > :after
            ORDER BY j.created_at
            OFFSET :rows
            LIMIT 1
            """)
    Optional<OffsetDateTime> submitAfter(OffsetDateTime after, int rows);

    /** Records how far the list of a locked operation has come. */
    @SqlUpdate("""
            UPDATE operations
            SET matched = matched + :added, listed_time = :time, listed_id = :job, listed = :whole
            WHERE id = :id
            """)
    void listed(UUID id, int added, OffsetDateTime time, UUID job, boolean whole);

    /** The next jobs without outcome after a position. */
    @SqlQuery("""
            SELECT position, job_id, outcome, error_code, error_message, new_job_id
            FROM operation_outcomes
            WHERE operation_id = :id AND position > :after AND outcome IS NULL
            ORDER BY position
            LIMIT :limit
            """)
    List<JobOutcome> openJobs(UUID id, long after, int limit);

    /** The jobs after a position, whatever became of them; a null outcome stands for all. */
    @SqlQuery("""
            SELECT position, job_id, outcome, error_code, error_message, new_job_id
            FROM operation_outcomes
            WHERE operation_id = :id AND position > :after
              AND COALESCE(outcome, 'pending') = COALESCE(:outcome, outcome, 'pending')
            ORDER BY position
            LIMIT :limit
            """)
    List<JobOutcome> outcomes(UUID id, long after, String outcome, int limit);

    /** The statuses of those of these jobs that still exist. */
    @SqlQuery("""
            SELECT id, status
            FROM jobs
            WHERE id = ANY (:ids::uuid[])
            """)
    @KeyColumn("id")
    @ValueColumn("status")
    Map<UUID, JobStatus> statuses(UUID[] ids);

    /** Errors of the first jobs of operations, shortened; of those whose first job still exists and has failed. */
    @SqlQuery("""
            SELECT o.operation_id, left(j.error_message, 500) AS error
            FROM operation_outcomes o JOIN jobs j ON j.id = o.job_id
            WHERE o.operation_id = ANY (:ids::uuid[]) AND o.position = 1 AND j.error_message IS NOT NULL
            """)
    @KeyColumn("operation_id")
    @ValueColumn("error")
    Map<UUID, String> firstErrors(UUID[] ids);

    /** Records outcomes of jobs that have none, counts them, and sets where to go on, when, and why not at once. */
    @SqlUpdate("""
            WITH decided AS (
                UPDATE operation_outcomes o
                SET outcome = d.outcome, error_code = d.error_code, error_message = d.error_message,
                    new_job_id = d.new_job_id
                FROM unnest(:positions::bigint[], :outcomes::varchar[], :codes::varchar[], :messages::varchar[],
                            :newJobs::uuid[])
                     AS d (position, outcome, error_code, error_message, new_job_id)
                WHERE o.operation_id = :id AND o.position = d.position AND o.outcome IS NULL
                RETURNING o.outcome
            )
            UPDATE operations
            SET tried = :tried,
                done = done + (SELECT count(*) FROM decided d WHERE d.outcome = 'done'),
                skipped = skipped + (SELECT count(*) FROM decided d WHERE d.outcome = 'skipped'),
                failed = failed + (SELECT count(*) FROM decided d WHERE d.outcome = 'failed')
            WHERE id = :id
            """)
    void decide(
            UUID id,
            long tried,
            Long[] positions,
            String[] outcomes,
            String[] codes,
            String[] messages,
            UUID[] newJobs);

    /** Lets an open operation rest, and says why. */
    @SqlUpdate("""
            UPDATE operations
            SET tried = :tried, resume_at = NOW() + make_interval(secs => :seconds), waits_for = :reason
            WHERE id = :id AND state = 'running'
            """)
    void rest(UUID id, long tried, int seconds, String reason);

    /** An operation that rested goes on. */
    @SqlUpdate("UPDATE operations SET waits_for = NULL, resume_at = NULL WHERE id = :id AND waits_for IS NOT NULL")
    void goOn(UUID id);

    /** Ends an operation whose jobs all have an outcome; nothing if some have none. */
    @SqlQuery("""
            UPDATE operations AS o
            SET state = 'completed', ended_at = NOW(), waits_for = NULL
            WHERE o.id = :id AND o.state = 'running' AND o.listed AND o.done + o.skipped + o.failed = o.matched
            RETURNING\s""" + COLUMNS)
    Optional<BulkOperation> complete(UUID id);

    /** The operation that ended first, if that is so many days ago. */
    @SqlQuery("""
            SELECT id
            FROM operations
            WHERE ended_at < NOW() - :days * INTERVAL '1 day'
            ORDER BY ended_at
            LIMIT 1
            """)
    Optional<UUID> old(int days);

    /** Removes outcomes of an operation, and returns their number. */
    @SqlUpdate("""
            DELETE FROM operation_outcomes
            WHERE operation_id = :id
              AND position IN (
                SELECT o.position FROM operation_outcomes o WHERE o.operation_id = :id ORDER BY o.position LIMIT :limit)
            """)
    int removeOutcomes(UUID id, int limit);

    @SqlUpdate("DELETE FROM operations WHERE id = :id")
    void remove(UUID id);
}
