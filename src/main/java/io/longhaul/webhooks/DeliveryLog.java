package io.longhaul.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The log of deliveries, for the API: past and pending ones. Apart from test events, no Java code inserts deliveries: a
 * trigger writes them in the transaction that ends a job (changelog file 0007-webhooks.sql), and {@link DeliveryClaims}
 * sends them.
 */
@RegisterConstructorMapper(Delivery.class)
public interface DeliveryLog {
    /**
     * An attempt to deliver.
     *
     * @param attempt 1 for the first; attempts without a known outcome are missing
     * @param status of the answer, or null without one
     * @param error the problem, or null
     * @param answer beginning of the answer's body, or null
     */
    record Attempt(
            UUID deliveryId,
            int attempt,
            Instant endedAt,
            int durationMs,
            Integer status,
            String error,
            String answer) {}

    /**
     * A page of the deliveries of an endpoint, newest first.
     *
     * @param status pending, delivered or failed, or null for any
     * @param before ISO-8601: no younger than this
     * @param beforeId and of the same time only with a lower id
     */
    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE webhook_id = :webhook AND (created_at, id) < (:before::timestamptz, :beforeId::uuid)
              AND (:status::text IS NULL OR status = :status)
            ORDER BY created_at DESC, id DESC
            LIMIT :limit
            """)
    List<Delivery> ofWebhook(UUID webhook, String status, String before, UUID beforeId, int limit);

    /** The deliveries of a job, oldest first. */
    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE job_id = :job
            ORDER BY created_at, id
            LIMIT :limit
            """)
    List<Delivery> ofJob(UUID job, int limit);

    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE id = :id
            """)
    Optional<Delivery> find(UUID id);

    /**
     * The attempts of deliveries, in their order.
     *
     * @param deliveries at most a page of them
     */
    @SqlQuery("""
            SELECT delivery_id, attempt, ended_at, duration_ms, status, error, answer
            FROM webhook_attempts
            WHERE delivery_id = ANY (:deliveries::uuid[])
            ORDER BY delivery_id, attempt
            """)
    @RegisterConstructorMapper(Attempt.class)
    List<Attempt> attempts(UUID[] deliveries);

    /**
     * Inserts a test event for an endpoint.
     *
     * @return the delivery; empty if there is no such endpoint
     */
    @SqlQuery("""
            INSERT INTO webhook_deliveries (lane, webhook_id, event, payload)
            SELECT w.id::text, w.id, 'webhook.test', jsonb_build_object('webhook_id', w.id)
            FROM webhooks w
            WHERE w.id = :webhook
            RETURNING id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            """)
    Optional<Delivery> test(UUID webhook);

    /**
     * Makes an ended delivery pending again: with the same id, from the beginning of the schedule.
     *
     * @return the delivery; empty if it has not ended or does not exist
     */
    @SqlQuery("""
            UPDATE webhook_deliveries
            SET status = 'pending', failures = 0, next_at = NOW(), queued_at = NOW(), ended_at = NULL
            WHERE id = :id AND status <> 'pending'
            RETURNING id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            """)
    Optional<Delivery> redeliver(UUID id);

    /**
     * Makes failed deliveries of an endpoint pending again, in the order in which they were given up.
     *
     * @param since ISO-8601: only deliveries that were given up at this time or later
     * @return their number
     */
    @SqlQuery("""
            WITH again AS (
                UPDATE webhook_deliveries
                SET status = 'pending', failures = 0, next_at = NOW(), queued_at = NOW(), ended_at = NULL
                WHERE id = ANY (ARRAY(
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.webhook_id = :webhook AND d.status = 'failed' AND d.ended_at >= :since::timestamptz
                    ORDER BY d.ended_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
            )
            SELECT count(*) FROM again
            """)
    int redeliverFailed(UUID webhook, String since, int limit);
}
