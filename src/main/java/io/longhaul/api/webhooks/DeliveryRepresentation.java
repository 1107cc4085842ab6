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
 * A delivery as clients see it.
 *
 * @param deliveryId its id, which is sent as {@code webhook-id}
 * @param webhookId the endpoint, or null for an address of the job's own
 * @param jobId the job, or null
 * @param event what it tells
 * @param status pending, delivered or failed
 * @param nextAttemptAt when it is due, or null once it has ended
 * @param createdAt when it was written
 * @param endedAt when it was delivered or given up, or null
 * @param attempts what came of it so far, first to last
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
     * @param attempt its number; numbers of attempts that nobody could tell of are missing
     * @param endedAt when it ended
     * @param durationMs how long it took
     * @param status HTTP status of the answer, or null without one
     * @param error what went wrong, or null
     * @param answer how the body of the answer begins, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Attempt(int attempt, String endedAt, int durationMs, Integer status, String error, String answer) {}

    /**
     * A page of deliveries.
     *
     * @param deliveries the page
     * @param nextCursor where the next page begins; null on the last one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<DeliveryRepresentation> deliveries, String nextCursor) {}

    /** With the attempts of each. */
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
