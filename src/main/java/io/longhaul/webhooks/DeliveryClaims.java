package io.longhaul.webhooks;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Statements that claim and end deliveries. A trigger writes the deliveries, in the transaction that ends a job
 * (changelog file 0007-webhooks.sql). A claim moves the due time of a delivery ahead, so that it is due again if its
 * node dies.
 */
interface DeliveryClaims {
    /**
     * Claims due deliveries, a few of each lane, so that a long or slow lane does not hold up the others.
     *
     * @param busy lanes with deliveries under way from this node
     * @param free how many more it may send to each of those
     * @param each how many it may send to any other lane
     * @param limit at most so many in all
     * @param leaseMillis duration of the claim
     * @param largestResult bytes beyond which a result is not read
     */
    // Moves from lane to lane, in an order that differs each time; each lane is one step in its index.
    @SqlQuery("""
            WITH RECURSIVE lanes AS (
                SELECT (SELECT d.lane FROM webhook_deliveries d WHERE d.next_at IS NOT NULL ORDER BY d.lane LIMIT 1) AS lane
                UNION ALL
                SELECT (SELECT d.lane FROM webhook_deliveries d WHERE d.next_at IS NOT NULL AND d.lane > l.lane ORDER BY d.lane LIMIT 1)
                FROM lanes l
                WHERE l.lane IS NOT NULL
            ), open AS MATERIALIZED (
                SELECT l.lane
                FROM lanes l
                WHERE l.lane IS NOT NULL
                  AND CASE WHEN l.lane LIKE 'to %' THEN TRUE
                           ELSE EXISTS (
                               SELECT
                               FROM webhooks w
                               WHERE w.id = l.lane::uuid AND w.paused_at IS NULL AND w.disabled_at IS NULL) END
                ORDER BY random()
            ), due AS MATERIALIZED (
                SELECT d.id
                FROM open o
                LEFT JOIN unnest(:busy::text[], :free::int[]) AS b (lane, free) ON b.lane = o.lane
                CROSS JOIN LATERAL (
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.lane = o.lane AND d.next_at <= NOW()
                    ORDER BY d.next_at
                    LIMIT COALESCE(b.free, :each)
                    FOR UPDATE SKIP LOCKED
                ) d
                LIMIT :limit
            ), claimed AS (
                UPDATE webhook_deliveries d
                SET attempt = d.attempt + 1, next_at = NOW() + make_interval(secs => :leaseMillis / 1000.0)
                FROM due
                WHERE d.id = due.id AND d.next_at <= NOW()
                RETURNING d.id, d.attempt, d.failures, d.lane, d.event, d.payload, d.webhook_id, d.job_id, d.target,
                          d.include_result
            )
            SELECT c.id, c.attempt, c.failures, c.lane, c.event, c.payload::text AS payload, c.webhook_id,
                   COALESCE(w.url, c.target->>'url') AS url, COALESCE(w.secret, c.target->>'secret') AS secret,
                   CASE WHEN w.old_secret_until > NOW() THEN w.old_secret END AS old_secrets,
                   w.failing_since IS NOT NULL AS failing, c.include_result,
                   CASE WHEN pg_column_size(j.result) <= :largestResult
                        THEN CASE WHEN octet_length(j.result::text) <= :largestResult THEN j.result::text END
                   END AS result,
                   c.payload->>'trace_id' AS trace_id,
                   (SELECT t.trace_span FROM jobs t WHERE t.id = c.job_id) AS trace_span,
                   NOW() AS claimed_at
            FROM claimed c
            LEFT JOIN webhooks w ON w.id = c.webhook_id
            LEFT JOIN jobs j ON j.id = c.job_id AND c.include_result
            """)
    @RegisterConstructorMapper(ClaimedDelivery.class)
    List<ClaimedDelivery> claim(
            String[] busy, Integer[] free, int each, int limit, long leaseMillis, int largestResult);

    /**
     * Writes the outcomes of attempts, except for deliveries that another node has taken over meanwhile, and for
     * outcomes that are written: a commit whose answer was lost is repeated.
     *
     * @param verdicts delivered, failed, or pending for another attempt
     * @param delays milliseconds until that, or null
     * @param millis duration of the attempts
     * @param statuses of the answers, or null without one
     * @param errors problems, or null
     * @param answers beginnings of the answers, or null
     * @return ids of the deliveries that were written
     */
    @SqlQuery("""
            WITH told AS MATERIALIZED (
                SELECT a.id, a.attempt, a.verdict, a.delay, a.millis, a.status, a.error, a.answer
                FROM unnest(:ids::uuid[], :attempts::int[], :verdicts::text[], :delays::bigint[], :millis::int[], :statuses::int[],
                            :errors::text[], :answers::text[])
                     AS a (id, attempt, verdict, delay, millis, status, error, answer)
            ), ended AS (
                UPDATE webhook_deliveries d
                SET status = a.verdict, failures = d.failures + CASE a.verdict WHEN 'delivered' THEN 0 ELSE 1 END,
                    next_at = CASE a.verdict WHEN 'pending' THEN NOW() + make_interval(secs => a.delay / 1000.0) END,
                    ended_at = CASE a.verdict WHEN 'pending' THEN NULL ELSE NOW() END
                FROM told a
                WHERE d.id = a.id AND d.attempt = a.attempt AND d.next_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM webhook_attempts t WHERE t.delivery_id = a.id AND t.attempt = a.attempt)
                RETURNING d.id
            )
            INSERT INTO webhook_attempts (delivery_id, attempt, duration_ms, status, error, answer)
            SELECT a.id, a.attempt, a.millis, a.status, a.error, a.answer
            FROM ended e JOIN told a ON a.id = e.id
            ON CONFLICT (delivery_id, attempt) DO NOTHING
            RETURNING delivery_id
            """)
    List<UUID> end(
            UUID[] ids,
            Integer[] attempts,
            String[] verdicts,
            Long[] delays,
            Integer[] millis,
            Integer[] statuses,
            String[] errors,
            String[] answers);

    /** Gives up deliveries that could not be sent for too long, to endpoints that are paused, disabled or removed. */
    @SqlUpdate("""
            UPDATE webhook_deliveries
            SET status = 'failed', next_at = NULL, ended_at = NOW()
            WHERE id = ANY (ARRAY(
                SELECT d.id
                FROM webhook_deliveries d
                WHERE d.next_at IS NOT NULL AND d.queued_at < NOW() - make_interval(secs => :seconds)
                ORDER BY d.queued_at
                LIMIT :limit
                FOR UPDATE SKIP LOCKED))
            """)
    int giveUp(long seconds, int limit);

    /** Removes deliveries that ended long ago, with their attempts. */
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM webhook_deliveries
                WHERE id = ANY (ARRAY(
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.ended_at < NOW() - make_interval(secs => :seconds)
                    ORDER BY d.ended_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
            ), attempts AS (
                DELETE FROM webhook_attempts a USING gone g WHERE a.delivery_id = g.id
            )
            SELECT count(*) FROM gone
            """)
    int deleteEnded(long seconds, int limit);

    /**
     * Counts pending deliveries, up to the limit, and finds the one of all that has been due longest. Those for an
     * endpoint that takes nothing now are not overdue.
     */
    // Moves from lane to lane, to the first delivery of each; each lane is one step in the index.
    @SqlQuery("""
            WITH RECURSIVE firsts AS (
                (SELECT d.lane, d.next_at FROM webhook_deliveries d WHERE d.next_at IS NOT NULL ORDER BY d.lane, d.next_at LIMIT 1)
                UNION ALL
                SELECT d.lane, d.next_at
                FROM firsts f
                CROSS JOIN LATERAL (
                    SELECT d.lane, d.next_at
                    FROM webhook_deliveries d
                    WHERE d.next_at IS NOT NULL AND d.lane > f.lane
                    ORDER BY d.lane, d.next_at
                    LIMIT 1
                ) d
            ), open AS (
                SELECT f.next_at
                FROM firsts f
                WHERE CASE WHEN f.lane LIKE 'to %' THEN TRUE
                           ELSE EXISTS (
                               SELECT
                               FROM webhooks w
                               WHERE w.id = f.lane::uuid AND w.paused_at IS NULL AND w.disabled_at IS NULL) END
            )
            SELECT (SELECT count(*) FROM (SELECT FROM webhook_deliveries d WHERE d.next_at IS NOT NULL LIMIT :limit) d) AS pending,
                   COALESCE(EXTRACT(EPOCH FROM NOW() - (SELECT min(o.next_at) FROM open o)), 0)::bigint AS overdue_seconds,
                   (SELECT count(*) FROM webhooks w WHERE w.disabled_at IS NOT NULL) AS disabled
            """)
    @RegisterConstructorMapper(Deliverer.Backlog.class)
    Deliverer.Backlog backlog(int limit);
}
