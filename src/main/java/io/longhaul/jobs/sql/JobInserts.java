package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobExtras;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Stores new jobs, and reads which ones are stored. */
public interface JobInserts {
    /** Makes one job of each position in the arrays. */
    // A job with a concurrency key is parked: it is marked delayed with no run_at, so claims ignore it until its
    // concurrency gate admits it.
    String ENQUEUE = """
            INSERT INTO jobs (id, tool_name, trace_id, parameters, priority, delayed, run_at, max_attempts,
                              timeout_seconds, ttl_seconds, idempotency_key, request_hash, expires_at,
                              retry, max_losses, concurrency_key, fairness_key, batch_id, schedule_id, retry_of, awaits,
                              queue_seq, webhook, principal, start_within_seconds, trace_span)
            SELECT s.id, s.tool, s.trace_id, s.params::jsonb, s.priority,
                   s.extra->'after' IS NOT NULL OR s.extra->>'concurrency_key' IS NOT NULL
                       OR COALESCE(s.run_at::timestamptz > NOW(), FALSE),
                   CASE WHEN s.extra->'after' IS NULL
                             AND (s.extra->>'concurrency_key' IS NULL OR s.run_at::timestamptz > NOW())
                        THEN s.run_at::timestamptz END,
                   s.max_attempts, s.timeout, s.ttl, s.key, decode(s.hash, 'hex'),
                   COALESCE(CASE WHEN s.extra->'after' IS NULL
                                 THEN GREATEST(NOW(), s.run_at::timestamptz)
                                     + make_interval(secs => (s.extra->>'start_within_seconds')::int) END, 'infinity'),
                   s.extra->'retry', (s.extra->>'max_losses')::smallint, s.extra->>'concurrency_key',
                   s.extra->>'fairness_key', :batch::uuid, (s.extra->>'schedule_id')::uuid,
                   (s.extra->>'retry_of')::uuid, COALESCE(jsonb_array_length(s.extra->'after'), 0),
                   COALESCE((s.extra->>'place')::bigint, nextval('job_queue_seq')), s.extra->'webhook',
                   s.extra->>'principal', (s.extra->>'start_within_seconds')::int, s.extra->>'trace_span'
            FROM unnest(:ids::uuid[], :tools::text[], :traceIds::text[], :params::text[], :priorities::int[],
                        :runAts::text[], :maxAttempts::int[], :timeouts::int[], :ttls::int[], :keys::text[],
                        :hashes::text[], :extras::jsonb[])
                 AS s (id, tool, trace_id, params, priority, run_at, max_attempts, timeout, ttl, key, hash, extra)
            """;

    String ENQUEUED = """
            RETURNING id, created_at, expires_at, start_within_seconds
            """;

    /**
     * Stores jobs; a job whose idempotency key is taken is left out. Keys must be in ascending order: a key may
     * have to wait for another transaction that holds it, and two that wait for each other would be a deadlock.
     *
     * <p>A job that waits for others has no time and does not expire until it is released, and one without
     * {@code start_within_seconds} does not expire before its end. Its predecessors are
     * stored by {@link ChainTransitions#await} in the same transaction.
     *
     * @param ids one per job, like all arrays
     * @param runAts ISO-8601 instants, or null for at once
     * @param timeouts seconds, or null
     * @param ttls seconds
     * @param keys idempotency keys, or null
     * @param hashes SHA-256 of the payload in hexadecimal, or null without key
     * @param extras {@link JobExtras} as JSON, with a {@code place} if {@link FairQueue} gave one, or null
     * @param batch the batch of all of them, or null
     * @return the new rows
     */
    @SqlQuery(ENQUEUE + """
            ON CONFLICT (idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
            """ + ENQUEUED)
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
    List<Accepted> enqueue(
            UUID[] ids,
            String[] tools,
            String[] traceIds,
            String[] params,
            Integer[] priorities,
            String[] runAts,
            Integer[] maxAttempts,
            Integer[] timeouts,
            Integer[] ttls,
            String[] keys,
            String[] hashes,
            String[] extras,
            UUID batch);

    /**
     * Like {@link #enqueue} for jobs without idempotency keys. Without a possible conflict PostgreSQL writes each
     * row once; otherwise it writes it, checks for conflicts and confirms it (speculative insertion).
     *
     * @param keys all null
     * @param hashes all null
     */
    @SqlQuery(ENQUEUE + ENQUEUED)
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
    List<Accepted> enqueueWithoutKeys(
            UUID[] ids,
            String[] tools,
            String[] traceIds,
            String[] params,
            Integer[] priorities,
            String[] runAts,
            Integer[] maxAttempts,
            Integer[] timeouts,
            Integer[] ttls,
            String[] keys,
            String[] hashes,
            String[] extras,
            UUID batch);

    /**
     * A stored job.
     *
     * @param id the job
     * @param createdAt database time
     * @param expiresAt the job fails if it has not begun by then, or infinity
     * @param startWithinSeconds its limit, or null
     */
    record Accepted(UUID id, Instant createdAt, Instant expiresAt, Integer startWithinSeconds) {}

    /** The stored ones of these jobs. */
    @SqlQuery("""
            SELECT id, created_at, expires_at, start_within_seconds
            FROM jobs
            WHERE id = ANY (:ids::uuid[])
            """)
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
    List<Accepted> accepted(UUID[] ids);

    /**
     * True if no session of this role has had a writing transaction open for longer than this: an earlier attempt
     * is then over.
     */
    @SqlQuery("""
            SELECT NOT EXISTS (
                SELECT
                FROM pg_stat_activity a
                WHERE a.usename = current_user AND a.datname = current_database() AND a.pid <> pg_backend_pid()
                  AND a.backend_xid IS NOT NULL
                  AND a.xact_start < clock_timestamp() - make_interval(secs => :millis / 1000.0))
            """)
    boolean noneWritesLongerThan(long millis);
}
