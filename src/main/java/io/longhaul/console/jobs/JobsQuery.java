package io.longhaul.console.jobs;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.jobs.JobCursor;
import io.longhaul.api.jobs.ParamNames;
import io.longhaul.console.Paths;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.JobOrder;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The filter of the list, as its address holds it. The names are those of the API's own list; {@code since} is a time
 * before now, so that a kept address stays useful.
 *
 * @param status one status, or null for all
 * @param tool name of a tool, or null
 * @param traceId a trace, or null
 * @param idPrefix the first digits of ids, or null
 * @param tracePrefix the first digits of traces, or null
 * @param error a part of the error's text, or null
 * @param failure the fingerprint that jobs that failed alike share, or null
 * @param since one of {@link #SPANS}, or null for any time
 * @param createdAfter earliest submit, or null
 * @param createdBefore latest submit, or null
 * @param batch a batch, or null
 * @param schedule a schedule, or null
 * @param cursor the end of the page before, or null
 * @param layout the order, and what is shown and wanted of params
 */
public record JobsQuery(
        JobStatus status,
        String tool,
        String traceId,
        String idPrefix,
        String tracePrefix,
        String error,
        String failure,
        String since,
        Instant createdAfter,
        Instant createdBefore,
        UUID batch,
        UUID schedule,
        String cursor,
        ListLayout layout) {
    /** The spans that the page offers. */
    public static final Map<String, String> SPANS = spans();

    private static final List<String> KNOWN = List.of(
            "status",
            "tool",
            "trace_id",
            "error",
            "failure",
            "since",
            "created_after",
            "created_before",
            "batch_id",
            "schedule_id");

    private static final Map<String, Duration> LENGTHS = Map.of(
            "15m", Duration.ofMinutes(15),
            "1h", Duration.ofHours(1),
            "24h", Duration.ofDays(1),
            "7d", Duration.ofDays(7));

    private static Map<String, String> spans() {
        Map<String, String> spans = new LinkedHashMap<>();
        spans.put("15m", "15 minutes");
        spans.put("1h", "hour");
        spans.put("24h", "24 hours");
        spans.put("7d", "7 days");
        return spans;
    }

    /** What may change many jobs takes no filter that it does not know: a mistyped one would widen it. */
    static JobsQuery ofAction(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        for (String name : QueryParameters.sent(uri).keySet()) {
            if (!KNOWN.contains(name) && !ParamNames.isOne(name)) {
                query.wrong(name, "is not known; known are " + String.join(", ", KNOWN) + ", params.NAME");
            }
        }
        return of(query);
    }

    static JobsQuery of(UriInfo uri) {
        return of(new QueryParameters(uri));
    }

    private static JobsQuery of(QueryParameters query) {
        List<JobStatus> statuses = query.statuses("status");
        if (statuses.size() > 1) {
            query.wrong("status", "must be one status: a page shows one at a time, or all; the API lists several");
        }
        String since = query.text("since");
        if (since != null && !LENGTHS.containsKey(since)) {
            query.wrong("since", "must be one of " + String.join(", ", SPANS.keySet()));
        }
        JobsQuery read = new JobsQuery(
                statuses.isEmpty() ? null : statuses.get(0),
                query.text("tool"),
                query.text("trace_id"),
                query.idPrefix("id_prefix"),
                query.tracePrefix("trace_id_prefix"),
                query.text("error"),
                query.failure("failure"),
                LENGTHS.containsKey(String.valueOf(since)) ? since : null,
                query.time("created_after"),
                query.time("created_before"),
                query.id("batch_id"),
                query.id("schedule_id"),
                query.text("cursor"),
                ListLayout.of(query));
        query.check();
        return read;
    }

    /** Without the position, so that all pages of a list have the same one. */
    JobFilter filter(Instant now) {
        Instant after = since == null ? createdAfter : now.minus(LENGTHS.get(since));
        return new JobFilter(status == null ? List.of() : List.of(status), Map.of(), layout.order(), null)
                .by(By.TOOL, tool)
                .by(By.TRACE_ID, traceId)
                .by(By.ID_PREFIX, idPrefix)
                .by(By.TRACE_PREFIX, tracePrefix)
                .by(By.CREATED_AFTER, after)
                .by(By.CREATED_BEFORE, createdBefore)
                .by(By.BATCH, batch)
                .by(By.SCHEDULE, schedule)
                .by(By.ERROR, error)
                .by(By.FAILURE, failure)
                .by(By.PARAMS, layout.wanted());
    }

    /** True if anything but the status narrows the list. */
    public boolean isNarrow() {
        return layout.wanted() != null
                || !plain().in(null).with(ListLayout.USUAL).equals(NOTHING);
    }

    private static final JobsQuery NOTHING = new JobsQuery(
            null, null, null, null, null, null, null, null, null, null, null, null, null, ListLayout.USUAL);

    /** The address of the same list with another status. */
    public String withStatus(JobStatus other) {
        return plain().in(other).address();
    }

    /** The address of the page after a cursor; null for the first page. */
    public String withCursor(String other) {
        return changed(status, since, createdAfter, other, layout).address();
    }

    private JobsQuery in(JobStatus other) {
        return changed(other, since, createdAfter, cursor, layout);
    }

    private JobsQuery with(ListLayout other) {
        return changed(status, since, createdAfter, cursor, other);
    }

    private JobsQuery plain() {
        return changed(status, since, createdAfter, null, layout);
    }

    private JobsQuery changed(
            JobStatus otherStatus, String otherSince, Instant after, String otherCursor, ListLayout otherLayout) {
        return new JobsQuery(
                otherStatus,
                tool,
                traceId,
                idPrefix,
                tracePrefix,
                error,
                failure,
                otherSince,
                after,
                createdBefore,
                batch,
                schedule,
                otherCursor,
                otherLayout);
    }

    /** The address of this list. */
    public String address() {
        String query = text(true);
        return Paths.JOBS + (query.isEmpty() ? "" : "?" + query);
    }

    /** The query of the API's actions on all jobs that match; null if they take no such filter. */
    String all(Instant now) {
        return takesAll()
                ? with(new ListLayout(JobOrder.NEWEST, List.of(), layout.wanted()))
                        .api(now)
                : null;
    }

    /** False if an action on all jobs of the list would need a filter that operations do not have. */
    public boolean takesAll() {
        return idPrefix == null && tracePrefix == null;
    }

    /** The query of the API's list that finds the same jobs. */
    String api(Instant now) {
        Instant after = since == null ? createdAfter : now.minus(LENGTHS.get(since));
        return changed(status, null, after, null, layout).text(false);
    }

    private String text(boolean forPage) {
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("status", status == null ? null : status.label());
        set.put("tool", tool);
        set.put("trace_id", traceId);
        set.put("id_prefix", idPrefix);
        set.put("trace_id_prefix", tracePrefix);
        set.put("error", error);
        set.put("failure", failure);
        set.put("since", forPage ? since : null);
        set.put("created_after", createdAfter);
        set.put("created_before", createdBefore);
        set.put("batch_id", batch);
        set.put("schedule_id", schedule);
        layout.put(set, forPage);
        set.put("cursor", cursor);
        return set.entrySet().stream()
                .filter(one -> one.getValue() != null)
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue().toString()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The position of the cursor; null if there is none. */
    JobFilter.Position position(JobFilter filter) {
        if (cursor == null) {
            return null;
        }
        Optional<JobFilter.Position> position = JobCursor.parse(cursor, lasting(filter));
        Refusal.ifAny(position.isPresent() ? List.of() : List.of(new FieldError("/cursor", JobCursor.FOREIGN)), null);
        return position.orElseThrow();
    }

    /** The filter whose cursors stay good while time passes, which moves the beginning of a span. */
    JobFilter lasting(JobFilter filter) {
        return since == null ? filter : filter.by(By.CREATED_AFTER, null);
    }
}
