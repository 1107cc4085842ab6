package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.OwnWebhookRepresentation;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A job as clients see it. Times are ISO-8601 with offset.
 *
 * @param jobId its id
 * @param tool name of its tool
 * @param status where it stands, in lower case
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt began, or null
 * @param completedAt when it ended, or null
 * @param expiresAt when it may be removed (ended) or is given up (pending)
 * @param durationMs how long the latest attempt took, or has taken so far; null before its start
 * @param params JSON, with every digit that the database keeps
 * @param result JSON of any type once completed, else null
 * @param error why it failed, for people; null unless failed
 * @param errorCode why it failed, as a stable code; null unless failed. A job that was cancelled because one it was to
 *     run after did not complete has both
 * @param progress how far it is, or null
 * @param traceId W3C trace id of its submit
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, or null
 * @param attempt how many attempts have begun
 * @param maxAttempts how many may fail, or null for the tool's policy
 * @param timeoutSeconds how long one attempt may take, or null for the tool's policy
 * @param retry its own waits between attempts, or null for the tool's policy
 * @param onWorkerLoss {@code retry} or {@code fail}, or null for the tool's policy
 * @param node where it runs or ended, or null
 * @param toolVersion version of the tool that worked on it last; null and left out without one
 * @param awaits how many jobs it still waits for
 * @param waitingFor why a pending job is not begun, in words; null and left out when all it needs is a free slot, and in
 *     lists
 * @param batchId the batch it belongs to, or null
 * @param scheduleId the schedule that made it, or null
 * @param retryOf the job that it repeats, or null
 * @param concurrencyKey jobs with the same key take turns; null and left out without one
 * @param fairnessKey whose turn it uses up among the jobs of its tool; null and left out without one
 * @param webhook who is told of its end besides those who asked for all; null and left out without one
 * @param omitted which of params and result a list has left out because they are large; ask for the job itself
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobRepresentation(
        UUID jobId,
        String tool,

        @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
        String status,

        String createdAt,
        String startedAt,
        String completedAt,
        String expiresAt,
        Long durationMs,
        @JsonRawValue String params,
        @JsonRawValue String result,
        String error,
        String errorCode,
        ProgressRepresentation progress,
        String traceId,
        @Shape(least = 0, most = 10) int priority,
        String runAt,
        int attempt,
        Integer maxAttempts,
        Integer timeoutSeconds,
        RetryRepresentation retry,
        @Shape(values = {"retry", "fail"}) String onWorkerLoss,
        String node,
        @JsonInclude(JsonInclude.Include.NON_NULL) String toolVersion,
        int awaits,
        @JsonInclude(JsonInclude.Include.NON_NULL) String waitingFor,
        UUID batchId,
        UUID scheduleId,
        UUID retryOf,
        @JsonInclude(JsonInclude.Include.NON_NULL) String concurrencyKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) String fairnessKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) OwnWebhookRepresentation webhook,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Shape(values = {"params", "result"})
        List<String> omitted) {

    /**
     * How far a job is.
     *
     * @param fraction 0.0 to 1.0, or null when unknown
     * @param message what is being done, or null
     * @param updatedAt when that was stored
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record ProgressRepresentation(
            @Shape(least = 0, most = 1) Double fraction, String message, String updatedAt) {
        public static ProgressRepresentation of(Progress progress) {
            return progress == null
                    ? null
                    : new ProgressRepresentation(
                            progress.fraction(), progress.message(), Times.iso(progress.updatedAt()));
        }
    }

    /** The whole job. */
    public static JobRepresentation of(Job job) {
        return of(job, List.of());
    }

    /** A job in a list, where the database may have left large values out. */
    public static JobRepresentation inList(Job job) {
        return of(job, omitted(job));
    }

    private static JobRepresentation of(Job job, List<String> omitted) {
        boolean failed = hasError(job);
        Integer losses = job.extras().maxLosses();
        return new JobRepresentation(
                job.id(),
                job.tool(),
                job.status().label(),
                Times.iso(job.createdAt()),
                Times.iso(job.startedAt()),
                Times.iso(job.completedAt()),
                Times.iso(job.expiresAt()),
                millis(job.duration()),
                job.params(),
                job.result(),
                failed ? job.errorMessage() : null,
                failed ? job.errorCode() : null,
                ProgressRepresentation.of(job.progress()),
                job.traceId(),
                job.priority(),
                Times.iso(job.runAt()),
                job.attempt(),
                job.maxAttempts(),
                job.timeoutSeconds(),
                RetryRepresentation.of(job.extras().retry()),
                losses == null ? null : losses == 0 ? "fail" : "retry",
                job.node(),
                job.toolVersion(),
                job.awaits(),
                job.waitingFor(),
                job.extras().batchId(),
                job.extras().scheduleId(),
                job.extras().retryOf(),
                job.extras().concurrencyKey(),
                job.extras().fairnessKey(),
                OwnWebhookRepresentation.of(job.extras().webhook()),
                omitted);
    }

    /** A cancelled job may have failed attempts behind it: those are no reason why it was cancelled. */
    private static boolean hasError(Job job) {
        return job.status() == JobStatus.FAILED
                || (job.status() == JobStatus.CANCELLED && "PREDECESSOR_FAILED".equals(job.errorCode()));
    }

    public static Long millis(Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    /** A row has params, and a completed one has a result: where they are missing, they were left out. */
    private static List<String> omitted(Job job) {
        List<String> omitted = new ArrayList<>();
        if (job.params() == null) {
            omitted.add("params");
        }
        if (job.status() == JobStatus.COMPLETED && job.result() == null) {
            omitted.add("result");
        }
        return omitted;
    }
}
