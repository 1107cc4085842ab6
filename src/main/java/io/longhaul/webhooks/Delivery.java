package io.longhaul.webhooks;

import java.time.Instant;
import java.util.UUID;

/**
 * A delivery as it stands.
 *
 * @param id the delivery, which is the id of its message
 * @param webhookId the endpoint, or null for an address of the job's own
 * @param jobId the job, or null
 * @param event what it tells
 * @param status pending, delivered or failed
 * @param attempts how often somebody has begun to send it
 * @param nextAt when it is due, or null once it has ended
 * @param createdAt when it was written
 * @param endedAt when it was delivered or given up, or null
 */
public record Delivery(
        UUID id,
        UUID webhookId,
        UUID jobId,
        String event,
        String status,
        int attempts,
        Instant nextAt,
        Instant createdAt,
        Instant endedAt) {}
