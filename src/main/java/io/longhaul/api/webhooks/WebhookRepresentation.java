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
 * An endpoint as clients see it.
 *
 * @param webhookId its id
 * @param url where it listens
 * @param description for people, or null
 * @param events what it is told: job.completed, job.failed, job.cancelled, batch.ended
 * @param tools of whose jobs, or null for all; empty for jobs only that name it
 * @param includeResult whether small results are sent, too
 * @param status active, paused (deliveries wait), failing (no delivery has succeeded lately), or disabled (nothing is
 *     kept for it any more)
 * @param disabledReason why it is disabled, or null
 * @param failingSince since when no delivery has succeeded, or null while they do
 * @param oldSecretUntil until when its former secret signs, too, or null
 * @param createdAt when it was made
 * @param secret what its deliveries are signed with; shown once, by the request that has set it, and otherwise left out
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

    /** The secret is shown in answers and nowhere else. */
    @Override
    public String toString() {
        return "webhook " + webhookId;
    }

    /**
     * A page of endpoints.
     *
     * @param webhooks the page
     * @param nextCursor where the next page begins; null on the last one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<WebhookRepresentation> webhooks, String nextCursor) {}
}
