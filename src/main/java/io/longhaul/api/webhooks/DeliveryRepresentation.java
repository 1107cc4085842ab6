package io.longhaul.api.webhooks;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.webhooks.Delivery;
import io.longhaul.webhooks.DeliveryLog;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A delivery.
 *
 * @param deliveryId its id, sent as {@code webhook-id}
 * @param webhookId the endpoint, or null for the job's own URL
 * @param jobId the job, or null
 * @param event the event it sends
 * @param status pending, delivered or failed
 * @param nextAttemptAt time of the next attempt, or null once it has ended
 * @param createdAt time of its creation
 * @param endedAt time at which it was delivered or given up, or null
 * @param attempts its attempts, oldest first
 */
@JsonNaming(SnakeCaseStrategy.class)
record DeliveryRepresentation(
        UUID deliveryId,
        UUID webhookId,
        UUID jobId,
        String event,
        @Shape(values = {"pending", "delivered", "failed"}) String status,
        String nextAttemptAt,
        String createdAt,
        String endedAt,
        List<Attempt> attempts) {

    /**
     * An attempt to deliver.
     *
     * @param attempt its number; attempts of nodes that died are missing
     * @param endedAt time of its end
     * @param durationMs its duration
     * @param status HTTP status of the answer, or null without an answer
     * @param error the error, or null
     * @param answer start of the answer's body, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Attempt(int attempt, String endedAt, int durationMs, Integer status, String error, String answer) {}

    /**
     * A page of deliveries.
     *
     * @param deliveries the page
     * @param nextCursor cursor of the next page; null on the last one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<DeliveryRepresentation> deliveries, String nextCursor) {}

    /** Reads the attempts of all deliveries at once. */
    static List<DeliveryRepresentation> of(List<Delivery> deliveries, DeliveryLog log) {
        UUID[] ids = deliveries.stream().map(Delivery::id).toArray(UUID[]::new);
        Map<UUID, List<DeliveryLog.Attempt>> attempts =
                log.attempts(ids).stream().collect(Collectors.groupingBy(DeliveryLog.Attempt::deliveryId));
        return deliveries.stream()
                .map(d -> of(d, attempts.getOrDefault(d.id(), List.of())))
                .toList();
    }

    static DeliveryRepresentation of(Delivery d, List<DeliveryLog.Attempt> attempts) {
        return new DeliveryRepresentation(
                d.id(),
                d.webhookId(),
                d.jobId(),
                d.event(),
                d.status(),
                Times.iso(d.nextAt()),
                Times.iso(d.createdAt()),
                Times.iso(d.endedAt()),
                attempts.stream()
                        .map(a -> new Attempt(
                                a.attempt(), Times.iso(a.endedAt()), a.durationMs(), a.status(), a.error(), a.answer()))
                        .toList());
    }
}
