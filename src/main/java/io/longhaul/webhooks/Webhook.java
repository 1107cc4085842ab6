package io.longhaul.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An endpoint that is told when jobs end, without its secrets.
 *
 * @param description for people, or null
 * @param events of {@link WebhookEvent#ALL}
 * @param tools of whose jobs, or null for all; an empty list means only jobs that name the endpoint
 * @param includeResult whether messages contain small results
 * @param oldSecretUntil until when its former secrets sign, too, or null
 * @param pausedAt since when nothing is sent to it, or null
 * @param disabledAt since when its deliveries are not even kept, or null
 * @param disabledReason why, or null
 * @param failingSince since when no delivery has succeeded, or null while they do
 */
public record Webhook(
        UUID id,
        String url,
        String description,
        List<String> events,
        List<String> tools,
        boolean includeResult,
        Instant oldSecretUntil,
        Instant pausedAt,
        Instant disabledAt,
        String disabledReason,
        Instant failingSince,
        Instant createdAt) {
    /** The address may contain a secret. */
    @Override
    public String toString() {
        return "webhook " + id;
    }
}
