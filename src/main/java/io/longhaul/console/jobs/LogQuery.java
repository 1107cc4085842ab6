package io.longhaul.console.jobs;

import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.jobs.LogFilter;
import io.longhaul.console.Paths;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The part of a log to show, as the address of its page holds it. Without a place it is the end of the log, or the first
 * lines that a search finds.
 *
 * @param job the job
 * @param attempt only of this attempt, or null for all
 * @param text only lines with this text; empty for all
 * @param errors only lines that look like errors
 * @param line the line to show with its neighbours, or null
 * @param after the lines behind this one, or null
 * @param before the lines before this one, or null
 */
public record LogQuery(UUID job, Integer attempt, String text, boolean errors, Long line, Long after, Long before) {
    static LogQuery of(UUID job, UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        long attempt = query.number("attempt", 1, Integer.MAX_VALUE, 0);
        String text = query.text("q");
        LogQuery read = new LogQuery(
                job,
                attempt == 0 ? null : (int) attempt,
                text == null ? "" : text,
                query.flag("errors"),
                place(query, "line"),
                place(query, "after"),
                place(query, "before"));
        query.check();
        return read;
    }

    private static Long place(QueryParameters query, String name) {
        long number = query.number(name, 0, Long.MAX_VALUE, -1);
        return number < 0 ? null : number;
    }

    LogFilter filter() {
        return new LogFilter(attempt, text, errors);
    }

    /** True if it looks for certain lines. */
    public boolean isSearch() {
        return errors || !text.isEmpty();
    }

    /** True for the end of the log, which grows while the job runs. */
    public boolean isEnd() {
        return !isSearch() && line == null && after == null && before == null;
    }

    /** The end of the log of an attempt, or of all with null. */
    public String ofAttempt(Integer other) {
        return new LogQuery(job, other, text, errors, null, null, null).address();
    }

    /** The end of the log. */
    public String end() {
        return new LogQuery(job, attempt, "", false, null, null, null).address();
    }

    /** The beginning of the log. */
    public String begin() {
        return behind(0);
    }

    /** The next lines, or the next ones that a search finds. */
    public String behind(long number) {
        return new LogQuery(job, attempt, text, errors, null, number, null).address();
    }

    /** The lines before one. */
    public String before(long number) {
        return new LogQuery(job, attempt, text, errors, null, null, number).address();
    }

    /** A line among its neighbours. */
    public String at(long number) {
        return new LogQuery(job, attempt, "", false, number, null, null).address() + "#L" + number;
    }

    /** Leads to the first or the last line that looks like an error. */
    public String error(boolean last) {
        return path() + "/" + (last ? "last" : "first") + "-error" + (attempt == null ? "" : "?attempt=" + attempt);
    }

    /** The lines that look like errors behind a line, or before one. */
    String errors(Long behind, Long to) {
        return new LogQuery(job, attempt, "", true, null, behind, to).address();
    }

    /** The whole log as a file. */
    public String download() {
        return Paths.JOBS + "/" + job + "/log.txt" + (attempt == null ? "" : "?attempt=" + attempt);
    }

    public String path() {
        return path(job);
    }

    static String path(UUID job) {
        return Paths.JOBS + "/" + job + "/logs";
    }

    private String address() {
        String query = query(line);
        return path() + (query.isEmpty() ? "" : "?" + query);
    }

    /** The query of the API that finds the same lines. */
    String api() {
        String same = query(null);
        boolean isLast = before != null || isEnd();
        String part = line == null ? same : "after=" + Math.max(0, line - 1);
        return isLast ? part + (part.isEmpty() ? "" : "&") + "last=true" : part;
    }

    private String query(Long shown) {
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("attempt", attempt);
        set.put("q", text.isEmpty() ? null : text);
        set.put("errors", errors ? "true" : null);
        set.put("line", shown);
        set.put("after", after);
        set.put("before", before);
        return set.entrySet().stream()
                .filter(one -> one.getValue() != null)
                .map(one -> one.getKey() + "=" + encoded(one.getValue().toString()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
