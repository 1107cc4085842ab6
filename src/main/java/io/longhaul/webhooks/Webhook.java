package io.longhaul.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An endpoint that is told of the ends of jobs. Its secrets are not read with it.
 *
 * @param id given when it was made
 * @param url where it listens
 * @param description for people, or null
 * @param events what it is told, of {@link WebhookEvent#ALL}
 * @param tools of whose jobs, or null for all; none for jobs only that name the endpoint
 * @param includeResult whether small results are sent, too
 * @param oldSecretUntil until when its former secret signs, too, or null
 * @param pausedAt since when it is sent nothing, or null
 * @param disabledAt since when nothing is kept for it either, or null
 * @param disabledReason why, or null
 * @param failingSince since when no delivery has succeeded, or null while they do
 * @param createdAt when it was made
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
    /** The address may hold a secret. */
    @Override
    public String toString() {
        return "webhook " + id;
    }
}
