package io.longhaul.console.jobs;

import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.jobs.FailureSearch;
import io.longhaul.console.Paths;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The filter of the failures, as the address of their page holds it. The names are those of the API; {@code since} is a
 * time before now, so that a kept address stays useful.
 *
 * @param since one of {@link #SPANS}
 * @param tool name of a tool, or null
 * @param error a part of the error's text, or null
 */
public record FailuresQuery(String since, String tool, String error) {
    /** The spans that the page offers. */
    public static final Map<String, String> SPANS = spans();

    private static final String USUAL = "24h";
    private static final Map<String, Duration> LENGTHS =
            Map.of("1h", Duration.ofHours(1), USUAL, Duration.ofDays(1), "7d", Duration.ofDays(7));

    private static Map<String, String> spans() {
        Map<String, String> spans = new LinkedHashMap<>();
        spans.put("1h", "hour");
        spans.put(USUAL, "24 hours");
        spans.put("7d", "7 days");
        return spans;
    }

    static FailuresQuery of(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        String since = query.text("since");
        if (since != null && !LENGTHS.containsKey(since)) {
            query.wrong("since", "must be one of " + String.join(", ", SPANS.keySet()));
        }
        FailuresQuery read = new FailuresQuery(since == null ? USUAL : since, query.text("tool"), query.text("error"));
        query.check();
        return read;
    }

    FailureSearch search() {
        return FailureSearch.ofLast(LENGTHS.get(since), tool, error);
    }

    /** The span in words, such as {@code the last hour}. */
    public String span() {
        return "the last " + SPANS.get(since);
    }

    /** True if something but the span is chosen. */
    public boolean isNarrow() {
        return tool != null || error != null;
    }

    /** The address without the choice of a tool and a text. */
    public String wide() {
        return Paths.FAILURES + "?since=" + since;
    }

    /** The address of the list of a group's jobs. */
    public String jobs(String failure) {
        return Paths.JOBS + "?status=failed&" + group(failure);
    }

    /** The address of the preview that runs all jobs of a group again. */
    public String repeat(String failure) {
        return AllJobs.address(false, group(failure));
    }

    private String group(String failure) {
        Map<String, String> set = new LinkedHashMap<>();
        set.put("tool", tool);
        set.put("error", error);
        set.put("failure", failure);
        return text(set);
    }

    /** The query of the API that finds the same. */
    String api(String from) {
        Map<String, String> set = new LinkedHashMap<>();
        set.put("since", from);
        set.put("tool", tool);
        set.put("error", error);
        return text(set);
    }

    private static String text(Map<String, String> set) {
        return set.entrySet().stream()
                .filter(one -> one.getValue() != null)
                .map(one -> one.getKey() + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
