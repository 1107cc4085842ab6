package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A short description of a job that has changed, with its current state.
 *
 * @param at time of the change; if several are merged, the time of one of them
 * @param id the job
 * @param tool name of its tool
 * @param status current status
 * @param attempt number of attempts that have started
 * @param priority 0 to 10, 10 first
 * @param traceId trace of its submit
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt started, or null
 * @param completedAt when it ended, or null
 * @param errorCode why an attempt failed, or null
 * @param errorMessage the error for people, or null
 * @param batchId its batch, or null
 * @param scheduleId the schedule that made it, or null
 * @param node name of the node where it runs or ended, or null
 * @param waitingForInput whether somebody is to answer its tool
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
        String node,
        boolean waitingForInput) {
    /** True if the other change shows the same status and attempt, and both or none wait for input; false for null. */
    public boolean standsAs(JobChange other) {
        return other != null
                && other.status == status
                && other.attempt == attempt
                && other.waitingForInput == waitingForInput;
    }

    /** True if its error ended it. */
    public boolean endedByError() {
        return status.isByError(errorCode);
    }

    /** Duration of the last attempt, or null unless it has started and ended. */
    public Duration duration() {
        return startedAt == null || completedAt == null ? null : Duration.between(startedAt, completedAt);
    }
}
