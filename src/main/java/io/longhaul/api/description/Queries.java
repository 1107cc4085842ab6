package io.longhaul.api.description;

import io.longhaul.api.http.QueryParameters;
import java.util.UUID;

/** Query parameters as the API's description shows them. {@link QueryParameters} reads them. */
public final class Queries {
    private Queries() {}

    /**
     * A page of jobs.
     *
     * @param status one or more statuses
     * @param tool name of a tool
     * @param traceId a trace
     * @param idPrefix jobs whose id begins so: at least its first 8 characters
     * @param traceIdPrefix jobs of traces whose id begins so: at least its first 8 digits; of at most 100 traces
     * @param createdAfter accepted at this time or later
     * @param createdBefore accepted before this time
     * @param completedAfter ended at this time or later
     * @param completedBefore ended before this time
     * @param batchId a batch
     * @param scheduleId a schedule
     * @param error a part of the error's text
     * @param waitingForInput only jobs whose tool has asked something that nobody has answered
     * @param failure the fingerprint of a failure: jobs that failed alike
     * @param params values in the params of the jobs, each a parameter of its own: {@code params.sample=S1}, or {@code
     *     params.options.depth=3} for a member of a member
     * @param sort the order; a minus descends
     * @param limit at most so many
     * @param offset so many left out first; not together with cursor
     * @param cursor {@code next_cursor} of the page before
     * @param fields the members to show, with commas; all if left out. {@code params.sample} shows one member of the
     *     params in {@code chosen_params}, as text of at most 200 characters
     */
    public record JobPage(
            @Shape(
                    values = {"pending", "running", "completed", "failed", "cancelled"},
                    commas = true)
            String status,

            String tool,
            String traceId,
            String idPrefix,
            String traceIdPrefix,
            @Shape(format = "date-time") String createdAfter,
            @Shape(format = "date-time") String createdBefore,
            @Shape(format = "date-time") String completedAfter,
            @Shape(format = "date-time") String completedBefore,
            UUID batchId,
            UUID scheduleId,
            String error,
            @Shape(usual = "false") boolean waitingForInput,
            String failure,
            @Shape(members = true) String params,

            @Shape(
                    values = {"created_at", "-created_at", "completed_at", "-completed_at"},
                    usual = "\"-created_at\"")
            String sort,

            @Shape(least = 1, most = 100, usual = "50") int limit,
            @Shape(least = 0, usual = "0") long offset,
            String cursor,
            @Shape(commas = true) String fields) {}

    /**
     * Jobs that are to be changed.
     *
     * @param status one or more statuses that can be changed
     * @param tool name of a tool
     * @param traceId a trace
     * @param createdAfter accepted at this time or later
     * @param createdBefore accepted before this time
     * @param completedAfter ended at this time or later
     * @param completedBefore ended before this time
     * @param batchId a batch
     * @param scheduleId a schedule
     * @param error a part of the error's text
     * @param waitingForInput only jobs whose tool has asked something that nobody has answered
     * @param failure the fingerprint of a failure: jobs that failed alike
     * @param sort the order; a minus descends
     * @param limit largest number of jobs in this request
     * @param cursor {@code next_cursor} of the answer before
     * @param dryRun only counts the jobs
     * @param all must be true if there is no filter but status
     */
    public record BulkFilter(
            @Shape(
                    values = {"pending", "running", "completed", "failed", "cancelled"},
                    commas = true)
            String status,

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

            @Shape(
                    values = {"created_at", "-created_at", "completed_at", "-completed_at"},
                    usual = "\"created_at\"")
            String sort,

            @Shape(least = 1, most = 1000, usual = "1000") int limit,
            String cursor,
            @Shape(usual = "false") boolean dryRun,
            @Shape(usual = "false") boolean all) {}

    /**
     * A page of operations.
     *
     * @param limit at most so many
     * @param cursor {@code next_cursor} of the page before
     */
    public record OperationPage(
            @Shape(least = 1, most = 100, usual = "50") int limit, UUID cursor) {}

    /**
     * A page of outcomes.
     *
     * @param outcome only jobs with this outcome
     * @param limit at most so many
     * @param cursor {@code next_cursor} of the page before
     */
    public record OutcomePage(
            @Shape(values = {"pending", "done", "skipped", "failed"})
            String outcome,

            @Shape(least = 1, most = 1000, usual = "100") int limit,
            @Shape(least = 0) long cursor) {}

    /**
     * Jobs to follow.
     *
     * @param tool name of a tool
     * @param status one or more statuses
     * @param batchId a batch
     * @param scheduleId a schedule
     */
    public record Followed(
            String tool,

            @Shape(
                    values = {"pending", "running", "completed", "failed", "cancelled"},
                    commas = true)
            String status,

            UUID batchId,
            UUID scheduleId) {}

    /**
     * A part of a log.
     *
     * @param after {@code next_after} of the part before; 0 for the first line
     * @param before only lines before this number; {@code next_before} of the part behind
     * @param last the last lines instead of the first ones
     * @param attempt only of this attempt
     * @param q only lines with this text, in upper or lower case
     * @param errors only lines that look like errors: with error, exception, fail, fatal, panic, traceback or killed
     * @param limit largest number of lines
     */
    public record LogPart(
            @Shape(least = 0, usual = "0") long after,
            @Shape(least = 1) long before,
            @Shape(usual = "false") boolean last,
            @Shape(least = 1) int attempt,
            String q,
            @Shape(usual = "false") boolean errors,
            @Shape(least = 1, most = 1000, usual = "100") int limit) {}

    /**
     * A page of schedules.
     *
     * @param limit at most so many
     * @param cursor {@code next_cursor} of the page before
     */
    public record SchedulePage(
            @Shape(least = 1, most = 500, usual = "100") int limit, String cursor) {}

    /**
     * A span of time.
     *
     * @param from its start; an hour before its end if left out
     * @param to its end; now if left out
     * @param step length of a step in seconds, whole minutes; a span has at most 1,500
     * @param tool name of a tool; all tools if left out
     */
    public record StatsSpan(
            @Shape(format = "date-time") String from,
            @Shape(format = "date-time") String to,
            @Shape(least = 60, most = 86_400, usual = "60") int step,
            String tool) {}

    /**
     * A page of actions.
     *
     * @param limit at most so many
     * @param before the id of the last action of the page before
     */
    public record ActionPage(
            @Shape(least = 1, most = 100, usual = "50") int limit,
            @Shape(least = 1) long before) {}

    /**
     * Removal of a tool that is in use.
     *
     * @param force remove it even if workers offer it or some of its jobs have not ended
     */
    public record Force(@Shape(usual = "false") boolean force) {}

    /**
     * The name of a file.
     *
     * @param name 1 to 255 bytes in UTF-8 without slash
     */
    public record FileName(@Shape(usual = "\"file\"") String name) {}

    /**
     * A page of deliveries.
     *
     * @param status the status; any if left out
     * @param limit at most so many
     * @param cursor {@code next_cursor} of the page before
     */
    public record DeliveryPage(
            @Shape(values = {"pending", "delivered", "failed"})
            String status,

            @Shape(least = 1, most = 100, usual = "50") int limit,
            String cursor) {}

    /**
     * A page of endpoints.
     *
     * @param limit at most so many
     * @param cursor {@code next_cursor} of the page before
     */
    public record WebhookPage(
            @Shape(least = 1, most = 500, usual = "100") int limit, String cursor) {}

    /**
     * Failures in a span of time.
     *
     * @param since start of the span, at most 30 days ago; a day before its end if left out
     * @param until its end; now if left out
     * @param tool name of a tool; all tools if left out
     * @param error a part of the error's text, in upper or lower case
     * @param limit largest number of groups
     */
    public record FailureSpan(
            @Shape(format = "date-time") String since,
            @Shape(format = "date-time") String until,
            String tool,
            String error,
            @Shape(least = 1, most = 100, usual = "50") int limit) {}

    /**
     * A list of jobs in the console, as it is kept.
     *
     * @param status a status
     * @param tool name of a tool
     * @param traceId a trace
     * @param since a time before now
     * @param createdAfter accepted at this time or later
     * @param createdBefore accepted before this time
     * @param batchId a batch
     * @param scheduleId a schedule
     * @param error a part of the error's text
     * @param failure the fingerprint of a failure
     * @param params values in the params of the jobs
     * @param sort the order
     * @param columns members of params
     */
    public record KeptList(
            @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
            String status,

            String tool,
            String traceId,
            @Shape(values = {"15m", "1h", "24h", "7d"}) String since,
            String createdAfter,
            String createdBefore,
            UUID batchId,
            UUID scheduleId,
            String error,
            String failure,
            @Shape(members = true) String params,

            @Shape(values = {"created_at", "-created_at", "completed_at", "-completed_at"})
            String sort,

            @Shape(commas = true) String columns) {}
}
