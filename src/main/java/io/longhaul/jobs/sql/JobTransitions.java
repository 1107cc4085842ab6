package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobExtras;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Every change a job can go through, one statement each, with the status it may come from in its WHERE.
 *
 * <p>Locks are always taken in the order jobs, then leases; what cannot keep to that order skips locked
 * rows and comes again. A worker's write joins the lease it names, and compares {@code jobs.attempt},
 * which grows whenever a lease ends without ending the job: a row that changed since the statement began
 * is compared again by PostgreSQL before it is written, so a stale worker never wins.
 */
public interface JobTransitions extends Claims {
    /** Makes jobs of arrays. */
    // A job with a concurrency key is parked: delayed without a time, it is in no claim's way until its gate lets it
    // in.
    String ENQUEUE = """
            INSERT INTO jobs (id, tool_name, trace_id, parameters, priority, delayed, run_at, max_attempts,
                              timeout_seconds, ttl_seconds, idempotency_key, request_hash, expires_at,
                              retry, max_losses, concurrency_key, fairness_key, batch_id, schedule_id, retry_of, awaits,
                              queue_seq, webhook, principal)
            SELECT s.id, s.tool, s.trace_id, s.params::jsonb, s.priority,
                   s.extra->'after' IS NOT NULL OR s.extra->>'concurrency_key' IS NOT NULL
                       OR COALESCE(s.run_at::timestamptz > NOW(), FALSE),
                   CASE WHEN s.extra->'after' IS NULL
                             AND (s.extra->>'concurrency_key' IS NULL OR s.run_at::timestamptz > NOW())
                        THEN s.run_at::timestamptz END,
                   s.max_attempts, s.timeout, s.ttl, s.key, decode(s.hash, 'hex'),
                   CASE WHEN s.extra->'after' IS NULL THEN GREATEST(NOW(), s.run_at::timestamptz) + make_interval(secs => s.ttl)
                        ELSE 'infinity' END,
                   s.extra->'retry', (s.extra->>'max_losses')::smallint, s.extra->>'concurrency_key',
                   s.extra->>'fairness_key', :batch::uuid, (s.extra->>'schedule_id')::uuid,
                   (s.extra->>'retry_of')::uuid, COALESCE(jsonb_array_length(s.extra->'after'), 0),
                   COALESCE((s.extra->>'place')::bigint, nextval('job_queue_seq')), s.extra->'webhook',
                   s.extra->>'principal'
            FROM unnest(:ids::uuid[], :tools::text[], :traceIds::text[], :params::text[], :priorities::int[],
                        :runAts::text[], :maxAttempts::int[], :timeouts::int[], :ttls::int[], :keys::text[],
                        :hashes::text[], :extras::jsonb[])
                 AS s (id, tool, trace_id, params, priority, run_at, max_attempts, timeout, ttl, key, hash, extra)
            """;

    /** What is told of jobs that were made. */
    String ENQUEUED = """
            RETURNING id, created_at, expires_at
            """;

    /**
     * Accepts jobs. A job whose idempotency key is taken is left out. Keys must come in ascending order: each may have to
     * wait for another submit that has it in hand, and two that wait for each other would be a deadlock.
     *
     * <p>A job that waits for others has no time and does not expire until it is released; what it waits for is
     * written by {@link ChainTransitions#await} in the same transaction.
     *
     * @param ids one per job, as all arrays
     * @param tools tool names
     * @param traceIds trace ids
     * @param params JSON values
     * @param priorities 0 to 10
     * @param runAts ISO-8601 instants, or null for at once
     * @param maxAttempts or null
     * @param timeouts seconds, or null
     * @param ttls seconds
     * @param keys idempotency keys, or null
     * @param hashes SHA-256 of the payload in hexadecimal, or null without key
     * @param extras {@link JobExtras} as JSON, with the {@code place} that {@link FairQueue} gave if it gave one, or null for none
     * @param batch the batch of all of them, or null
     * @return the rows that were made
     */
    @SqlQuery(ENQUEUE + """
            ON CONFLICT (idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
            """ + ENQUEUED)
    @RegisterRowMapper(AcceptedMapper.class)
    List<Accepted> enqueue(
            @Bind("ids") UUID[] ids,
            @Bind("tools") String[] tools,
            @Bind("traceIds") String[] traceIds,
            @Bind("params") String[] params,
            @Bind("priorities") Integer[] priorities,
            @Bind("runAts") String[] runAts,
            @Bind("maxAttempts") Integer[] maxAttempts,
            @Bind("timeouts") Integer[] timeouts,
            @Bind("ttls") Integer[] ttls,
            @Bind("keys") String[] keys,
            @Bind("hashes") String[] hashes,
            @Bind("extras") String[] extras,
            @Bind("batch") UUID batch);

    /**
     * The same for jobs without idempotency keys: with nothing that could be in conflict, a row is written once where
     * PostgreSQL otherwise writes it, looks around and confirms it.
     *
     * @param ids as in {@link #enqueue}, as are all others
     * @param tools tool names
     * @param traceIds trace ids
     * @param params JSON values
     * @param priorities 0 to 10
     * @param runAts ISO-8601 instants, or null for at once
     * @param maxAttempts or null
     * @param timeouts seconds, or null
     * @param ttls seconds
     * @param keys nothing but null
     * @param hashes nothing but null
     * @param extras as in {@link #enqueue}
     * @param batch as in {@link #enqueue}
     * @return the rows that were made
     */
    @SqlQuery(ENQUEUE + ENQUEUED)
    @RegisterRowMapper(AcceptedMapper.class)
    List<Accepted> enqueueWithoutKeys(
            @Bind("ids") UUID[] ids,
            @Bind("tools") String[] tools,
            @Bind("traceIds") String[] traceIds,
            @Bind("params") String[] params,
            @Bind("priorities") Integer[] priorities,
            @Bind("runAts") String[] runAts,
            @Bind("maxAttempts") Integer[] maxAttempts,
            @Bind("timeouts") Integer[] timeouts,
            @Bind("ttls") Integer[] ttls,
            @Bind("keys") String[] keys,
            @Bind("hashes") String[] hashes,
            @Bind("extras") String[] extras,
            @Bind("batch") UUID batch);

    /**
     * A row that {@link #enqueue} made.
     *
     * @param id the job
     * @param createdAt database time
     * @param expiresAt when it is given up if it has not begun
     */
    record Accepted(UUID id, Instant createdAt, Instant expiresAt) {}

    /**
     * The rows of jobs that are stored, to find out whether they are.
     *
     * @param ids jobs
     * @return those that there are
     */
    @SqlQuery("""
            SELECT id, created_at, expires_at
            FROM jobs
            WHERE id = ANY (:ids::uuid[])
            """)
    @RegisterRowMapper(AcceptedMapper.class)
    List<Accepted> accepted(@Bind("ids") UUID[] ids);

    /**
     * Whether no session of this role has been writing for so long: an attempt of before is then over.
     *
     * @param millis for how long
     * @return true if there is none
     */
    @SqlQuery("""
            SELECT NOT EXISTS (
                SELECT
                FROM pg_stat_activity a
                WHERE a.usename = current_user AND a.datname = current_database() AND a.pid <> pg_backend_pid()
                  AND a.backend_xid IS NOT NULL
                  AND a.xact_start < clock_timestamp() - make_interval(secs => :millis / 1000.0))
            """)
    boolean noneWritesLongerThan(@Bind("millis") long millis);

    /**
     * Returns leases under which nothing was begun: their jobs are as if they had not been claimed.
     *
     * @param ids jobs, ascending
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return how many
     */
    @SqlUpdate("""
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(
                SELECT k.job_id
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.job_id
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) k))
            """)
    int unclaim(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Notes at leases which version of its tool works on each job. Only for tools that have one.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs that leased them
     * @param versions of their tools
     * @return how many
     */
    @SqlUpdate("""
            UPDATE job_leases l
            SET tool_version = (
                SELECT d.version
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :versions::text[])
                     AS d (id, attempt, node, version)
                WHERE d.id = l.job_id AND d.attempt = l.attempt AND d.node = l.node_id)
            WHERE l.job_id = ANY (:ids::uuid[])
              AND EXISTS (
                  SELECT
                  FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                  WHERE d.id = l.job_id AND d.attempt = l.attempt AND d.node = l.node_id
                  OFFSET 0)
            """)
    int noteVersions(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("versions") String[] versions);

    /**
     * Shows in {@code jobs} that leased jobs run. Only for those that run long enough for somebody to look.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return how many rows changed
     */
    // Leases are looked up one by one, here and where attempts end: a plan that is made when none is left, and that
    // takes the table for empty, would read all that are dead but still seen by some old transaction. For the same
    // reason the status is compared as text, which no index serves: a plan that is made when no job is pending would
    // read all that are by now, or have been.
    @SqlUpdate("""
            UPDATE jobs j
            SET status = 'running', started_at = l.leased_at
            FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
            CROSS JOIN LATERAL (
                SELECT h.leased_at
                FROM job_leases h
                WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                OFFSET 0) l
            WHERE j.id = d.id AND j.status::text = 'pending' AND j.attempt = d.attempt - 1
            """)
    int showRunning(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Ends jobs with their results.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @param results JSON values
     * @return the jobs that ended now; the others are no longer this worker's to end
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'completed', result = d.result::jsonb, attempt = d.attempt, started_at = l.leased_at,
                    completed_at = NOW(), error_code = NULL, error_message = NULL,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = d.node),
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :results::text[]) AS d (id, attempt, node, result)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at, h.tool_version
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> complete(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("results") String[] results);

    /**
     * Ends a failed attempt: the job fails, or becomes pending again after a wait.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @param codes error codes
     * @param messages error messages
     * @param delays milliseconds until the next attempt, or null when the job has failed
     * @return the jobs whose attempt ended now
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN d.delay IS NULL THEN 'failed' ELSE 'pending' END)::jobstatus,
                    attempt = d.attempt, failures = j.failures + 1, error_code = d.code, error_message = d.message,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    started_at = CASE WHEN d.delay IS NULL THEN l.leased_at END,
                    completed_at = CASE WHEN d.delay IS NULL THEN NOW() END,
                    expires_at = CASE WHEN d.delay IS NULL THEN NOW() ELSE NOW() + make_interval(secs => d.delay / 1000.0) END
                        + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at),
                    delayed = d.delay IS NOT NULL,
                    node_name = CASE WHEN d.delay IS NULL THEN (SELECT n.name FROM nodes n WHERE n.id = d.node) END,
                    run_at = CASE WHEN d.delay IS NULL THEN j.run_at ELSE NOW() + make_interval(secs => d.delay / 1000.0) END
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :codes::text[], :messages::text[], :delays::bigint[])
                     AS d (id, attempt, node, code, message, delay)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at, h.tool_version
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, d.node, j.error_code, j.error_message, l.leased_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), e.error_code, e.error_message
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> failOrRetry(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("codes") String[] codes,
            @Bind("messages") String[] messages,
            @Bind("delays") Long[] delays);

    /**
     * Gives jobs back that a stopping node could not end in time. They keep their place, no failure
     * counts, and the time in which they must begin counts anew.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return the jobs that are pending again
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'pending', attempt = d.attempt, started_at = NULL,
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, d.node, l.leased_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), 'GIVEN_BACK', 'The node stopped before the attempt had ended.'
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> giveBack(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Takes the lock that orders a cancel against a claim in flight: a claim that has the job must be seen whole.
     *
     * @param id the job
     * @return the status it has now, or null when there is no such job
     */
    @SqlQuery("SELECT status FROM jobs WHERE id = :id FOR NO KEY UPDATE")
    String lock(@Bind("id") UUID id);

    /**
     * Calls a job off that has not ended. To be run after {@link #lock} in one transaction. The node that works on it is told when that commits.
     *
     * @param id the job
     * @return the job, or nothing when it had ended or does not exist
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'cancelled', completed_at = NOW(), attempt = COALESCE(l.attempt, j.attempt),
                    started_at = COALESCE(l.leased_at, j.started_at), awaits = 0,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = l.node_id),
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM (SELECT :id AS id) AS wanted LEFT JOIN job_leases l ON l.job_id = wanted.id
                WHERE j.id = wanted.id AND j.status::text IN ('pending', 'running')
                RETURNING j.id
            ), freed AS (
                DELETE FROM job_leases l
                WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            ), waited AS (
                DELETE FROM job_dependencies d
                WHERE d.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            )
            SELECT e.id, pg_notify('longhaul_cancel', e.id::text)
            FROM ended e
            """)
    List<UUID> cancel(@Bind("id") UUID id);

    /**
     * Makes delayed jobs whose time has come ready to be claimed. Those with a concurrency key become ready for their
     * gate: what lets them in is {@link KeyGate} alone.
     *
     * @param limit at most so many
     * @return how many
     */
    // The rows are locked, so nothing but their ids is asked for again: more would draw the planner to other indexes.
    @SqlUpdate("""
            WITH due AS MATERIALIZED (
                SELECT d.id, row_number() OVER (
                           PARTITION BY d.tool_name, d.priority, d.fairness_key ORDER BY d.run_at) - 1 AS nth
                FROM (
                    SELECT id, tool_name, priority, fairness_key, run_at
                    FROM jobs
                    WHERE status = 'pending' AND delayed AND run_at <= NOW()
                    ORDER BY run_at
                    LIMIT :limit
                    FOR NO KEY UPDATE SKIP LOCKED
                ) d
            )
            UPDATE jobs j
            SET delayed = j.concurrency_key IS NOT NULL,
                run_at = CASE WHEN j.concurrency_key IS NULL THEN j.run_at END,
                queue_seq = CASE WHEN j.fairness_key IS NULL THEN nextval('job_queue_seq') ELSE d.nth + GREATEST(
                    COALESCE((
                        SELECT q.queue_seq
                        FROM jobs q
                        WHERE q.status = 'pending' AND NOT q.delayed AND q.tool_name = j.tool_name
                          AND q.priority = j.priority
                        ORDER BY q.queue_seq
                        LIMIT 1), (SELECT last_value FROM job_queue_seq)),
                    1 + (
                        SELECT q.queue_seq
                        FROM jobs q
                        WHERE q.status = 'pending' AND q.tool_name = j.tool_name AND q.priority = j.priority
                          AND q.fairness_key = j.fairness_key AND (NOT q.delayed OR q.run_at IS NULL)
                        ORDER BY q.queue_seq DESC
                        LIMIT 1)) END
            FROM due d
            WHERE j.id = d.id
            """)
    int releaseDelayed(@Bind("limit") int limit);

    /**
     * Ends the attempts of nodes whose lease has lapsed: the jobs become pending again, or fail when their
     * worker was lost too often.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return the jobs
     */
    // Leases are locked before jobs here, against the usual order: so locked rows of either are skipped. Jobs are
    // looked
    // up one by one and as an array, and no index knows the status as a text, because this runs so seldom that its plan
    // may
    // be from a time when the tables were empty.
    @SqlQuery("""
            WITH dead AS MATERIALIZED (
                SELECT l.job_id, l.attempt, l.node_id, l.leased_at, l.max_losses, l.tool_version, n.name
                FROM job_leases l LEFT JOIN nodes n ON n.id = l.node_id
                WHERE (n.id IS NULL OR n.lease_until < NOW())
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'rescue' AND q.row_id = l.job_id OFFSET 0)
                           ELSE l.job_id = ANY (:only::uuid[]) END
                LIMIT :limit
                FOR UPDATE OF l SKIP LOCKED
            ), free AS MATERIALIZED (
                SELECT f.id
                FROM dead d
                CROSS JOIN LATERAL (
                    SELECT j.id
                    FROM jobs j
                    WHERE j.id = d.job_id
                    FOR NO KEY UPDATE SKIP LOCKED
                ) f
            ), ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN j.losses < d.max_losses THEN 'pending' ELSE 'failed' END)::jobstatus,
                    attempt = d.attempt, losses = j.losses + 1,
                    tool_version = COALESCE(d.tool_version, j.tool_version),
                    started_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.leased_at END,
                    error_code = 'WORKER_LOST',
                    error_message = 'The node ' || COALESCE(d.name, 'that worked on this job') || ' was lost.',
                    completed_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE NOW() END,
                    node_name = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.name END,
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM dead d
                WHERE j.id = ANY (ARRAY(SELECT f.id FROM free f)) AND j.id = d.job_id
                  AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, j.error_code, j.error_message, d.leased_at, d.name
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT id, attempt, name, leased_at, NOW(), error_code, error_message
                FROM ended
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT f.id FROM free f))
            RETURNING l.job_id
            """)
    List<UUID> rescue(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Puts jobs back into the queue that are shown as running although nobody holds a lease on them: what a
     * rollback, a restored backup or an older system left.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return how many
     */
    // A second, because a job that has just been given back or ended may still be read as running.
    @SqlUpdate("""
            UPDATE jobs
            SET status = 'pending', attempt = attempt + 1, losses = losses + 1, started_at = NULL,
                queue_seq = nextval('job_queue_seq'),
                expires_at = NOW() + COALESCE(make_interval(secs => ttl_seconds), expires_at - created_at)
            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.status = 'running' AND COALESCE(j.started_at, j.created_at) < NOW() - INTERVAL '1 s'
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'requeue' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED))
              AND status::text = 'running'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = jobs.id OFFSET 0)
            """)
    int requeueUnleased(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Fails pending jobs that were not begun before they expired.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return the jobs
     */
    // Five seconds after the time a claim stops taking them, so that the two never meet.
    @SqlQuery("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'EXPIRED',
                error_message = 'The job expired before a worker could begin it. Submit it again, with a longer ttl_hours '
                    || 'or when workers for ' || tool_name || ' are free.',
                expires_at = NOW() + COALESCE(make_interval(secs => ttl_seconds), expires_at - created_at)
            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.expires_at < NOW() - INTERVAL '5 s' AND j.status = 'pending'
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
    List<UUID> expirePending(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Removes jobs that ended and whose time to be kept is over, with all that was told of them.
     *
     * @param limit at most so many
     * @param from only jobs that expired at this time or later
     * @param only of these jobs, or null for any that are not set aside
     * @return how many, and how far it came
     */
    // From where the last batch ended: what was removed stays in the index for as long as a transaction may see it, and
    // each batch would pass over all of it again. A job that its first attempt completed has no attempts to remove.
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM jobs
                WHERE id = ANY (ARRAY(
                    SELECT j.id
                    FROM jobs j
                    WHERE j.expires_at < NOW() AND j.expires_at >= :from
                      AND j.status IN ('completed', 'failed', 'cancelled')
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
            )
            SELECT count(*) AS jobs, max(expires_at) AS up_to FROM gone
            """)
    @RegisterConstructorMapper(Removed.class)
    Removed deleteExpired(@Bind("limit") int limit, @Bind("from") OffsetDateTime from, @Bind("only") UUID[] only);

    /**
     * What a clean-up has done.
     *
     * @param jobs how many it removed
     * @param upTo when the last of them expired, or null when there was none
     */
    record Removed(int jobs, OffsetDateTime upTo) {}
}
