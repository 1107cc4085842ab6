package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A job that has changed, as it stands now, in short.
 *
 * @param at when it changed; of several changes one
 * @param id the job
 * @param tool name of its tool
 * @param status where it stands
 * @param attempt how many attempts have begun
 * @param priority 0 to 10, 10 first
 * @param traceId trace of its submit
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt began, or null
 * @param completedAt when it ended, or null
 * @param errorCode why an attempt failed, or null
 * @param errorMessage the same for people, or null
 * @param batchId its batch, or null
 * @param scheduleId the schedule that made it, or null
 * @param node where it runs or ended, or null
 */
public record JobChange(
        Instant at,
        UUID id,
        String tool,
        JobStatus status,
        int attempt,
        int priority,
        String traceId,
        Instant createdAt,
        Instant startedAt,
        Instant completedAt,
        String errorCode,
        String errorMessage,
        UUID batchId,
        UUID scheduleId,
        String node) {
    /**
     * Whether nothing that is told has changed in between.
     *
     * @param other an earlier look at the job, or null
     * @return true if both say the same
     */
    public boolean standsAs(JobChange other) {
        return other != null && other.status == status && other.attempt == attempt;
    }

    /**
     * How long it took.
     *
     * @return null unless it has begun and ended
     */
    public Duration duration() {
        return startedAt == null || completedAt == null ? null : Duration.between(startedAt, completedAt);
    }
}
