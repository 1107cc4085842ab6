package io.longhaul.webhooks;

import java.time.Instant;
import java.util.UUID;

/**
 * A delivery that this node sends.
 *
 * @param id the delivery, which is the id of its message
 * @param attempt the fence: a later sender has a higher one
 * @param failures failed attempts of this round
 * @param lane deliveries of one lane share a limit
 * @param event name of the event
 * @param payload JSON object as text
 * @param webhookId the endpoint, or null for a job's own address
 * @param secret signs the message, or null for no signature
 * @param oldSecrets sign the message as well, separated by spaces, or null
 * @param includeResult whether the message contains the result
 * @param result JSON text, or null if it does not exist, is not wanted or is too large
 * @param traceId trace of its job, or null
 * @param traceSpan the span that the job continues with its flags, or null
 * @param claimedAt database time
 */
public record ClaimedDelivery(
        UUID id,
        int attempt,
        int failures,
        String lane,
        String event,
        String payload,
        UUID webhookId,
        String url,
        String secret,
        String oldSecrets,
        boolean includeResult,
        String result,
        String traceId,
        String traceSpan,
        Instant claimedAt) {
    /** Shows neither secrets nor the address. */
    @Override
    public String toString() {
        return "delivery " + id + " attempt " + attempt;
    }
}
