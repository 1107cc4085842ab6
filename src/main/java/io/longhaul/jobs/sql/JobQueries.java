package io.longhaul.jobs.sql;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobFilter;
import io.longhaul.jobs.JobOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMap;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Reads jobs as they stand at this moment. A job whose lease is younger than the next write to its row is
 * pending there and running here: the lease decides.
 */
@RegisterRowMapper(RowMappers.JobMapper.class)
public interface JobQueries {
    /**
     * One job.
     *
     * @param id the job
     * @return the job, or nothing
     */
    @SqlQuery("""
            SELECT j.id, j.tool_name, j.status, j.trace_id, j.parameters::text AS params, j.result::text AS result,
                   j.error_code, j.error_message, j.created_at, j.started_at, j.completed_at, j.expires_at, j.priority,
                   CASE WHEN j.awaits > 0 THEN (SELECT max(d.not_before) FROM job_dependencies d WHERE d.job_id = j.id)
                        ELSE j.run_at END AS run_at,
                   j.attempt, j.max_attempts, j.timeout_seconds, l.attempt AS leased_attempt, l.leased_at,
                   p.fraction, p.message, p.updated_at, NOW() AS read_at, j.retry::text AS retry,
                   j.max_losses, j.concurrency_key, j.fairness_key, j.batch_id, j.schedule_id, j.retry_of, j.awaits,
                   j.webhook::text AS webhook, j.principal,
                   COALESCE(n.name, j.node_name) AS node_name,
                   COALESCE(l.tool_version, j.tool_version) AS tool_version,
                   CASE WHEN j.status = 'pending' AND l.job_id IS NULL AND NOT (j.delayed AND j.run_at IS NOT NULL) THEN
                        CASE WHEN j.awaits > 0 THEN 'the end of ' || j.awaits || CASE j.awaits WHEN 1 THEN ' job' ELSE ' jobs' END
                             WHEN EXISTS (SELECT FROM tool_pauses t WHERE t.tool_name = j.tool_name)
                             THEN 'tool "' || j.tool_name || '" is paused'
                             WHEN NOT EXISTS (
                                 SELECT
                                 FROM nodes a
                                 WHERE a.lease_until > NOW() AND (a.tools IS NULL OR j.tool_name = ANY (a.tools)))
                             THEN 'tool "' || j.tool_name || '" is on no node'
                             WHEN j.delayed THEN 'other jobs of its concurrency key' END
                   END AS waiting_for
            FROM jobs j
            LEFT JOIN job_leases l ON l.job_id = j.id
            LEFT JOIN job_progress p ON p.job_id = j.id
            LEFT JOIN nodes n ON n.id = l.node_id
            WHERE j.id = :id
            """)
    Optional<Job> find(@Bind("id") UUID id);

    /**
     * Which of some jobs are a principal's.
     *
     * @param ids any
     * @param principal whose are wanted
     * @return not those that are somebody else's, nobody's, or not there
     */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND principal = :principal
            """)
    Set<UUID> ofPrincipal(@Bind("ids") UUID[] ids, @Bind("principal") String principal);

    /**
     * Whether there is a job.
     *
     * @param id any
     * @return false when there is none, or no longer
     */
    @SqlQuery("SELECT EXISTS (SELECT FROM jobs WHERE id = :id)")
    boolean exists(@Bind("id") UUID id);

    /**
     * A page of jobs. Large params and results are left out, and are
     * null: a hundred jobs with results of megabytes would not fit into the memory of a node.
     *
     * @param conditions what {@link JobFilter#conditions} says
     * @param order what {@link JobOrder#sql} says
     * @param values what {@link JobFilter#values} says
     * @param withParams false leaves all params out
     * @param withResult false leaves all results out
     * @param limit at most so many
     * @param offset so many left out first
     * @return the page
     * @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException with SQLSTATE 57014 when that takes longer
     *     than five seconds
     */
    // The page is cut before the joins, so that they touch only what is shown. The stored size is looked at first,
    // because it is known without reading the value; it may be compressed, and numbers may be longer in writing.
    @SqlQuery("""
            SELECT j.id, j.tool_name, j.status, j.trace_id,
                   CASE WHEN :withParams AND pg_column_size(j.parameters) <= 32768
                        THEN CASE WHEN octet_length(j.parameters::text) <= 65536 THEN j.parameters::text END
                   END AS params,
                   CASE WHEN :withResult AND pg_column_size(j.result) <= 32768
                        THEN CASE WHEN octet_length(j.result::text) <= 65536 THEN j.result::text END
                   END AS result,
                   j.error_code, j.error_message, j.created_at, j.started_at, j.completed_at, j.expires_at, j.priority,
                   CASE WHEN j.awaits > 0 THEN (SELECT max(d.not_before) FROM job_dependencies d WHERE d.job_id = j.id)
                        ELSE j.run_at END AS run_at,
                   j.attempt, j.max_attempts, j.timeout_seconds, l.attempt AS leased_attempt, l.leased_at,
                   p.fraction, p.message, p.updated_at, NOW() AS read_at, j.retry::text AS retry,
                   j.max_losses, j.concurrency_key, j.fairness_key, j.batch_id, j.schedule_id, j.retry_of, j.awaits,
                   j.webhook::text AS webhook, j.principal,
                   COALESCE(n.name, j.node_name) AS node_name,
                   COALESCE(l.tool_version, j.tool_version) AS tool_version, NULL AS waiting_for
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
            ORDER BY <order>
            """)
    @QueryTimeOut(5)
    List<Job> page(
            @Define("conditions") String conditions,
            @Define("order") String order,
            @BindMap Map<String, Object> values,
            @Bind("withParams") boolean withParams,
            @Bind("withResult") boolean withResult,
            @Bind("limit") int limit,
            @Bind("offset") long offset);

    /**
     * How many jobs there are, counted no further than asked.
     *
     * @param conditions what {@link JobFilter#conditions} says
     * @param values what {@link JobFilter#values} says
     * @param limit where to stop
     * @return 0 to limit
     * @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException with SQLSTATE 57014 when that takes longer
     *     than a second
     */
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
    long count(@Define("conditions") String conditions, @BindMap Map<String, Object> values, @Bind("limit") long limit);

    /**
     * The ids of jobs, in the order of a list.
     *
     * @param conditions what {@link JobFilter#conditions} says
     * @param order what {@link JobOrder#sql} says
     * @param values what {@link JobFilter#values} says
     * @param limit at most so many
     * @return the ids
     * @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException with SQLSTATE 57014 when that takes longer
     *     than five seconds
     */
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
            @Bind("limit") int limit);

    /**
     * What PostgreSQL's planner expects a condition to match, from its statistics and without reading the table.
     *
     * @param conditions what {@link JobFilter#conditions} says
     * @param values what {@link JobFilter#values} says
     * @return the plan as JSON, with {@code Plan Rows}
     */
    @SqlQuery("""
            EXPLAIN (FORMAT JSON)
            SELECT
            FROM jobs j
            WHERE <conditions>
            """)
    String plan(@Define("conditions") String conditions, @BindMap Map<String, Object> values);

    /**
     * The jobs that earlier submits made with these idempotency keys.
     *
     * @param keys the keys
     * @return key, job and the fingerprint of its payload
     */
    @SqlQuery("""
            SELECT idempotency_key AS key, id, encode(request_hash, 'hex') AS hash
            FROM jobs
            WHERE idempotency_key = ANY (:keys::text[])
            """)
    @RegisterConstructorMapper(Keyed.class)
    List<Keyed> byKeys(@Bind("keys") String[] keys);

    /**
     * A job found by its idempotency key.
     *
     * @param key the key
     * @param id the job
     * @param hash SHA-256 of the payload in hexadecimal, or null
     */
    record Keyed(String key, UUID id, String hash) {}

    /**
     * Which of some jobs have ended.
     *
     * @param ids jobs
     * @return those that ended or no longer exist
     */
    @SqlQuery("""
            SELECT d.id
            FROM unnest(:ids::uuid[]) AS d (id)
            WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = d.id AND j.status::text IN ('pending', 'running') OFFSET 0)
            """)
    List<UUID> ended(@Bind("ids") UUID[] ids);

    /**
     * The jobs that have ended of late.
     *
     * @param millis how late
     * @return those whose end was begun to be written since then
     */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.completed_at IS NOT NULL AND j.completed_at >= NOW() - make_interval(secs => :millis / 1000.0)
            """)
    List<UUID> endedWithin(@Bind("millis") long millis);

    /**
     * The log of a job, oldest first.
     *
     * @param id the job
     * @param after line number after which to begin, 0 for the first
     * @param limit at most so many lines
     * @return the lines
     */
    @SqlQuery("""
            SELECT line_no, attempt, logged_at, line
            FROM job_logs
            WHERE job_id = :id AND line_no > :after
            ORDER BY line_no
            LIMIT :limit
            """)
    @RegisterConstructorMapper(LogLine.class)
    List<LogLine> logs(@Bind("id") UUID id, @Bind("after") long after, @Bind("limit") int limit);

    /**
     * The failed attempts of a job, first to last.
     *
     * @param id the job
     * @return attempts that failed or lost their worker
     */
    @SqlQuery("""
            SELECT attempt, node_name, started_at, ended_at, error_code, error_message
            FROM job_attempts
            WHERE job_id = :id
            ORDER BY attempt
            """)
    @RegisterConstructorMapper(FailedAttempt.class)
    List<FailedAttempt> failedAttempts(@Bind("id") UUID id);

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
     * An attempt that did not end well.
     *
     * @param attempt 1 for the first
     * @param nodeName where it ran, or null when that is not known
     * @param startedAt database time
     * @param endedAt database time
     * @param errorCode stable code
     * @param errorMessage for people
     */
    record FailedAttempt(
            int attempt, String nodeName, Instant startedAt, Instant endedAt, String errorCode, String errorMessage) {}
}
