package io.longhaul.jobs;

import java.time.Instant;
import java.util.UUID;

/**
 * Jobs that were submitted together, as they stand now.
 *
 * @param id given at submit
 * @param total how many jobs it was made with
 * @param createdAt when it was accepted
 * @param endedAt when it was seen that all its jobs had ended, else null
 * @param pending how many wait
 * @param running how many run
 * @param completed how many ended well
 * @param failed how many failed
 * @param cancelled how many were called off
 */
public record Batch(
        UUID id,
        int total,
        Instant createdAt,
        Instant endedAt,
        int pending,
        int running,
        int completed,
        int failed,
        int cancelled) {
    /**
     * How many jobs are no longer there.
     *
     * @return jobs that ended and whose time to be kept is over
     */
    public int removed() {
        return total - pending - running - completed - failed - cancelled;
    }
}
