package io.longhaul.webhooks;

import java.time.Instant;
import java.util.UUID;

/**
 * A delivery that this node is to send.
 *
 * @param id the delivery, which is the id of its message
 * @param attempt the fence: whoever sends it after this node has a higher one
 * @param failures how many attempts of this round have failed
 * @param lane what it shares its limit with
 * @param event what it tells
 * @param payload JSON object as text
 * @param webhookId the endpoint, or null for an address of the job's own
 * @param url where to
 * @param secret what it is signed with, or null for nothing
 * @param oldSecret what it is signed with besides, or null
 * @param failing whether the last thing that was heard of the endpoint was a failure
 * @param includeResult whether the result is to be sent, too
 * @param result JSON text, or null if it is not there, not wanted or too large
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
        String oldSecret,
        boolean failing,
        boolean includeResult,
        String result,
        Instant claimedAt) {
    /** Neither secrets nor the address. */
    @Override
    public String toString() {
        return "delivery " + id + " attempt " + attempt;
    }
}
