package io.longhaul.jobs.sql;

import io.longhaul.jobs.ClaimedJob;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Claims of tools that are limited across all nodes, in how many jobs run or in how many begin in a time. Whoever claims
 * holds the tool's row in {@code tool_limits}, so that claims of one tool take turns; those of others are not held up.
 */
public interface LimitedClaims {
    /**
     * Which tools have jobs to claim. Asked first, so that limits cost nothing while there is nothing to do.
     *
     * @param tools names
     * @return those with jobs that wait for a worker
     */
    // Ordered, so that the head of the tool's own queue is looked at and not whatever is pending.
    @SqlQuery("""
            SELECT t.tool
            FROM unnest(:tools::text[]) AS t (tool)
            WHERE (
                SELECT TRUE
                FROM jobs j
                WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.tool AND j.expires_at > NOW()
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                ORDER BY j.priority DESC, j.queue_seq
                LIMIT 1)
              AND NOT EXISTS (SELECT FROM tool_pauses p WHERE p.tool_name = t.tool OFFSET 0)
            """)
    List<String> waiting(@Bind("tools") String[] tools);

    /**
     * Makes the row of a tool, with a full bucket.
     *
     * @param tool its name
     * @param burst tokens that the bucket holds; 0 for a tool without a rate
     * @return 1, or 0 when it was there
     */
    @SqlUpdate("""
            INSERT INTO tool_limits (tool_name, tokens)
            VALUES (:tool, :burst)
            ON CONFLICT (tool_name) DO NOTHING
            """)
    int prepare(@Bind("tool") String tool, @Bind("burst") double burst);

    /**
     * Takes a tool's row until the transaction ends. To be run before {@link #claim} and as a statement of its own: a
     * statement sees what was committed before it began.
     *
     * @param tool its name
     * @return nothing when another node claims of it at this moment, or there is no row
     */
    @SqlQuery("SELECT tool_name FROM tool_limits WHERE tool_name = :tool FOR UPDATE SKIP LOCKED")
    Optional<String> hold(@Bind("tool") String tool);

    /**
     * Leases the next jobs of a tool whose row is held: no more than its limits leave room for, across all nodes.
     *
     * @param nodeId the node's run
     * @param tool its name
     * @param maxLosses how often a lost worker is replaced
     * @param free how many jobs this node may take
     * @param most how many may run on all nodes together, or null for any number
     * @param perSecond how many may begin in a second, or null for any number
     * @param burst how many may begin at once after a pause, or null without a rate
     * @param bytes as in {@link Claims#claim}
     * @return jobs in the order in which they are to start
     */
    // A token is taken for each lease. Leases of dead nodes count until they are rescued: their work may still go on.
    @SqlQuery("""
            WITH bucket AS MATERIALIZED (
                SELECT LEAST(:burst::float8, b.tokens + :perSecond::float8 * GREATEST(
                           0, EXTRACT(EPOCH FROM t.time - b.refilled_at)::float8)) AS tokens, t.time
                FROM tool_limits b CROSS JOIN (SELECT clock_timestamp() AS time OFFSET 0) t
                WHERE b.tool_name = :tool
                  AND EXISTS (SELECT FROM nodes WHERE id = :nodeId AND lease_until > NOW())
                  AND NOT EXISTS (SELECT FROM tool_pauses WHERE tool_name = :tool)
            ), room AS MATERIALIZED (
                SELECT LEAST(
                           :free,
                           CASE WHEN :most::int IS NOT NULL THEN :most::int - (
                               SELECT count(*)
                               FROM (SELECT FROM job_leases WHERE limited_tool = :tool LIMIT :most::int) running) END,
                           CASE WHEN :perSecond::float8 IS NOT NULL THEN floor(tokens)::int END) AS jobs
                FROM bucket
            ), locked AS MATERIALIZED (
                SELECT j.id, j.tool_name, j.parameters, j.trace_id, j.attempt, j.failures, j.max_attempts,
                       j.timeout_seconds, j.priority, j.queue_seq, j.retry::text AS retry, j.max_losses, j.concurrency_key
                FROM jobs j
                WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = :tool AND j.expires_at > NOW()
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                ORDER BY j.priority DESC, j.queue_seq
                LIMIT GREATEST(0, COALESCE((SELECT jobs FROM room), 0))
                FOR NO KEY UPDATE OF j SKIP LOCKED
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
                    ) stored
                    WHERE stored.before_stored < :bytes
                ) next
                WHERE next.before < :bytes
            ), leased AS (
                INSERT INTO job_leases (job_id, attempt, node_id, leased_at, max_losses, limited_tool)
                SELECT id, attempt + 1, :nodeId, NOW(), COALESCE(max_losses, :maxLosses), tool_name
                FROM chosen
                ON CONFLICT (job_id) DO NOTHING
                RETURNING job_id, attempt, node_id, leased_at
            ), paid AS (
                UPDATE tool_limits
                SET tokens = b.tokens - (SELECT count(*) FROM leased), refilled_at = b.time
                FROM bucket b
                WHERE tool_name = :tool AND :perSecond::float8 IS NOT NULL AND EXISTS (SELECT FROM leased)
            )
            SELECT l.job_id, l.attempt, l.node_id, l.leased_at, c.tool_name,\s""" + Claims.READABLE + """
             AS params, c.trace_id, c.failures,
                   c.max_attempts, c.timeout_seconds, c.retry, c.concurrency_key, c.priority, c.queue_seq
            FROM leased l JOIN (SELECT t.*, t.parameters::text AS params FROM chosen t OFFSET 0) c ON c.id = l.job_id
            ORDER BY c.priority DESC, c.queue_seq
            """)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    List<ClaimedJob> claim(
            @Bind("nodeId") long nodeId,
            @Bind("tool") String tool,
            @Bind("maxLosses") int maxLosses,
            @Bind("free") int free,
            @Bind("most") Integer most,
            @Bind("perSecond") Double perSecond,
            @Bind("burst") Integer burst,
            @Bind("bytes") long bytes);

    /**
     * When the next job of a tool with a rate may begin.
     *
     * @param tool its name
     * @param perSecond how many may begin in a second
     * @param burst how many may begin at once after a pause
     * @return milliseconds from now, 0 for at once; nothing without a row
     */
    @SqlQuery("""
            SELECT ceil(1000 * GREATEST(0, (1 - LEAST(:burst, tokens + :perSecond * GREATEST(
                       0, EXTRACT(EPOCH FROM clock_timestamp() - refilled_at)::float8))) / :perSecond))::bigint
            FROM tool_limits
            WHERE tool_name = :tool
            """)
    Optional<Long> millisToNextToken(
            @Bind("tool") String tool, @Bind("perSecond") double perSecond, @Bind("burst") int burst);
}
