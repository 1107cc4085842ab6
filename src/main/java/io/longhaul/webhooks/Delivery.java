package io.longhaul.webhooks;

import java.time.Instant;
import java.util.UUID;

/**
 * The state of a delivery.
 *
 * @param id the delivery, which is the id of its message
 * @param webhookId the endpoint, or null for a job's own address
 * @param jobId the job, or null
 * @param event name of the event
 * @param status pending, delivered or failed
 * @param attempts attempts that have begun
 * @param nextAt when it is due, or null once it has ended
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
