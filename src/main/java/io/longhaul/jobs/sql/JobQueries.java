package io.longhaul.jobs.sql;

import io.longhaul.jobs.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.BindMap;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Reads the current state of jobs. A job with a lease is running here, even if its row still says pending: the lease
 * decides.
 *
 * <p>{@code conditions} and {@code values} are those of a {@link JobFilter}, {@code order} that of a {@link
 * JobOrder}. Statements with a timeout throw {@link org.jdbi.v3.core.statement.UnableToExecuteStatementException}
 * with SQLSTATE 57014.
 */
@RegisterRowMapper(RowMappers.JobMapper.class)
public interface JobQueries extends ParamsQueries {
    /** What follows the params and the result where one job is read. */
    String ONE = """
                   j.error_code, j.error_message, j.failure, j.created_at, j.started_at, j.completed_at, j.expires_at, j.ttl_seconds,
                   j.start_within_seconds, j.priority,
                   CASE WHEN j.awaits > 0 THEN (SELECT max(d.not_before) FROM job_dependencies d WHERE d.job_id = j.id)
                        ELSE j.run_at END AS run_at,
                   j.attempt, j.max_attempts, j.timeout_seconds, l.attempt AS leased_attempt, l.leased_at,
                   p.fraction, p.message, p.updated_at, NOW() AS read_at, j.retry::text AS retry,
                   j.max_losses, j.concurrency_key, j.fairness_key, j.batch_id, j.schedule_id, j.retry_of, j.awaits,
                   j.webhook::text AS webhook, j.principal,
                   COALESCE(n.name, j.node_name) AS node_name,
                   COALESCE(l.tool_version, j.tool_version) AS tool_version, q.asked, q.open
            FROM jobs j
            LEFT JOIN job_leases l ON l.job_id = j.id
            LEFT JOIN job_progress p ON p.job_id = j.id
            LEFT JOIN nodes n ON n.id = l.node_id
            LEFT JOIN LATERAL (
                SELECT count(*) AS asked, count(*) FILTER (WHERE i.answered_at IS NULL AND i.expires_at > NOW()) AS open
                FROM job_inputs i
                WHERE i.job_id = j.id) q ON TRUE
            WHERE j.id = :id
            """;

    /** The whole job. */
    @SqlQuery("""
            SELECT j.id, j.tool_name, j.status, j.trace_id, j.parameters::text AS params, j.result::text AS result,
            """ + ONE)
    Optional<Job> find(UUID id);

    /**
     * The job as a page shows it: of params and a result of more than 65,536 bytes only the first 65,537 characters, which
     * are not JSON. Those that are stored in more bytes than {@code most} are null; 0 leaves both out.
     */
    // The stored size is known without reading the value. OFFSET 0 makes the text once: 10 MB of it take a tenth of a
    // second.
    @SqlQuery("""
            SELECT j.id, j.tool_name, j.status, j.trace_id,
                   (SELECT CASE WHEN octet_length(w.text) > 65536 THEN left(w.text, 65537) ELSE w.text END
                    FROM (SELECT j.parameters::text WHERE pg_column_size(j.parameters) <= :most OFFSET 0) AS w (text)) AS params,
                   (SELECT CASE WHEN octet_length(w.text) > 65536 THEN left(w.text, 65537) ELSE w.text END
                    FROM (SELECT j.result::text WHERE pg_column_size(j.result) <= :most OFFSET 0) AS w (text)) AS result,
            """ + ONE)
    Optional<Job> beginning(UUID id, int most);

    /** How many bytes the params and the result of a job take where they are stored, maybe compressed. */
    @SqlQuery("""
            SELECT COALESCE(pg_column_size(parameters), 0) AS params, COALESCE(pg_column_size(result), 0) AS result
            FROM jobs
            WHERE id = :id
            """)
    @RegisterConstructorMapper(Stored.class)
    Optional<Stored> stored(UUID id);

    /**
     * Stored bytes.
     *
     * @param params of the params
     * @param result of the result, 0 without one
     */
    record Stored(int params, int result) {}

    /** Those of these jobs that belong to the principal. */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND principal = :principal
            """)
    Set<UUID> ofPrincipal(UUID[] ids, String principal);

    @SqlQuery("SELECT EXISTS (SELECT FROM jobs WHERE id = :id)")
    boolean exists(UUID id);

    /** What reads a page of jobs. */
    // The page is cut before the joins, so that they touch only the jobs that are shown. The stored size is checked
    // first, because it is known without reading the value; it may be compressed, and numbers may be longer in
    // writing. Errors are stored with 8,001 characters at most; those of older releases may have millions.
    String PAGE = """
            SELECT j.id, j.tool_name, j.status, j.trace_id,
                   CASE WHEN :withParams AND pg_column_size(j.parameters) <= 32768
                        THEN CASE WHEN octet_length(j.parameters::text) <= 65536 THEN j.parameters::text END
                   END AS params,
                   CASE WHEN :withResult AND pg_column_size(j.result) <= 32768
                        THEN CASE WHEN octet_length(j.result::text) <= 65536 THEN j.result::text END
                   END AS result,
                   j.error_code, left(j.error_message, 8001) AS error_message, j.failure, j.created_at, j.started_at, j.completed_at, j.expires_at, j.ttl_seconds,
                   j.start_within_seconds, j.priority,
                   CASE WHEN j.awaits > 0 THEN (SELECT max(d.not_before) FROM job_dependencies d WHERE d.job_id = j.id)
                        ELSE j.run_at END AS run_at,
                   j.attempt, j.max_attempts, j.timeout_seconds, l.attempt AS leased_attempt, l.leased_at,
                   p.fraction, p.message, p.updated_at, NOW() AS read_at, j.retry::text AS retry,
                   j.max_losses, j.concurrency_key, j.fairness_key, j.batch_id, j.schedule_id, j.retry_of, j.awaits,
                   j.webhook::text AS webhook, j.principal,
                   COALESCE(n.name, j.node_name) AS node_name,
                   COALESCE(l.tool_version, j.tool_version) AS tool_version, q.asked, q.open
            FROM (
                SELECT j.*
                FROM jobs j
                WHERE <conditions>
                ORDER BY <order>
                LIMIT :limit OFFSET :offset
            ) j
            LEFT JOIN job_leases l ON l.job_id = j.id
            LEFT JOIN job_progress p ON p.job_id = j.id
            LEFT JOIN nodes n ON n.id = l.node_id
            LEFT JOIN LATERAL (
                SELECT count(*) AS asked, count(*) FILTER (WHERE i.answered_at IS NULL AND i.expires_at > NOW()) AS open
                FROM job_inputs i
                WHERE i.job_id = j.id) q ON TRUE
            ORDER BY <order>
            """;

    /**
     * A page of jobs. Large params and results are null: a hundred jobs with results of megabytes would not fit
     * into the memory of a node.
     *
     * @param withParams false leaves all params out
     * @param withResult false leaves all results out
     */
    @SqlQuery(PAGE)
    @QueryTimeOut(5)
    List<Job> page(
            @Define("conditions") String conditions,
            @Define("order") String order,
            @BindMap Map<String, Object> values,
            boolean withParams,
            boolean withResult,
            int limit,
            long offset);

    /** As {@link #page}, for a list that can be searched when no index serves it. */
    @SqlQuery(PAGE)
    @QueryTimeOut(1)
    List<Job> pageSoon(
            @Define("conditions") String conditions,
            @Define("order") String order,
            @BindMap Map<String, Object> values,
            boolean withParams,
            boolean withResult,
            int limit,
            long offset);

    /** The first begin and the last end of the ended attempts of these jobs, except those that ended their job. */
    @SqlQuery("""
            SELECT job_id, min(started_at) AS first_start, max(ended_at) AS last_end
            FROM job_attempts
            WHERE job_id = ANY (:jobs::uuid[])
            GROUP BY job_id
            """)
    @QueryTimeOut(1)
    @RegisterConstructorMapper(EndedAttempts.class)
    List<EndedAttempts> endedAttempts(UUID[] jobs);

    /**
     * When the ended attempts of a job began and ended.
     *
     * @param jobId the job
     * @param firstStart begin of the first
     * @param lastEnd end of the last; of a lost one, when the loss was seen
     */
    record EndedAttempts(UUID jobId, Instant firstStart, Instant lastEnd) {}

    /** Number of matching jobs, counted up to the limit. */
    @SqlQuery("""
            SELECT count(*)
            FROM (
                SELECT
                FROM jobs j
                WHERE <conditions>
                LIMIT :limit
            ) AS counted
            """)
    @QueryTimeOut(1)
    long count(@Define("conditions") String conditions, @BindMap Map<String, Object> values, long limit);

    /** The ids of matching jobs, in the order of a list. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE <conditions>
            ORDER BY <order>
            LIMIT :limit
            """)
    @QueryTimeOut(5)
    List<UUID> ids(
            @Define("conditions") String conditions,
            @Define("order") String order,
            @BindMap Map<String, Object> values,
            int limit);

    /**
     * The planner's estimate of the matching jobs, from its statistics and without reading the table: a plan as
     * JSON, with {@code Plan Rows}.
     */
    @SqlQuery("""
            EXPLAIN (FORMAT JSON)
            SELECT
            FROM jobs j
            WHERE <conditions>
            """)
    String plan(@Define("conditions") String conditions, @BindMap Map<String, Object> values);

    /** The jobs that earlier submissions made with these idempotency keys. */
    @SqlQuery("""
            SELECT idempotency_key AS key, id, encode(request_hash, 'hex') AS hash
            FROM jobs
            WHERE idempotency_key = ANY (:keys::text[])
            """)
    @RegisterConstructorMapper(Keyed.class)
    List<Keyed> byKeys(String[] keys);

    /**
     * The trace of a job.
     *
     * @param traceSpan the span that its work continues with its flags, or null
     */
    record Traced(String traceId, String traceSpan) {}

    /** The traces of those of these jobs that are there. */
    @SqlQuery("""
            SELECT trace_id, trace_span
            FROM jobs
            WHERE id = ANY (:ids::uuid[])
            """)
    @RegisterConstructorMapper(Traced.class)
    List<Traced> traces(UUID[] ids);

    /**
     * A job found by its idempotency key.
     *
     * @param key the key
     * @param id the job
     * @param hash SHA-256 of the payload in hexadecimal, or null
     */
    record Keyed(String key, UUID id, String hash) {}

    /** Those of these jobs that have ended or no longer exist. */
    @SqlQuery("""
            SELECT d.id
            FROM unnest(:ids::uuid[]) AS d (id)
            WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = d.id AND j.status::text IN ('pending', 'running') OFFSET 0)
            """)
    List<UUID> ended(UUID[] ids);

    /** The jobs whose end was written by a statement that began within these milliseconds. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.completed_at IS NOT NULL AND j.completed_at >= NOW() - make_interval(secs => :millis / 1000.0)
            """)
    List<UUID> endedWithin(long millis);

    /** The log lines of a job after a line number, 0 for the first line, oldest first. */
    @SqlQuery("""
            SELECT line_no, attempt, logged_at, line
            FROM job_logs
            WHERE job_id = :id AND line_no > :after
            ORDER BY line_no
            LIMIT :limit
            """)
    @RegisterConstructorMapper(LogLine.class)
    List<LogLine> logs(UUID id, long after, int limit);

    /** The last log lines of a job, or of one of its attempts, oldest first. */
    @SqlQuery("""
            SELECT line_no, attempt, logged_at, line
            FROM (
                SELECT l.line_no, l.attempt, l.logged_at, l.line
                FROM job_logs l
                WHERE l.job_id = :id AND (:attempt::int IS NULL OR l.attempt = :attempt::int)
                ORDER BY l.line_no DESC
                LIMIT :limit
            ) newest
            ORDER BY line_no
            """)
    @RegisterConstructorMapper(LogLine.class)
    List<LogLine> lastLogs(UUID id, Integer attempt, int limit);

    /** The last log lines of a job, of those after a line number, oldest first. */
    @SqlQuery("""
            SELECT l.line_no, l.attempt, l.logged_at, l.line
            FROM (
                SELECT line_no, attempt, logged_at, line
                FROM job_logs
                WHERE job_id = :id AND line_no > :after
                ORDER BY line_no DESC
                LIMIT :limit
            ) l
            ORDER BY l.line_no
            """)
    @RegisterConstructorMapper(LogLine.class)
    List<LogLine> lastLogsAfter(UUID id, long after, int limit);

    /** The attempts of a job that failed or lost their worker, first to last. */
    @SqlQuery("""
            SELECT attempt, node_name, started_at, ended_at, heard_at, error_code, left(error_message, 8001) AS error_message
            FROM job_attempts
            WHERE job_id = :id
            ORDER BY attempt
            """)
    @RegisterConstructorMapper(FailedAttempt.class)
    List<FailedAttempt> failedAttempts(UUID id);

    /**
     * A line that a tool wrote to its job's log.
     *
     * @param lineNo grows within a job, with gaps
     * @param attempt the attempt that wrote it
     * @param loggedAt when it was read from the tool
     * @param line the text
     */
    record LogLine(long lineNo, int attempt, Instant loggedAt, String line) {}

    /**
     * An attempt that failed or lost its worker.
     *
     * @param attempt 1 for the first
     * @param nodeName node where it ran, or null if unknown
     * @param heardAt last sign of life of a node that was lost; null for others, and if unknown
     * @param errorCode stable code
     * @param errorMessage for people
     */
    record FailedAttempt(
            int attempt,
            String nodeName,
            Instant startedAt,
            Instant endedAt,
            Instant heardAt,
            String errorCode,
            String errorMessage) {}
}
