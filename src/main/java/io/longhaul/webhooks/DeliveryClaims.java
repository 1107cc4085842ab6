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
    /** Leaves out deliveries {@code d} that were set aside, until they are to be tried again. */
    String NOT_SET_ASIDE = """

                      AND NOT EXISTS (
                          SELECT
                          FROM quarantined_rows q
                          WHERE q.task = 'webhook' AND q.row_id = d.id AND q.until > NOW()
                          OFFSET 0)
            """;

    /**
     * Finds deliveries {@code due}, a few of each lane, so that a long or slow lane does not hold up the others. The lanes of
     * endpoints are all looked at: from lane to lane, each one step in its index. The lanes of jobs' own addresses are given.
     * The lanes come in an order that differs each time.
     */
    String DUE = """
            WITH RECURSIVE lanes AS (
                SELECT (SELECT d.lane FROM webhook_deliveries d WHERE d.next_at IS NOT NULL AND d.lane < 'to ' ORDER BY d.lane LIMIT 1) AS lane
                UNION ALL
                SELECT (
                    SELECT d.lane
                    FROM webhook_deliveries d
                    WHERE d.next_at IS NOT NULL AND d.lane > l.lane AND d.lane < 'to '
                    ORDER BY d.lane
                    LIMIT 1)
                FROM lanes l
                WHERE l.lane IS NOT NULL
            ), open AS MATERIALIZED (
                SELECT a.lane
                FROM (
                    SELECT l.lane
                    FROM lanes l
                    WHERE l.lane IS NOT NULL
                      AND CASE WHEN l.lane LIKE 'to %' THEN TRUE
                               ELSE EXISTS (
                                   SELECT
                                   FROM webhooks w
                                   WHERE w.id = l.lane::uuid AND w.paused_at IS NULL AND w.disabled_at IS NULL) END
                    UNION
                    SELECT unnest(:hosts::text[])
                ) a
                ORDER BY random()
            ), due AS MATERIALIZED (
                SELECT d.id
                FROM open o
                LEFT JOIN unnest(:busy::text[], :free::int[]) AS b (lane, free) ON b.lane = o.lane
                CROSS JOIN LATERAL (
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.lane = o.lane AND d.next_at <= NOW() AND (:only::uuid IS NULL OR d.id = :only::uuid)""" + NOT_SET_ASIDE + """
                    ORDER BY d.next_at
                    LIMIT COALESCE(b.free, :each)
                    FOR UPDATE SKIP LOCKED
                ) d
                LIMIT :limit
            )""";

    /**
     * The next lanes of jobs' own addresses. Whoever submits jobs chooses these, so there may be any number.
     *
     * @param after the last lane of the look before; an empty text begins
     * @param most lanes to look at
     */
    @SqlQuery("""
            WITH RECURSIVE hosts AS (
                (SELECT d.lane, d.next_at, 1 AS place
                 FROM webhook_deliveries d
                 WHERE d.next_at IS NOT NULL AND d.lane >= 'to ' AND d.lane > :after
                 ORDER BY d.lane, d.next_at
                 LIMIT 1)
                UNION ALL
                SELECT d.lane, d.next_at, h.place + 1
                FROM hosts h
                CROSS JOIN LATERAL (
                    SELECT d.lane, d.next_at
                    FROM webhook_deliveries d
                    WHERE d.next_at IS NOT NULL AND d.lane > h.lane
                    ORDER BY d.lane, d.next_at
                    LIMIT 1
                ) d
                WHERE h.place < :most
            )
            SELECT h.lane, h.next_at <= NOW() AS due
            FROM hosts h
            ORDER BY h.place
            """)
    @RegisterConstructorMapper(HostLane.class)
    List<HostLane> hosts(String after, int most);

    /**
     * A lane of a host that jobs name themselves.
     *
     * @param due whether a delivery in it is due
     */
    record HostLane(String lane, boolean due) {}

    /** The deliveries that {@link #claim} would take, without what they hold. Read only after it failed. */
    @SqlQuery(DUE + """
            SELECT due.id
            FROM due
            """)
    List<UUID> due(String[] hosts, String[] busy, Integer[] free, int each, int limit, UUID only);

    /**
     * Claims due deliveries.
     *
     * @param hosts lanes of jobs' own addresses to take from
     * @param busy lanes with deliveries under way from this node
     * @param free how many more it may send to each of those
     * @param each how many it may send to any other lane
     * @param limit at most so many in all
     * @param only this one, or null for all
     * @param leaseMillis duration of the claim
     * @param largestResult bytes beyond which a result is not read
     */
    @SqlQuery(DUE + """
            , claimed AS (
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
                   c.include_result,
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
            String[] hosts,
            String[] busy,
            Integer[] free,
            int each,
            int limit,
            UUID only,
            long leaseMillis,
            int largestResult);

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

    /**
     * Gives up deliveries that could not be sent for too long, to endpoints that are paused, disabled or removed.
     *
     * @param only of these, or null for all that are not set aside
     */
    @SqlUpdate("""
            UPDATE webhook_deliveries
            SET status = 'failed', next_at = NULL, ended_at = NOW()
            WHERE id = ANY (ARRAY(
                SELECT d.id
                FROM webhook_deliveries d
                WHERE d.next_at IS NOT NULL AND d.queued_at < NOW() - make_interval(secs => :seconds)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'webhook-give-up' AND q.row_id = d.id OFFSET 0)
                           ELSE d.id = ANY (:only::uuid[]) END
                ORDER BY d.queued_at
                LIMIT :limit
                FOR UPDATE SKIP LOCKED))
            """)
    int giveUp(long seconds, int limit, UUID[] only);

    /** The deliveries that {@link #giveUp} would take next. */
    @SqlQuery("""
            SELECT d.id
            FROM webhook_deliveries d
            WHERE d.next_at IS NOT NULL AND d.queued_at < NOW() - make_interval(secs => :seconds)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'webhook-give-up' AND q.row_id = d.id OFFSET 0)
            ORDER BY d.queued_at
            LIMIT :limit
            """)
    List<UUID> toGiveUp(long seconds, int limit);

    /**
     * Removes deliveries that ended long ago, with their attempts.
     *
     * @param only of these, or null for all that are not set aside
     */
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM webhook_deliveries
                WHERE id = ANY (ARRAY(
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.ended_at < NOW() - make_interval(secs => :seconds)
                      AND CASE WHEN :only::uuid[] IS NULL
                               THEN NOT EXISTS (
                                   SELECT
                                   FROM quarantined_rows q
                                   WHERE q.task = 'webhook-clean-up' AND q.row_id = d.id
                                   OFFSET 0)
                               ELSE d.id = ANY (:only::uuid[]) END
                    ORDER BY d.ended_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
            ), attempts AS (
                DELETE FROM webhook_attempts a USING gone g WHERE a.delivery_id = g.id
            )
            SELECT count(*) FROM gone
            """)
    int deleteEnded(long seconds, int limit, UUID[] only);

    /** The deliveries that {@link #deleteEnded} would take next. */
    @SqlQuery("""
            SELECT d.id
            FROM webhook_deliveries d
            WHERE d.ended_at < NOW() - make_interval(secs => :seconds)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'webhook-clean-up' AND q.row_id = d.id OFFSET 0)
            ORDER BY d.ended_at
            LIMIT :limit
            """)
    List<UUID> toDelete(long seconds, int limit);

    /**
     * Counts pending deliveries, up to the limit, and finds the one of all that has been due longest. Those for an
     * endpoint that takes nothing now are not overdue, and neither are those that were set aside.
     *
     * @param hosts lanes of jobs' own addresses to look at
     */
    // Moves from lane to lane, to the first delivery of each; each lane is one step in the index.
    @SqlQuery("""
            WITH RECURSIVE firsts AS (
                (SELECT d.lane, d.next_at, 0 AS hosts
                 FROM webhook_deliveries d
                 WHERE d.next_at IS NOT NULL""" + NOT_SET_ASIDE + """
                 ORDER BY d.lane, d.next_at
                 LIMIT 1)
                UNION ALL
                SELECT d.lane, d.next_at, f.hosts + CASE WHEN d.lane LIKE 'to %' THEN 1 ELSE 0 END
                FROM firsts f
                CROSS JOIN LATERAL (
                    SELECT d.lane, d.next_at
                    FROM webhook_deliveries d
                    WHERE d.next_at IS NOT NULL AND d.lane > f.lane""" + NOT_SET_ASIDE + """
                    ORDER BY d.lane, d.next_at
                    LIMIT 1
                ) d
                WHERE f.hosts < :hosts
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
    Deliverer.Backlog backlog(int limit, int hosts);
}
