package io.longhaul.jobs.sql;

import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterCollectorFactory;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transactional;

/**
 * Leases jobs to nodes: by priority, then first come, first served. A node whose own lease has lapsed gets nothing, and
 * so does everybody of a tool that is paused.
 */
// jobs itself is not written: a lease row says who works on a job, and a short job is written once, at its end.
// OFFSET 0 keeps the test for a lease a look-up per job; as a join it would read and sort the whole queue.
// IS TRUE keeps a small hash look-up from becoming a join planned for thousands of rows.
// What the caller holds is named, since its jobs stand at the head of the queue until they end: a hash look-up passes
// over
// them, where the index of the leases would be searched for each.
public interface Claims extends Transactional<Claims> {
    /**
     * Jobs wait in the memory of who claimed them, so no more than a few of the largest ones are taken at once, and a single one that is
     * {@link #LARGEST} times as large is refused. On a small heap all that is less.
     */
    long BYTES = Math.max(1L << 20, Math.min(8L << 20, Runtime.getRuntime().maxMemory() / 128));

    /** How many times {@link #BYTES} the params of one job may have. */
    int LARGEST = 16;

    /** The tools to claim of. */
    String OFFERED = """
            WITH offered AS MATERIALIZED (
                SELECT o.tool, o.max_losses, o.free
                FROM unnest(:tools::text[], :maxLosses::int[], :free::int[]) AS o (tool, max_losses, free)
                WHERE EXISTS (SELECT FROM nodes WHERE id = :nodeId AND lease_until > NOW())
                  AND NOT EXISTS (SELECT FROM tool_pauses p WHERE p.tool_name = o.tool OFFSET 0)
            ),""";

    /** What can be claimed. */
    String CLAIMABLE = """
            WHERE j.status = 'pending' AND NOT j.delayed AND j.expires_at > NOW()
              AND j.id NOT IN (SELECT unnest(:held::uuid[]))
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
            """;

    /** What is read of each job. */
    String TAKEN = """
             SELECT j.id, j.tool_name, j.parameters, j.trace_id, j.attempt, j.failures,
                    j.max_attempts, j.timeout_seconds, j.priority, j.queue_seq, j.retry::text AS retry,
                    j.max_losses AS own_max_losses, j.concurrency_key
             FROM jobs j
            """ + CLAIMABLE + """
               AND j.tool_name = s.tool""";

    /**
     * Params that are not too large to be read; those of more than {@link #LARGEST} times what a claim takes make the statement fail
     * and undo its leases, and {@code UnreadableJobs} ends their job.
     */
    // The cast of a sentence to a number is the plainest way for a query to fail with words.
    String READABLE = """
            CASE WHEN octet_length(c.params) / 16 > :bytes
                 THEN ('the params of job ' || c.id || ' are too large to be read')::int::text
                 ELSE c.params END""";

    /**
     * How what was chosen becomes leased. Between a statement's begin and its look at a job another node may have leased it:
     * such jobs are told, too, without id and params.
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
             AS params, c.trace_id,
                   c.failures, c.max_attempts, c.timeout_seconds, c.retry, c.concurrency_key, c.priority, c.queue_seq
            FROM (
                SELECT t.*, CASE WHEN t.leased THEN t.parameters::text END AS params
                FROM (SELECT t.*, (t.id IN (SELECT job_id FROM leased)) IS TRUE AS leased FROM chosen t OFFSET 0) t
                OFFSET 0
            ) c
            ORDER BY c.priority DESC, c.queue_seq
            """;

    /**
     * Leases the next jobs of the given tools.
     *
     * @param nodeId the node's run
     * @param tools names of tools that have a free slot and no limit across nodes
     * @param maxLosses for each tool, how often a lost worker is replaced
     * @param free for each tool, how many more of its jobs this node may run
     * @param limit free slots of the node
     * @param bytes once the params of the jobs taken are so long, written out, no more are taken; the same as they are stored, so
     *     that not all that wait have to be written out to know
     * @param held jobs that the caller is known to hold, for speed alone; may be empty
     * @return at most limit jobs
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
    Claimed claim(
            @Bind("nodeId") long nodeId,
            @Bind("tools") String[] tools,
            @Bind("maxLosses") Integer[] maxLosses,
            @Bind("free") Integer[] free,
            @Bind("limit") int limit,
            @Bind("bytes") long bytes,
            @Bind("held") UUID[] held);

    /**
     * The same in one walk instead of two, for when jobs of one tool are expected: of each tool it locks as many as there is
     * room for before it chooses among them, which costs much where several have them.
     *
     * @param nodeId the node's run
     * @param tools as in {@link #claim}
     * @param maxLosses as there
     * @param free as there
     * @param limit as there
     * @param bytes as there
     * @param held as there
     * @return at most limit jobs
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
            @Bind("nodeId") long nodeId,
            @Bind("tools") String[] tools,
            @Bind("maxLosses") Integer[] maxLosses,
            @Bind("free") Integer[] free,
            @Bind("limit") int limit,
            @Bind("bytes") long bytes,
            @Bind("held") UUID[] held);

    /**
     * The same as {@link #claim} for jobs that stand at given places or behind: it does not walk over what was claimed from the places
     * before, which stays in the index for as long as some transaction may still see it.
     *
     * @param nodeId the node's run
     * @param tools as in {@link #claim}
     * @param maxLosses as there
     * @param free as there
     * @param limit as there
     * @param bytes as there
     * @param held as there
     * @param queues names of tools, once for each priority
     * @param priorities the priority of each
     * @param floors where to begin in each
     * @return at most limit jobs
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
            @Bind("nodeId") long nodeId,
            @Bind("tools") String[] tools,
            @Bind("maxLosses") Integer[] maxLosses,
            @Bind("free") Integer[] free,
            @Bind("limit") int limit,
            @Bind("bytes") long bytes,
            @Bind("held") UUID[] held,
            @Bind("queues") String[] queues,
            @Bind("priorities") Integer[] priorities,
            @Bind("floors") Long[] floors);

    /**
     * Waits for the others who take turns at claims: until the transaction ends no other claims that asks for its turn. To be
     * run before the claim and as a statement of its own: a statement sees what was committed before it began.
     *
     * @return 1; nobody is waited for longer than 200 ms, then PostgreSQL refuses (SQLSTATE 55P03)
     */
    // The number keeps this lock apart from others that the same database may know.
    @SqlQuery("""
            SELECT count(pg_advisory_xact_lock(7264917))
            FROM (SELECT set_config('lock_timeout', '200ms', TRUE) OFFSET 0) patience
            """)
    int takeTurn();
}
