package io.longhaul.api.description;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Request bodies as the API's description shows them. Bodies are read member by member, so that a refusal can list all
 * errors at once: no instance of these records is ever made. A test compares them with what the server accepts.
 */
public final class Requests {
    private static final String DURATION = "[0-9]{1,9} ?(ms|s|m|h|d)";

    private Requests() {}

    /**
     * A question of a worker.
     *
     * @param key names the question for the life of the job
     * @param message what people are asked
     * @param schema JSON Schema of the answer, or null if any JSON is right
     * @param timeoutSeconds how long an answer may take, or null for what the tool says
     * @param mcp the request that MCP clients get, or null for one made of message and schema
     * @param waitSeconds seconds that the request may be held until the answer is there, or null for none
     */
    public record AskRequest(
            @Shape(required = true, least = 1, most = 100) String key,
            @Shape(required = true, least = 1, most = 8000) String message,
            JsonNode schema,
            @Shape(least = 1, most = 31_536_000) Double timeoutSeconds,
            JsonNode mcp,

            @Shape(least = 0, most = 30, usual = "0") @JsonProperty("wait")
            int waitSeconds) {}

    /**
     * An answer to a question.
     *
     * @param action what to do with the question, or null for accept
     * @param content JSON that matches the question's schema, or null if action is not accept
     */
    public record AnswerRequest(
            @Shape(
                    values = {"accept", "decline", "cancel"},
                    usual = "\"accept\"")
            String action,

            JsonNode content) {}

    /**
     * A job to submit. Unknown members are ignored with a warning, unless the configuration refuses them.
     *
     * @param tool name of the tool
     * @param params for the tool, an object that its schema accepts
     * @param ttlHours hours that the job is kept after its end; the server's limit may be lower (168 unless configured) and
     * it has a default (24 unless configured), which null stands for
     * @param startWithinSeconds time in which its first attempt must begin, or the job fails with EXPIRED; counts from the
     * submit, from run_at or from the end of the jobs in after, whichever is last. Null for the tool's policy, which has no
     * limit unless configured
     * @param priority 10 first, or null for 0
     * @param runAt earliest start, or null
     * @param maxAttempts number of attempts that may fail, or null for the tool's policy
     * @param timeoutSeconds longest duration of one attempt, or null for the tool's policy
     * @param retry waits between attempts, or null for the tool's policy
     * @param onWorkerLoss action when the job's node dies, or null for the tool's policy
     * @param idempotencyKey the same as the header, or null
     * @param concurrencyKey jobs with the same key take turns, or null
     * @param fairnessKey jobs of the tool with different keys get equal shares, or null
     * @param webhook an endpoint that is told of its end, or null
     * @param after jobs that must end first, or null
     * @param afterAny whether the job also starts if they fail, or null for no
     */
    public record JobRequest(
            @Shape(required = true, least = 1, most = 100) String tool,
            @Shape(usual = "{}") Map<String, Object> params,
            @Shape(least = 1, most = 87_600) int ttlHours,
            @Shape(least = 1, most = 315_360_000) Integer startWithinSeconds,
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
     * Waits between attempts. The tool's policy holds for members that are left out or null.
     *
     * @param backoff wait after the first failure, up to 7 days, or null
     * @param multiplier factor from one wait to the next, or null
     * @param maxBackoff the longest wait, up to 7 days, or null
     * @param jitter random share of the wait, or null
     */
    record RetryRequest(
            @Shape(pattern = DURATION) String backoff,
            @Shape(least = 1, most = 100) Double multiplier,
            @Shape(pattern = DURATION) String maxBackoff,
            @Shape(least = 0, most = 1) Double jitter) {}

    /**
     * Jobs to submit together.
     *
     * @param jobs the jobs
     * @param atomic true or null: store all jobs or none; false: store those that can be accepted
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
     * @param cron five fields: minute, hour, day of month, month, day of week; or {@code @hourly}, {@code @daily}, {@code @midnight}, {@code @weekly}, {@code @monthly}, {@code @yearly} or {@code @annually}, which are kept as fields
     * @param timeZone time zone of the fields, a name of the IANA database, or null for UTC
     * @param misfire treatment of missed runs, or null for run_once
     * @param paused whether it is paused, or null for no
     * @param priority of its jobs, 10 first, or null for 0
     * @param ttlHours hours that its jobs are kept after their ends, or null for the default
     * @param startWithinSeconds time in which each must begin, or null for the tool's policy
     * @param timeoutSeconds longest duration of one attempt, or null for the tool's policy
     * @param maxAttempts number of attempts that may fail, or null for the tool's policy
     * @param retry waits between attempts, or null for the tool's policy
     * @param onWorkerLoss action when a job's node dies, or null for the tool's policy
     * @param concurrencyKey jobs with the same key take turns, or null
     * @param fairnessKey jobs of the tool with different keys get equal shares, or null
     * @param webhook an endpoint that is told of the ends of its jobs, or null
     * @param overlap whether a run may start while the last one has not ended, or null for allow
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
            @Shape(least = 1, most = 315_360_000) Integer startWithinSeconds,
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
     * Other options of a schedule's jobs. Options that were not sent are left out.
     *
     * @param priority of its jobs
     * @param ttlHours hours that its jobs are kept after their ends
     * @param startWithinSeconds time in which each must begin
     * @param timeoutSeconds longest duration of one attempt
     * @param maxAttempts number of attempts that may fail
     * @param retry waits between attempts
     * @param onWorkerLoss action when a job's node dies
     * @param concurrencyKey jobs with the same key take turns
     * @param fairnessKey jobs of the tool with different keys get equal shares
     * @param webhook an endpoint that is told of the ends of its jobs
     * @param overlap whether a run may start while the last one has not ended
     */
    public record ScheduleOptions(
            Integer priority,
            Integer ttlHours,
            Integer startWithinSeconds,
            Integer timeoutSeconds,
            Integer maxAttempts,
            RetryRequest retry,
            @Shape(values = {"retry", "fail"}) String onWorkerLoss,
            String concurrencyKey,
            String fairnessKey,
            OwnWebhookRepresentation webhook,
            @Shape(values = {"allow", "skip"}) String overlap) {}

    /**
     * The reason of a pause.
     *
     * @param reason for people, or null
     */
    public record PauseRequest(
            @Shape(least = 1, most = 1000) String reason) {}

    /**
     * A worker to register.
     *
     * @param name for people, or null
     * @param version of the worker, or null
     * @param tools that it brings, or null
     */
    public record WorkerRequest(
            @Shape(least = 1, most = 200) String name,
            @Shape(least = 1, most = 40) String version,
            List<BroughtToolRequest> tools) {}

    /**
     * A tool that a worker brings. It may have all members of a tool in the configuration.
     *
     * @param name its name
     * @param description for people and models
     * @param params JSON Schema (2020-12) of its params
     */
    record BroughtToolRequest(
            @Shape(required = true, least = 1, most = 100) String name, String description, JsonNode params) {}

    /**
     * A request for jobs.
     *
     * @param tools names of the tools whose jobs the worker can run
     * @param max largest number of jobs, or null for 1
     * @param waitSeconds seconds to wait if there are no jobs, or null for none
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
     * A heartbeat.
     *
     * @param jobs all attempts that the worker runs; jobs that it holds and does not list go to other workers
     * @param waitSeconds seconds to wait for an attempt that must stop, or null for none
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
     * The progress of an attempt. At least one member is required.
     *
     * @param fraction finished share, or null
     * @param message the current step, or null
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
     * The result of a completed attempt.
     *
     * @param result any JSON; null if left out
     */
    public record CompleteRequest(JsonNode result) {}

    /**
     * The error of a failed attempt.
     *
     * @param message the error, for people
     * @param errorCode the kind of failure, or null for TOOL_ERROR
     * @param retryable whether another attempt may help, or null for the default of the kind
     * @param retryAfterSeconds seconds until the next attempt, or null for the tool's policy
     */
    public record FailRequest(
            @Shape(required = true, least = 1) String message,

            @Shape(
                    values = {
                        "TOOL_ERROR",
                        "INVALID_PARAMS",
                        "UNAVAILABLE",
                        "TIMEOUT",
                        "RESULT_TOO_LARGE",
                        "FILE_TOO_LARGE",
                        "LIMIT_EXCEEDED",
                        "UNANSWERED"
                    })
            String errorCode,

            Boolean retryable,
            @Shape(least = 0, most = 604_800) Integer retryAfterSeconds) {}

    /**
     * A report of work that a tool handed to another system. The tool's configuration may expect other members.
     *
     * @param progress finished share
     * @param message the current step
     * @param log a line for the job's log
     * @param result the result, any JSON; ends the work
     * @param error the error; ends the work
     */
    public record CallbackRequest(JsonNode progress, JsonNode message, JsonNode log, JsonNode result, JsonNode error) {}

    /**
     * An endpoint that is told of one job's end only. Either id or url is required.
     *
     * @param id of an endpoint, or null
     * @param url address to send to, or null
     * @param secret secret for signatures, only together with url, or null
     * @param events the events to send, or null for all
     * @param includeResult whether small results are included, or null for no
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
     * An endpoint for webhooks.
     *
     * @param url its address
     * @param description for people, or null
     * @param events events that it gets, or null for the ends of jobs
     * @param tools tools whose jobs it is told of, or null for all
     * @param includeResult whether small results are included, or null for no
     * @param secret secret for signatures; a random one if left out or null
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
     * Changes to an endpoint. Members that are left out stay as they are; null sets a member back to its default.
     *
     * @param url its address
     * @param description for people, or null
     * @param events events that it gets, or null for the ends of jobs
     * @param tools tools whose jobs it is told of, or null for all
     * @param includeResult whether small results are included, or null for no
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
     * @param graceHours hours that deliveries are also signed with the old secret, or null for 24
     * @param secret the new secret; a random one if left out or null
     */
    public record RotateRequest(
            @Shape(least = 0, most = 720, usual = "24") int graceHours, String secret) {}

    /**
     * Deliveries to repeat.
     *
     * @param since repeats deliveries that failed at this time or later
     */
    public record RedeliverRequest(
            @Shape(required = true, format = "date-time") String since) {}

    /**
     * An operation to begin. Unknown members are refused.
     *
     * @param kind cancel pending and running jobs, or retry ended ones as new jobs
     * @param filter which jobs, or null for all
     * @param all must be true if the filter has nothing but status; null for no
     * @param dryRun only counts the jobs; null for no
     */
    public record OperationRequest(
            @Shape(
                    required = true,
                    values = {"cancel", "retry"})
            String kind,

            OperationFilter filter,
            @Shape(usual = "false") boolean all,
            @Shape(usual = "false") boolean dryRun) {}

    /**
     * The filters of the list of jobs. Unknown members are refused; null is no filter.
     *
     * @param status statuses that can be changed: pending and running for a cancel, which are the default; completed, failed
     * and cancelled for a retry, whose default is failed. A list, or a text with commas, or null
     * @param tool name of a tool, or null
     * @param traceId a trace, or null
     * @param createdAfter accepted at this time or later, or null
     * @param createdBefore accepted before this time, or null
     * @param completedAfter ended at this time or later, or null
     * @param completedBefore ended before this time, or null
     * @param batchId a batch, or null
     * @param scheduleId a schedule, or null
     * @param error a part of the error's text, or null
     * @param waitingForInput only jobs whose tool has asked something that nobody has answered; null for no
     * @param failure the fingerprint of a failure: jobs that failed alike; or null
     * @param params values that the params must have, texts, numbers, true or false, by names of members, at most 5; a member
     * of a member is named with dots. Or null
     */
    public record OperationFilter(
            @Shape(orText = true) List<String> status,
            String tool,
            String traceId,
            @Shape(format = "date-time") String createdAfter,
            @Shape(format = "date-time") String createdBefore,
            @Shape(format = "date-time") String completedAfter,
            @Shape(format = "date-time") String completedBefore,
            UUID batchId,
            UUID scheduleId,
            String error,
            @Shape(usual = "false") boolean waitingForInput,
            String failure,
            Map<String, Object> params) {}

    /**
     * A view to keep.
     *
     * @param query the query of the list in the console: status (one at most), tool, trace_id, created_after, created_before,
     *     batch_id, schedule_id, error, failure, params.NAME and sort, each as in {@code GET /v1/jobs}; since for a time before
     *     now; and columns for members of params
     */
    public record ViewRequest(
            @Shape(required = true, most = 2000) String query) {}
}
