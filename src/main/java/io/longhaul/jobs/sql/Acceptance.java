package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobExtras;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Stores new jobs, and tells which are stored. */
public interface Acceptance {
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
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
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
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
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
    @RegisterRowMapper(RowMappers.AcceptedMapper.class)
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
}
