package io.longhaul.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** What was and is to be delivered, and having it delivered again. */
@RegisterConstructorMapper(Delivery.class)
public interface DeliveryLog {
    /**
     * An attempt to deliver.
     *
     * @param deliveryId the delivery
     * @param attempt 1 for the first; numbers of attempts that were never told are missing
     * @param endedAt when it ended
     * @param durationMs how long it took
     * @param status of the answer, or null without one
     * @param error what went wrong, or null
     * @param answer how the answer begins, or null
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
     * A page of the deliveries of an endpoint.
     *
     * @param webhook the endpoint
     * @param status pending, delivered or failed, or null for any
     * @param before ISO-8601: no younger than this
     * @param beforeId and of the same time only with a lower id
     * @param limit at most so many
     * @return newest first
     */
    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE webhook_id = :webhook AND (created_at, id) < (:before::timestamptz, :beforeId::uuid)
              AND (:status::text IS NULL OR status = :status)
            ORDER BY created_at DESC, id DESC
            LIMIT :limit
            """)
    List<Delivery> ofWebhook(
            @Bind("webhook") UUID webhook,
            @Bind("status") String status,
            @Bind("before") String before,
            @Bind("beforeId") UUID beforeId,
            @Bind("limit") int limit);

    /**
     * The deliveries of a job.
     *
     * @param job the job
     * @param limit at most so many
     * @return oldest first
     */
    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE job_id = :job
            ORDER BY created_at, id
            LIMIT :limit
            """)
    List<Delivery> ofJob(@Bind("job") UUID job, @Bind("limit") int limit);

    /**
     * One delivery.
     *
     * @param id the delivery
     * @return the delivery, or nothing
     */
    @SqlQuery("""
            SELECT id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            FROM webhook_deliveries
            WHERE id = :id
            """)
    Optional<Delivery> find(@Bind("id") UUID id);

    /**
     * The attempts of deliveries.
     *
     * @param deliveries at most a page of them
     * @return first to last
     */
    @SqlQuery("""
            SELECT delivery_id, attempt, ended_at, duration_ms, status, error, answer
            FROM webhook_attempts
            WHERE delivery_id = ANY (:deliveries::uuid[])
            ORDER BY delivery_id, attempt
            """)
    @RegisterConstructorMapper(Attempt.class)
    List<Attempt> attempts(@Bind("deliveries") UUID[] deliveries);

    /**
     * Writes a test event for an endpoint.
     *
     * @param webhook the endpoint
     * @return the delivery, or nothing when there is no such endpoint
     */
    @SqlQuery("""
            INSERT INTO webhook_deliveries (lane, webhook_id, event, payload)
            SELECT w.id::text, w.id, 'webhook.test', jsonb_build_object('webhook_id', w.id)
            FROM webhooks w
            WHERE w.id = :webhook
            RETURNING id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            """)
    Optional<Delivery> test(@Bind("webhook") UUID webhook);

    /**
     * Has a delivery that has ended delivered again: with the same id, from the beginning of the schedule.
     *
     * @param id the delivery
     * @return the delivery, or nothing when it has not ended or does not exist
     */
    @SqlQuery("""
            UPDATE webhook_deliveries
            SET status = 'pending', failures = 0, next_at = NOW(), queued_at = NOW(), ended_at = NULL
            WHERE id = :id AND status <> 'pending'
            RETURNING id, webhook_id, job_id, event, status, attempt AS attempts, next_at, created_at, ended_at
            """)
    Optional<Delivery> redeliver(@Bind("id") UUID id);

    /**
     * Has deliveries of an endpoint that have failed delivered again, oldest first.
     *
     * @param webhook the endpoint
     * @param since ISO-8601: those that were written at this time or later
     * @param limit at most so many
     * @return how many
     */
    @SqlQuery("""
            WITH again AS (
                UPDATE webhook_deliveries
                SET status = 'pending', failures = 0, next_at = NOW(), queued_at = NOW(), ended_at = NULL
                WHERE id = ANY (ARRAY(
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.webhook_id = :webhook AND d.status = 'failed' AND d.created_at >= :since::timestamptz
                    ORDER BY d.created_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
            )
            SELECT count(*) FROM again
            """)
    int redeliverFailed(@Bind("webhook") UUID webhook, @Bind("since") String since, @Bind("limit") int limit);
}
