package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobQueries.FailedAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The attempts of a job that have begun, oldest first.
 *
 * @param jobId the job
 * @param attempts the attempts
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobAttempts(UUID jobId, List<Attempt> attempts) {
    /**
     * An attempt.
     *
     * @param attempt 1 for the first
     * @param status running, completed, failed, cancelled, lost (its node died) or given_back (its node
     * stopped)
     * @param node the node that ran it, or null if unknown
     * @param startedAt time of its start
     * @param endedAt time of its end, or null; of a lost one, the time at which the loss was seen
     * @param heardAt last sign of life of a node that was lost; null and left out for others, and if unknown
     * @param durationMs its duration, up to now if it runs
     * @param errorCode code of its error, or null
     * @param error its error for people, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Attempt(
            int attempt,

            @Shape(values = {"running", "completed", "failed", "cancelled", "lost", "given_back", "waiting_for_input"})
            String status,

            String node,
            String startedAt,
            String endedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Shape(format = "date-time")
            String heardAt,

            Long durationMs,
            String errorCode,
            String error) {}

    public static JobAttempts of(Job job, List<FailedAttempt> failed) {
        List<Attempt> attempts = new ArrayList<>();
        failed.forEach(f -> attempts.add(failed(f)));
        boolean lastIsTold = failed.stream().anyMatch(f -> f.attempt() == job.attempt());
        if (job.startedAt() != null && job.status() != JobStatus.PENDING && !lastIsTold) {
            attempts.add(last(job));
        }
        return new JobAttempts(job.id(), attempts);
    }

    private static Attempt failed(FailedAttempt f) {
        return new Attempt(
                f.attempt(),
                status(f),
                f.nodeName(),
                Times.iso(f.startedAt()),
                Times.iso(f.endedAt()),
                Times.iso(f.heardAt()),
                JobRepresentation.millis(Duration.between(f.startedAt(), f.endedAt())),
                f.errorCode(),
                f.errorMessage());
    }

    private static String status(FailedAttempt f) {
        return switch (f.errorCode()) {
            case "WORKER_LOST" -> "lost";
            case "GIVEN_BACK" -> "given_back";
            case "WAITING_FOR_INPUT" -> "waiting_for_input";
            default -> JobStatus.FAILED.label();
        };
    }

    /** The job's row describes its last attempt, unless it failed and another one could follow. */
    private static Attempt last(Job job) {
        boolean failed = job.status() == JobStatus.FAILED;
        return new Attempt(
                // Rows of an older system do not count attempts.
                Math.max(1, job.attempt()),
                job.status().label(),
                job.node(),
                Times.iso(job.startedAt()),
                Times.iso(job.completedAt()),
                null,
                JobRepresentation.millis(job.duration()),
                failed ? job.errorCode() : null,
                failed ? job.errorMessage() : null);
    }
}
