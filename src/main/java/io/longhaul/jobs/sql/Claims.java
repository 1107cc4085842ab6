package io.longhaul.jobs.sql;

import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterCollectorFactory;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transactional;

/**
 * Leases jobs to nodes by priority, then in order of submission. A node whose own lease has lapsed gets none, and
 * nobody gets jobs of a paused tool.
 */
// jobs itself is not written: a lease row says who runs a job, and a short job is written once, at its end. OFFSET 0
// keeps the test for a lease a look-up per job; as a join it would read and sort the whole queue. IS TRUE keeps a
// small hash look-up from becoming a join planned for thousands of rows. The caller names the jobs that it holds,
// since these stand at the head of the queue until they end: a hash look-up skips them, where the index of the leases
// would be searched for each.
public interface Claims extends Transactional<Claims> {
    /**
     * Bytes of params that one claim takes, because claimed jobs wait in memory. A single job with {@link
     * #LARGEST} times as much is refused. Smaller heaps take less.
     */
    long BYTES = Math.max(1L << 20, Math.min(8L << 20, Runtime.getRuntime().maxMemory() / 128));

    /** Multiple of {@link #BYTES} that the params of one job may have. */
    int LARGEST = 16;

    String OFFERED = """
            WITH offered AS MATERIALIZED (
                SELECT o.tool, o.max_losses, o.free
                FROM unnest(:tools::text[], :maxLosses::int[], :free::int[]) AS o (tool, max_losses, free)
                WHERE EXISTS (SELECT FROM nodes WHERE id = :nodeId AND lease_until > NOW())
                  AND NOT EXISTS (SELECT FROM tool_pauses p WHERE p.tool_name = o.tool OFFSET 0)
            ),""";

    /** The condition of a claimable job. */
    String CLAIMABLE = """
            WHERE j.status = 'pending' AND NOT j.delayed AND j.expires_at > NOW()
              AND j.id NOT IN (SELECT unnest(:held::uuid[]))
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
            """;

    /** The columns that a claim reads. */
    String TAKEN = """
             SELECT j.id, j.tool_name, j.parameters, j.trace_id, j.trace_span, j.attempt, j.failures,
                    j.max_attempts, j.timeout_seconds, j.priority, j.queue_seq, j.retry::text AS retry,
                    j.max_losses AS own_max_losses, j.concurrency_key,
                    EXTRACT(EPOCH FROM NOW() - GREATEST(j.created_at, j.run_at))::float8 AS waited
             FROM jobs j
            """ + CLAIMABLE + """
               AND j.tool_name = s.tool""";

    /**
     * Params that are small enough to be read. Those of more than {@link #LARGEST} times the limit of a claim
     * make the statement fail, which undoes its leases; {@code UnreadableJobs} then ends their job.
     */
    // Casting a sentence to a number is the plainest way for a query to fail with a message.
    String READABLE = """
            CASE WHEN octet_length(c.params) / 16 > :bytes
                 THEN ('the params of job ' || c.id || ' are too large to be read')::int::text
                 ELSE c.params END""";

    /**
     * Leases the chosen jobs. Another node may have leased one since the statement began: such jobs are returned
     * without id and params.
     */
    String LEASED = """
            , leased AS (
                INSERT INTO job_leases (job_id, attempt, node_id, leased_at, max_losses)
                SELECT id, attempt + 1, :nodeId, NOW(), COALESCE(own_max_losses, max_losses)
                FROM chosen
                ON CONFLICT (job_id) DO NOTHING
                RETURNING job_id
            )
            SELECT CASE WHEN c.leased THEN c.id END AS job_id, c.attempt + 1 AS attempt, :nodeId AS node_id,
                   NOW() AS leased_at, c.tool_name,\s""" + READABLE + """
             AS params, c.trace_id, c.trace_span,
                   c.failures, c.max_attempts, c.timeout_seconds, c.retry, c.own_max_losses, c.concurrency_key, c.priority,
                   c.queue_seq, c.waited
            FROM (
                SELECT t.*, CASE WHEN t.leased THEN t.parameters::text END AS params
                FROM (SELECT t.*, (t.id IN (SELECT job_id FROM leased)) IS TRUE AS leased FROM chosen t OFFSET 0) t
                OFFSET 0
            ) c
            ORDER BY c.priority DESC, c.queue_seq
            """;

    /**
     * Leases the next jobs of the given tools, at most limit.
     *
     * @param nodeId the node's run
     * @param tools names of tools that have a free slot and no limit across nodes
     * @param maxLosses for each tool, lost workers after which a job fails
     * @param free for each tool, jobs that this node may add
     * @param limit free slots of the node
     * @param bytes stops taking jobs once their params have this length, both as written out and as stored, so that
     *     not all waiting params have to be written out
     * @param held jobs that the caller is known to hold, for speed alone; may be empty
     */
    @SqlQuery(OFFERED + """
             share AS MATERIALIZED (
                SELECT next.tool, next.max_losses, count(*) AS jobs
                FROM (
                    SELECT stored.*, COALESCE(SUM(octet_length(stored.parameters::text)) OVER (
                               ORDER BY stored.priority DESC, stored.queue_seq
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                    FROM (
                        SELECT o.tool, o.max_losses, head.*, SUM(head.size) OVER (
                                   ORDER BY head.priority DESC, head.queue_seq ROWS UNBOUNDED PRECEDING) - head.size AS before_stored
                        FROM offered o CROSS JOIN LATERAL (
                            SELECT j.priority, j.queue_seq, j.parameters, pg_column_size(j.parameters) AS size
                            FROM jobs j
            """ + CLAIMABLE + """
                              AND j.tool_name = o.tool
                            ORDER BY j.priority DESC, j.queue_seq
                            LIMIT LEAST(o.free, :limit)
                        ) head
                        ORDER BY head.priority DESC, head.queue_seq
                        LIMIT :limit
                    ) stored
                    WHERE stored.before_stored < :bytes
                ) next
                WHERE next.before < :bytes
                GROUP BY next.tool, next.max_losses
            ), chosen AS MATERIALIZED (
                SELECT s.max_losses, taken.*
                FROM share s CROSS JOIN LATERAL (
            """ + TAKEN + """

                    ORDER BY j.priority DESC, j.queue_seq
                    LIMIT s.jobs
                    FOR NO KEY UPDATE OF j SKIP LOCKED
                ) taken
            )""" + LEASED)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    @RegisterCollectorFactory(Claimed.Collectors.class)
    Claimed claim(long nodeId, String[] tools, Integer[] maxLosses, Integer[] free, int limit, long bytes, UUID[] held);

    /**
     * Like {@link #claim}, but scans the queue once. Faster when one tool has jobs; slower when several have,
     * because it locks a full claim of each tool before it chooses among them.
     */
    @SqlQuery(OFFERED + """
             locked AS MATERIALIZED (
                SELECT s.max_losses, taken.*
                FROM offered s CROSS JOIN LATERAL (
            """ + TAKEN + """

                    ORDER BY j.priority DESC, j.queue_seq
                    LIMIT LEAST(s.free, :limit)
                    FOR NO KEY UPDATE OF j SKIP LOCKED
                ) taken
            ), chosen AS MATERIALIZED (
                SELECT next.*
                FROM (
                    SELECT stored.*, COALESCE(SUM(octet_length(stored.parameters::text)) OVER (
                               ORDER BY stored.priority DESC, stored.queue_seq
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                    FROM (
                        SELECT l.*, SUM(pg_column_size(l.parameters)) OVER (
                                   ORDER BY l.priority DESC, l.queue_seq ROWS UNBOUNDED PRECEDING)
                               - pg_column_size(l.parameters) AS before_stored
                        FROM locked l
                        ORDER BY l.priority DESC, l.queue_seq
                        LIMIT :limit
                    ) stored
                    WHERE stored.before_stored < :bytes
                ) next
                WHERE next.before < :bytes
            )""" + LEASED)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    @RegisterCollectorFactory(Claimed.Collectors.class)
    Claimed claimAlone(
            long nodeId, String[] tools, Integer[] maxLosses, Integer[] free, int limit, long bytes, UUID[] held);

    /**
     * Like {@link #claim} for jobs at or behind given queue numbers. It does not scan jobs that were claimed
     * before these, which stay in the index for as long as some transaction may still see them.
     *
     * @param queues names of tools, once for each priority
     * @param priorities the priority of each
     * @param floors the queue number at which to begin
     */
    @SqlQuery(OFFERED + """
             share AS MATERIALIZED (
                SELECT next.tool, next.max_losses, next.priority, next.floor, count(*) AS jobs
                FROM (
                    SELECT stored.*, COALESCE(SUM(octet_length(stored.parameters::text)) OVER (
                               ORDER BY stored.priority DESC, stored.queue_seq
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                    FROM (
                        SELECT o.tool, o.max_losses, head.*, SUM(head.size) OVER (
                                   ORDER BY head.priority DESC, head.queue_seq ROWS UNBOUNDED PRECEDING) - head.size AS before_stored
                        FROM offered o CROSS JOIN LATERAL (
                            SELECT f.priority, f.floor, behind.queue_seq, behind.parameters, behind.size
                            FROM unnest(:queues::text[], :priorities::int[], :floors::bigint[]) AS f (tool, priority, floor)
                            CROSS JOIN LATERAL (
                                SELECT j.queue_seq, j.parameters, pg_column_size(j.parameters) AS size
                                FROM jobs j
            """ + CLAIMABLE + """
                                  AND j.tool_name = o.tool AND j.priority = f.priority AND j.queue_seq >= f.floor
                                ORDER BY j.queue_seq
                                LIMIT LEAST(o.free, :limit)
                            ) behind
                            WHERE f.tool = o.tool
                            ORDER BY f.priority DESC, behind.queue_seq
                            LIMIT LEAST(o.free, :limit)
                        ) head
                        ORDER BY head.priority DESC, head.queue_seq
                        LIMIT :limit
                    ) stored
                    WHERE stored.before_stored < :bytes
                ) next
                WHERE next.before < :bytes
                GROUP BY next.tool, next.max_losses, next.priority, next.floor
            ), chosen AS MATERIALIZED (
                SELECT s.max_losses, taken.*
                FROM share s CROSS JOIN LATERAL (
            """ + TAKEN + """

                      AND j.priority = s.priority AND j.queue_seq >= s.floor
                    ORDER BY j.queue_seq
                    LIMIT s.jobs
                    FOR NO KEY UPDATE OF j SKIP LOCKED
                ) taken
            )""" + LEASED)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    @RegisterCollectorFactory(Claimed.Collectors.class)
    Claimed claimFrom(
            long nodeId,
            String[] tools,
            Integer[] maxLosses,
            Integer[] free,
            int limit,
            long bytes,
            UUID[] held,
            String[] queues,
            Integer[] priorities,
            Long[] floors);
}
