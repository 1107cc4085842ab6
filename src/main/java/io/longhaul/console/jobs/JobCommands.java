package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.Times;
import io.longhaul.api.jobs.FailureSearch;
import io.longhaul.auth.Principal;
import io.longhaul.jobs.Job;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** Writes the commands that show or do the same as a page. */
public final class JobCommands {
    private static final String JOB = "java -jar app.jar job ";

    private JobCommands() {}

    static Commands list(HttpServletRequest request, JobsQuery query, Instant now) {
        String api = query.api(now);
        StringBuilder shell = new StringBuilder(JOB).append("list");
        add(shell, "--status", query.status() == null ? null : query.status().label());
        add(shell, "--tool", query.tool());
        add(shell, "--trace-id", query.traceId());
        add(shell, "--batch", query.batch());
        add(shell, "--since", query.since() != null ? query.since() : query.createdAfter());
        return new Commands(
                at -> curl(request, at, "", "/v1/jobs" + (api.isEmpty() ? "" : "?" + api)),
                at -> shell + url(at),
                null);
    }

    /** The failures of a time; the command line lists their jobs one by one. */
    static Commands failures(HttpServletRequest request, FailuresQuery query, FailureSearch search) {
        StringBuilder shell =
                new StringBuilder(JOB).append("list --status failed --since ").append(query.since());
        add(shell, "--tool", query.tool());
        return new Commands(
                at -> curl(request, at, "", "/v1/failures?" + query.api(Times.iso(search.since()))),
                at -> shell + url(at),
                null);
    }

    /** Keeps a list as a view. */
    static UnaryOperator<String> keep(HttpServletRequest request, String query) {
        String body = "{\"query\": " + TextNode.valueOf(query) + "}";
        return at -> curl(request, at, "-X PUT -H 'Content-Type: application/json' ", "/v1/views/NAME") + " -d "
                + Commands.quoted(body);
    }

    /** A submit of these params. */
    public static Commands submit(HttpServletRequest request, String tool, String params) {
        String body = "{\"tool\": " + TextNode.valueOf(tool) + ", \"params\": " + params + "}";
        return new Commands(
                at -> curl(request, at, "-H 'Content-Type: application/json' ", "/v1/jobs") + " -d "
                        + Commands.quoted(body),
                at -> JOB + "submit " + Commands.quoted(tool) + " --params " + Commands.quoted(params) + url(at),
                "tools/call {\"name\": " + TextNode.valueOf(tool) + ", \"arguments\": " + params + "}");
    }

    static Commands job(HttpServletRequest request, Job job) {
        return new Commands(
                at -> curl(request, at, "", "/v1/jobs/" + job.id()),
                at -> JOB + "get " + job.id() + url(at),
                "resources/read {\"uri\": \"longhaul://jobs/" + job.id() + "\"}");
    }

    /** A part of a log; the command line prints all of it, or the lines with a text. */
    static Commands log(HttpServletRequest request, LogQuery query) {
        String api = query.api();
        StringBuilder shell = new StringBuilder(JOB).append("logs ").append(query.job());
        add(shell, "--search", query.text().isEmpty() ? null : query.text());
        return new Commands(
                at -> curl(request, at, "", "/v1/jobs/" + query.job() + "/logs" + (api.isEmpty() ? "" : "?" + api)),
                at -> shell + url(at),
                "resources/read {\"uri\": \"longhaul://jobs/" + query.job() + "/log\"}");
    }

    private static void add(StringBuilder shell, String option, Object value) {
        if (value != null) {
            shell.append(' ').append(option).append(' ').append(Commands.quoted(value.toString()));
        }
    }

    static String curl(HttpServletRequest request, String address, String options, String path) {
        boolean asksForKey = !Principal.of(request).equals(Principal.ANYBODY);
        return "curl -s " + options + (asksForKey ? "-H \"Authorization: Bearer $LONGHAUL_API_KEY\" " : "")
                + Commands.quoted(address + path);
    }

    static String url(String address) {
        return " --url " + Commands.quoted(address);
    }
}
