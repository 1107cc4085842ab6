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
import io.longhaul.jobs.Waiting;
import io.longhaul.questions.StoredQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A job. Times are ISO-8601 with offset.
 *
 * @param jobId its id
 * @param tool name of its tool
 * @param status its status
 * @param createdAt time of its submit
 * @param startedAt start of the latest attempt, or null
 * @param completedAt its end, or null
 * @param expiresAt time from which it may be removed; before its end, the earliest time at which that may be
 * @param startBy time by which its first attempt must have begun, or else it fails soon after; null without such a limit, if
 * it has begun, and while it waits for the end of other jobs
 * @param startWithinSeconds the limit that it was given, from which start_by follows; null for none
 * @param durationMs duration of the latest attempt, up to now if it runs; null before its start
 * @param params JSON; numbers keep all their digits
 * @param result JSON of any type once completed, else null
 * @param error its error for people; null unless failed
 * @param errorCode stable code of its error; null unless failed. A job that was cancelled because a predecessor did not
 * complete has both
 * @param failure the fingerprint of its failure: jobs that failed alike have the same. Null and left out unless failed
 * @param progress its latest progress, or null
 * @param traceId W3C trace id of its submit
 * @param priority 0 to 10, 10 first
 * @param runAt earliest start, or null
 * @param attempt number of attempts that have begun
 * @param maxAttempts number of attempts that may fail, or null for the tool's policy
 * @param timeoutSeconds longest duration of one attempt, or null for the tool's policy
 * @param retry its own waits between attempts, or null for the tool's policy
 * @param onWorkerLoss {@code retry} or {@code fail}, or null for the tool's policy
 * @param node the node that runs it or ran it last, or null
 * @param toolVersion version of the tool that worked on it last; null and left out without one
 * @param awaits number of predecessors that have not ended
 * @param waiting the reason why a pending job has not begun; left out of others, and of lists, streams and answers to
 * submits
 * @param waitingForInput whether its tool has asked something that nobody has answered
 * @param inputs the questions that nobody has answered; left out if there are none, and in lists
 * @param batchId the batch it belongs to, or null
 * @param scheduleId the schedule that made it, or null
 * @param retryOf the job that it repeats, or null
 * @param concurrencyKey jobs with the same key take turns; null and left out without one
 * @param fairnessKey jobs of the tool with different keys get equal shares; null and left out without one
 * @param webhook an endpoint that is told of this job's end only; null and left out without one
 * @param chosenParams only in a list whose {@code fields} name members of params: their values by name, as text of at most 200
 * characters. Those that the job does not have are missing, and all if its params take more than 64 KiB
 * @param omitted params or result if a list left them out because they are large; get the job itself to see them
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
        String startBy,
        Integer startWithinSeconds,
        Long durationMs,
        @JsonRawValue String params,
        @JsonRawValue String result,
        String error,
        String errorCode,
        @JsonInclude(JsonInclude.Include.NON_NULL) String failure,
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
        @JsonInclude(JsonInclude.Include.NON_NULL) WaitingRepresentation waiting,
        boolean waitingForInput,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<InputRepresentation> inputs,
        UUID batchId,
        UUID scheduleId,
        UUID retryOf,
        @JsonInclude(JsonInclude.Include.NON_NULL) String concurrencyKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) String fairnessKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) OwnWebhookRepresentation webhook,

        @JsonInclude(JsonInclude.Include.NON_NULL) Map<String, String> chosenParams,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Shape(values = {"params", "result"})
        List<String> omitted) {

    /**
     * The progress of a job.
     *
     * @param fraction 0.0 to 1.0, or null when unknown
     * @param message the current step, or null
     * @param updatedAt time of this report
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

    /**
     * The reason why a pending job has not begun.
     *
     * @param reason the kind of reason
     * @param message one sentence for people
     * @param until time at which the reason ends; null and left out if something else must happen
     * @param jobs up to three jobs that it waits for or that hold what it needs, as far as the caller may see them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record WaitingRepresentation(
            @Shape(
                    values = {
                        "DATABASE_READ_ONLY",
                        "SCHEMA",
                        "EXPIRED",
                        "PREDECESSORS",
                        "RUN_AT",
                        "RETRY",
                        "INPUT",
                        "TOOL_PAUSED",
                        "TOOL_NOT_OFFERED",
                        "NODES_DRAINING",
                        "CONCURRENCY_KEY",
                        "TOOL_LIMIT",
                        "RATE_LIMIT",
                        "NODE_LIMIT",
                        "QUEUE"
                    })
            String reason,

            String message,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Shape(format = "date-time")
            String until,

            List<UUID> jobs) {
        static WaitingRepresentation of(Waiting waiting) {
            return waiting == null
                    ? null
                    : new WaitingRepresentation(
                            waiting.reason().name(), waiting.message(), Times.iso(waiting.until()), waiting.jobs());
        }
    }

    /** The whole job. */
    public static JobRepresentation of(Job job) {
        return of(job, List.of());
    }

    /** The whole job with its questions, of which it shows the open ones. */
    static JobRepresentation of(Job job, List<StoredQuestion> questions) {
        return of(
                job,
                questions.stream()
                        .filter(question -> !question.row().isAnswered())
                        .map(InputRepresentation::of)
                        .toList(),
                List.of());
    }

    /** A job in a list: large params and results may not have been read. */
    public static JobRepresentation inList(Job job) {
        return of(job, List.of(), omitted(job));
    }

    private static JobRepresentation of(Job job, List<InputRepresentation> inputs, List<String> omitted) {
        boolean failed = job.endedByError();
        Integer losses = job.extras().maxLosses();
        return new JobRepresentation(
                job.id(),
                job.tool(),
                job.status().label(),
                Times.iso(job.createdAt()),
                Times.iso(job.startedAt()),
                Times.iso(job.completedAt()),
                Times.iso(job.expiresAt()),
                Times.iso(job.startBy()),
                job.extras().startWithinSeconds(),
                millis(job.duration()),
                job.params(),
                job.result(),
                failed ? job.errorMessage() : null,
                failed ? job.errorCode() : null,
                job.failure(),
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
                WaitingRepresentation.of(job.waiting()),
                job.inputs().anyOpen(),
                inputs,
                job.extras().batchId(),
                job.extras().scheduleId(),
                job.extras().retryOf(),
                job.extras().concurrencyKey(),
                job.extras().fairnessKey(),
                OwnWebhookRepresentation.of(job.extras().webhook()),
                null,
                omitted);
    }

    public static Long millis(Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    /** Every row has params, and a completed one a result: if they are missing here, they were not read. */
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
