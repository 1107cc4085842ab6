package io.longhaul.api.webhooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.webhooks.Webhook;
import java.util.List;
import java.util.UUID;

/**
 * An endpoint for webhooks.
 *
 * @param webhookId its id
 * @param url its address
 * @param description for people, or null
 * @param events events that it gets: job.completed, job.failed, job.cancelled, batch.ended
 * @param tools tools whose jobs it is told of, or null for all; empty for only those jobs that name it
 * @param includeResult whether small results are included
 * @param status active, paused (deliveries wait), failing (the latest deliveries have failed), or disabled (it gets no
 * more deliveries)
 * @param disabledReason the reason why it is disabled, or null
 * @param failingSince time since which no delivery has succeeded, or null
 * @param oldSecretUntil time until which deliveries are also signed with the former secrets, or null
 * @param createdAt time of its creation
 * @param secret the secret for signatures; shown only in the answer to the request that set it, otherwise left out
 */
@JsonNaming(SnakeCaseStrategy.class)
record WebhookRepresentation(
        UUID webhookId,
        String url,
        String description,
        List<String> events,
        List<String> tools,
        boolean includeResult,

        @Shape(values = {"active", "paused", "failing", "disabled"})
        String status,

        String disabledReason,
        @Shape(format = "date-time") String failingSince,
        @Shape(format = "date-time") String oldSecretUntil,
        String createdAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) String secret) {

    static WebhookRepresentation of(Webhook w) {
        return of(w, null);
    }

    static WebhookRepresentation of(Webhook w, String secret) {
        return new WebhookRepresentation(
                w.id(),
                w.url(),
                w.description(),
                w.events(),
                w.tools(),
                w.includeResult(),
                status(w),
                w.disabledReason(),
                Times.iso(w.failingSince()),
                Times.iso(w.oldSecretUntil()),
                Times.iso(w.createdAt()),
                secret);
    }

    private static String status(Webhook w) {
        if (w.disabledAt() != null) {
            return "disabled";
        }
        return w.pausedAt() != null ? "paused" : w.failingSince() != null ? "failing" : "active";
    }

    /** Keeps the secret out of logs. */
    @Override
    public String toString() {
        return "webhook " + webhookId;
    }

    /**
     * A page of endpoints.
     *
     * @param webhooks the page
     * @param nextCursor cursor of the next page; null on the last one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<WebhookRepresentation> webhooks, String nextCursor) {}
}
