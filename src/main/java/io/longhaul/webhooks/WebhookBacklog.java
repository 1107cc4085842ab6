package io.longhaul.webhooks;

/**
 * How much waits to be sent.
 *
 * @param pending deliveries that wait, also for their next attempt; counted up to 10,000
 * @param overdueSeconds for how long the oldest one has been due that nobody has begun to send; 0 or less if none is
 * @param disabled endpoints that are sent nothing because they failed or said that they are gone
 */
public record WebhookBacklog(long pending, long overdueSeconds, long disabled) {
    static final WebhookBacklog NONE = new WebhookBacklog(0, 0, 0);
}
