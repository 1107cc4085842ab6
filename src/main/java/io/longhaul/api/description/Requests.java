package io.longhaul.api.description;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The bodies of requests as the API's description shows them. They are read member by member, to tell all that is wrong
 * at once, so nothing is ever made of these records; a test compares them with what is accepted.
 */
public final class Requests {
    private static final String DURATION = "[0-9]{1,9} ?(ms|s|m|h|d)";

    private Requests() {}

    /**
     * A job to be done. Members that are not known are ignored.
     *
     * @param tool name of the tool
     * @param params for the tool, an object that its schema accepts
     * @param ttlHours how long the job is kept after its end; the server may allow less (usually 168) and has a default
     *     of its own (usually 24)
     * @param priority 10 first
     * @param runAt not before this time, or null
     * @param maxAttempts how many attempts may fail, or null for the tool's policy
     * @param timeoutSeconds how long one attempt may take, or null for the tool's policy
     * @param retry waits between attempts, or null for the tool's policy
     * @param onWorkerLoss what becomes of the job when its node dies, or null for the tool's policy
     * @param idempotencyKey the same as the header, or null
     * @param concurrencyKey jobs with the same key take turns, or null
     * @param fairnessKey whose turn it uses up among the jobs of its tool, or null
     * @param webhook who is told of its end, or null
     * @param after jobs that have to end first, or null
     * @param afterAny whether they may also fail, or null for no
     */
    public record JobRequest(
            @Shape(required = true, least = 1, most = 100) String tool,
            @Shape(usual = "{}") Map<String, Object> params,
            @Shape(least = 1, most = 87_600) int ttlHours,
            @Shape(least = 0, most = 10, usual = "0") int priority,
            String runAt,
            @Shape(least = 1, most = 100) Integer maxAttempts,
            @Shape(least = 1, most = 31_536_000) Integer timeoutSeconds,
            RetryRequest retry,
            @Shape(values = {"retry", "fail"}) String onWorkerLoss,
            @Shape(least = 1, most = 255) String idempotencyKey,
            @Shape(least = 1, most = 255) String concurrencyKey,
            @Shape(least = 1, most = 255) String fairnessKey,
            OwnWebhookRequest webhook,
            @Shape(least = 1, most = 100) List<UUID> after,
            Boolean afterAny) {}

    /**
     * Waits between attempts; what is left out or null is as the tool says.
     *
     * @param backoff wait after the first failure, up to 7 days, or null
     * @param multiplier factor from one wait to the next, or null
     * @param maxBackoff the longest wait, up to 7 days, or null
     * @param jitter share of the wait that is random, or null
     */
    record RetryRequest(
            @Shape(pattern = DURATION) String backoff,
            @Shape(least = 1, most = 100) Double multiplier,
            @Shape(pattern = DURATION) String maxBackoff,
            @Shape(least = 0, most = 1) Double jitter) {}

    /**
     * Jobs to be submitted together.
     *
     * @param jobs the jobs
     * @param atomic whether to store all or none, or null for yes; otherwise what can be accepted is
     */
    public record BatchRequest(
            @Shape(required = true, least = 1, most = 1000) List<JobRequest> jobs,
            @Shape(usual = "true") Boolean atomic) {}

    /**
     * A schedule.
     *
     * @param name unique
     * @param tool name of the tool
     * @param params of its jobs
     * @param cron five fields: minute, hour, day of month, month, day of week
     * @param timeZone a name of the IANA database in which they are read, or null for UTC
     * @param misfire what becomes of missed runs, or null for run_once
     * @param paused whether it makes no jobs for now, or null for no
     * @param priority of its jobs, 10 first, or null for 0
     * @param ttlHours how long its jobs are kept, or null for the default
     * @param timeoutSeconds how long one attempt may take, or null for the tool's policy
     * @param maxAttempts how many attempts may fail, or null for the tool's policy
     * @param retry waits between attempts, or null for the tool's policy
     * @param onWorkerLoss what becomes of a job when its node dies, or null for the tool's policy
     * @param concurrencyKey jobs with the same key take turns, or null
     * @param fairnessKey whose turn its jobs use up, or null
     * @param webhook who is told of the ends of its jobs, or null
     * @param overlap whether a run begins while the last one has not ended, or null for allow
     */
    public record ScheduleRequest(
            @Shape(required = true, least = 1, most = 100) String name,
            @Shape(required = true, least = 1, most = 100) String tool,
            @Shape(usual = "{}") Map<String, Object> params,
            @Shape(required = true, least = 1, most = 200) String cron,
            @Shape(least = 1) String timeZone,
            @Shape(values = {"skip", "run_once", "run_all"}) String misfire,
            Boolean paused,
            @Shape(least = 0, most = 10) Integer priority,
            @Shape(least = 1, most = 87_600) Integer ttlHours,
            @Shape(least = 1, most = 31_536_000) Integer timeoutSeconds,
            @Shape(least = 1, most = 100) Integer maxAttempts,
            RetryRequest retry,
            @Shape(values = {"retry", "fail"}) String onWorkerLoss,
            @Shape(least = 1, most = 255) String concurrencyKey,
            @Shape(least = 1, most = 255) String fairnessKey,
            OwnWebhookRequest webhook,
            @Shape(values = {"allow", "skip"}) String overlap) {}

    /** Changes to a schedule. Members that are left out stay as they are; null sets an option back to its default. */
    @Shape(type = ScheduleRequest.class, partial = true)
    public record ScheduleChange() {}

    /**
     * What else the jobs of a schedule are submitted with; what was not sent is left out.
     *
     * @param priority of its jobs
     * @param ttlHours how long its jobs are kept
     * @param timeoutSeconds how long one attempt may take
     * @param maxAttempts how many attempts may fail
     * @param retry waits between attempts
     * @param onWorkerLoss what becomes of a job when its node dies
     * @param concurrencyKey jobs with the same key take turns
     * @param fairnessKey whose turn its jobs use up
     * @param webhook who is told of the ends of its jobs
     * @param overlap whether a run begins while the last one has not ended
     */
    public record ScheduleOptions(
            Integer priority,
            Integer ttlHours,
            Integer timeoutSeconds,
            Integer maxAttempts,
            RetryRequest retry,
            @Shape(values = {"retry", "fail"}) String onWorkerLoss,
            String concurrencyKey,
            String fairnessKey,
            OwnWebhookRepresentation webhook,
            @Shape(values = {"allow", "skip"}) String overlap) {}

    /**
     * Why a tool is paused.
     *
     * @param reason for people, or null
     */
    public record PauseRequest(
            @Shape(least = 1, most = 1000) String reason) {}

    /**
     * A worker that makes itself known.
     *
     * @param name for people, or null
     * @param version of the worker, or null
     * @param tools that it brings along, or null
     */
    public record WorkerRequest(
            @Shape(least = 1, most = 200) String name,
            @Shape(least = 1, most = 40) String version,
            List<BroughtToolRequest> tools) {}

    /**
     * A tool that a worker brings along; it may have all the members of a tool in the configuration.
     *
     * @param name its name
     * @param description for people and models
     * @param params JSON Schema (2020-12) of its params
     */
    record BroughtToolRequest(
            @Shape(required = true, least = 1, most = 100) String name, String description, JsonNode params) {}

    /**
     * A wish for jobs.
     *
     * @param tools names of the tools whose jobs the worker can do
     * @param max at most so many jobs
     * @param waitSeconds for so many seconds if there are none
     * @param name of the worker for people, or null
     * @param version of the worker, or null
     */
    public record ClaimRequest(
            @Shape(required = true, least = 1) List<String> tools,
            @Shape(least = 1, most = 100, usual = "1") int max,

            @Shape(least = 0, most = 30, usual = "0") @JsonProperty("wait")
            int waitSeconds,

            @Shape(least = 1, most = 200) String name,
            @Shape(least = 1, most = 40) String version) {}

    /**
     * A sign of life.
     *
     * @param jobs all that the worker is at; what it holds and does not list goes to others
     * @param waitSeconds for so many seconds for something to stop
     */
    public record HeartbeatRequest(
            List<AttemptName> jobs,

            @Shape(least = 0, most = 30, usual = "0") @JsonProperty("wait")
            int waitSeconds) {}

    /**
     * An attempt at a job.
     *
     * @param jobId the job
     * @param attempt the attempt
     */
    record AttemptName(
            @Shape(required = true) UUID jobId,
            @Shape(required = true, least = 1) int attempt) {}

    /**
     * How far an attempt is; one of both at least.
     *
     * @param fraction the share that is done, or null
     * @param message what is being done, or null
     */
    public record ProgressRequest(
            @Shape(least = 0, most = 1) Double fraction,
            @Shape(least = 1) String message) {}

    /**
     * Lines for a job's log.
     *
     * @param lines the lines
     */
    public record LogRequest(
            @Shape(required = true, most = 10_000) List<String> lines) {}

    /**
     * The end of an attempt that went well.
     *
     * @param result any JSON; null if left out
     */
    public record CompleteRequest(JsonNode result) {}

    /**
     * The end of an attempt that failed.
     *
     * @param message what went wrong, for people
     * @param errorCode what kind of failure it is, or null for TOOL_ERROR
     * @param retryable whether another attempt may help, or null for what is usual for the kind
     * @param retryAfterSeconds when, or null for the tool's policy
     */
    public record FailRequest(
            @Shape(required = true, least = 1) String message,

            @Shape(values = {"TOOL_ERROR", "INVALID_PARAMS", "UNAVAILABLE", "TIMEOUT", "RESULT_TOO_LARGE"})
            String errorCode,

            Boolean retryable,
            @Shape(least = 0, most = 604_800) Integer retryAfterSeconds) {}

    /**
     * News of work that was handed to somebody outside; the tool's configuration may expect other members.
     *
     * @param progress the share that is done
     * @param message what is being done
     * @param log a line for the job's log
     * @param result the end, any JSON
     * @param error the end as a failure
     */
    public record CallbackRequest(JsonNode progress, JsonNode message, JsonNode log, JsonNode result, JsonNode error) {}

    /**
     * Who is told of the end of a job besides those who asked for all: either id or url has to be there.
     *
     * @param id of an endpoint, or null
     * @param url where to send it, or null
     * @param secret what it is signed with, only with url, or null
     * @param events which ends, or null for all
     * @param includeResult whether small results are sent, too, or null for no
     */
    record OwnWebhookRequest(
            UUID id,
            @Shape(least = 1) String url,
            String secret,

            @Shape(
                    least = 1,
                    values = {"job.completed", "job.failed", "job.cancelled"})
            List<String> events,

            Boolean includeResult) {}

    /**
     * An endpoint.
     *
     * @param url where it listens
     * @param description for people, or null
     * @param events what it is told, or null for the ends of jobs
     * @param tools of whose jobs, or null for all
     * @param includeResult whether small results are sent, too, or null for no
     * @param secret what its deliveries are signed with; drawn if left out or null
     */
    public record WebhookRequest(
            @Shape(required = true, least = 1) String url,
            @Shape(most = 1000) String description,

            @Shape(values = {"job.completed", "job.failed", "job.cancelled", "batch.ended"})
            List<String> events,

            @Shape(most = 100) List<String> tools,
            Boolean includeResult,
            String secret) {}

    /**
     * What to change of an endpoint: what is left out stays, null takes a member back to its default.
     *
     * @param url where it listens
     * @param description for people, or null
     * @param events what it is told, or null for the ends of jobs
     * @param tools of whose jobs, or null for all
     * @param includeResult whether small results are sent, too, or null for no
     */
    public record WebhookChange(
            @Shape(least = 1) String url,
            @Shape(most = 1000) String description,

            @Shape(values = {"job.completed", "job.failed", "job.cancelled", "batch.ended"})
            List<String> events,

            @Shape(most = 100) List<String> tools,
            Boolean includeResult) {}

    /**
     * Another secret.
     *
     * @param graceHours how long the old one signs, too
     * @param secret the new one; drawn if left out or null
     */
    public record RotateRequest(
            @Shape(least = 0, most = 720, usual = "24") int graceHours, String secret) {}

    /**
     * What to deliver again.
     *
     * @param since what has failed at this time or later
     */
    public record RedeliverRequest(
            @Shape(required = true, format = "date-time") String since) {}
}
