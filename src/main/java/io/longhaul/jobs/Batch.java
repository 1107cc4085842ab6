package io.longhaul.jobs;

import java.time.Instant;
import java.util.UUID;

/**
 * Counts of the jobs that were submitted together.
 *
 * @param id given at submit
 * @param total number of jobs at submit
 * @param createdAt when the batch was accepted
 * @param endedAt when a node noticed that all its jobs had ended, else null
 * @param pending jobs that wait
 * @param running jobs that run
 * @param completed jobs that ended well
 * @param failed jobs that failed
 * @param cancelled jobs that were cancelled
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
    /** Number of ended jobs that were deleted because their retention is over. */
    public int removed() {
        return total - pending - running - completed - failed - cancelled;
    }
}
