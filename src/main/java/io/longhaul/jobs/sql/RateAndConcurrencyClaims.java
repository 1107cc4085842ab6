package io.longhaul.jobs.sql;

import io.longhaul.jobs.ClaimedJob;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Claims jobs of tools that are limited across all nodes, in concurrent jobs or in starts per second. A claim holds
 * the tool's row in {@code tool_limits}, so that claims of one tool run one after the other and those of other tools
 * are not delayed.
 */
public interface RateAndConcurrencyClaims {
    /**
     * Those of these tools that have jobs to claim. Asked first, so that limits cost nothing while there is no
     * work.
     */
    // Ordered, so that the head of the tool's own queue is read and not any pending job.
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
    List<String> waiting(String[] tools);

    /**
     * Makes the row of a tool with a full bucket, if it has none.
     *
     * @param burst tokens that the bucket holds; 0 for a tool without a rate
     */
    @SqlUpdate("""
            INSERT INTO tool_limits (tool_name, tokens)
            VALUES (:tool, :burst)
            ON CONFLICT (tool_name) DO NOTHING
            """)
    int prepare(String tool, double burst);

    /**
     * Locks a tool's row until the transaction ends. Must run before {@link #claim} and as a statement of its
     * own: a statement sees only what was committed before it began. Returns nothing if another node has the row,
     * or there is none.
     */
    @SqlQuery("SELECT tool_name FROM tool_limits WHERE tool_name = :tool FOR UPDATE SKIP LOCKED")
    Optional<String> hold(String tool);

    /**
     * Leases the next jobs of a tool whose row is held, up to its limits across all nodes, in the order in which
     * they are to start.
     *
     * @param maxLosses lost workers after which a job fails
     * @param free jobs that this node may add
     * @param most concurrent jobs on all nodes, or null for no limit
     * @param perSecond starts per second, or null for no limit
     * @param burst starts at once after a pause, or null without a rate
     * @param bytes as in {@link Claims#claim}
     */
    // Each lease takes a token. A bucket of the future, as after the clock was set back, is filled from now on: it
    // would get nothing until then. Leases of dead nodes count until they are rescued: their work may still go on.
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
                SELECT j.id, j.tool_name, j.parameters, j.trace_id, j.trace_span, j.attempt, j.failures, j.max_attempts,
                       j.timeout_seconds, j.priority, j.queue_seq, j.retry::text AS retry, j.max_losses, j.concurrency_key,
                       EXTRACT(EPOCH FROM NOW() - GREATEST(j.created_at, j.run_at))::float8 AS waited
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
                WHERE tool_name = :tool AND :perSecond::float8 IS NOT NULL
                  AND (refilled_at > b.time OR EXISTS (SELECT FROM leased))
            )
            SELECT l.job_id, l.attempt, l.node_id, l.leased_at, c.tool_name,\s""" + Claims.READABLE + """
             AS params, c.trace_id, c.trace_span, c.failures,
                   c.max_attempts, c.timeout_seconds, c.retry, c.max_losses AS own_max_losses, c.concurrency_key, c.priority,
                   c.queue_seq, c.waited
            FROM leased l JOIN (SELECT t.*, t.parameters::text AS params FROM chosen t OFFSET 0) c ON c.id = l.job_id
            ORDER BY c.priority DESC, c.queue_seq
            """)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    List<ClaimedJob> claim(
            long nodeId,
            String tool,
            int maxLosses,
            int free,
            Integer most,
            Double perSecond,
            Integer burst,
            long bytes);

    /** Milliseconds until the next job of a tool with a rate may start, 0 for at once; nothing without a row. */
    @SqlQuery("""
            SELECT ceil(1000 * GREATEST(0, (1 - LEAST(:burst, tokens + :perSecond * GREATEST(
                       0, EXTRACT(EPOCH FROM clock_timestamp() - refilled_at)::float8))) / :perSecond))::bigint
            FROM tool_limits
            WHERE tool_name = :tool
            """)
    Optional<Long> millisToNextToken(String tool, double perSecond, int burst);
}
