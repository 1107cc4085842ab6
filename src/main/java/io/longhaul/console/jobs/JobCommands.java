package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.Times;
import io.longhaul.api.jobs.FailureSearch;
import io.longhaul.jobs.Job;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.UUID;

/** Writes the commands that show or do the same as a page of jobs. */
public final class JobCommands {
    private static final String JOBS = "/v1/jobs";

    /** Longer params are no command that somebody copies. */
    private static final int LONGEST_PARAMS = 4_096;

    private JobCommands() {}

    static Commands list(HttpServletRequest request, JobsQuery query, Instant now) {
        return Commands.of(
                Way.get(request, JOBS + query(query.api(now)))
                        .shell(shell(query))
                        .mcp("resources/list", "{}")
                        .mcpSays(query.isNarrow() || query.status() != null ? "It has no filter: it lists all." : null),
                Way.send(request, "DELETE", JOBS + "/JOB")
                        .called("Cancel the selected jobs")
                        .shell("job cancel JOB")
                        .mcp("tasks/cancel", "{\"taskId\": \"JOB\"}"),
                Way.send(request, "POST", JOBS + "/JOB/retry")
                        .called("Run the selected jobs again")
                        .shell("job retry JOB")
                        .mcpSays("MCP repeats no job: call its tool again with its params."));
    }

    private static String query(String parameters) {
        return parameters.isEmpty() ? "" : "?" + parameters;
    }

    private static ShellCommand shell(JobsQuery query) {
        ObjectNode more = JsonNodeFactory.instance.objectNode();
        put(more, "id_prefix", query.idPrefix());
        put(more, "trace_id_prefix", query.tracePrefix());
        if (!query.layout().values().isEmpty()) {
            query.layout().values().forEach(more.putObject("params")::put);
        }
        return new ShellCommand("job list")
                .with("--status", query.status() == null ? null : query.status().label())
                .with("--tool", query.tool())
                .with("--trace-id", query.traceId())
                .with("--batch", query.batch())
                .with("--schedule", query.schedule())
                .with("--error", query.error())
                .with("--failure", query.failure())
                .with("--since", query.since() != null ? query.since() : query.createdAfter())
                .with("--until", query.createdBefore())
                .with("--filter", more.isEmpty() ? null : more)
                .with(
                        "--sort",
                        query.layout().isNewestFirst()
                                ? null
                                : query.layout().order().label())
                .with("--limit", JobsPage.ROWS);
    }

    private static void put(ObjectNode object, String name, String value) {
        if (value != null) {
            object.put(name, value);
        }
    }

    /** The failures of a time, in groups. */
    static Commands failures(HttpServletRequest request, FailuresQuery query, FailureSearch search) {
        return Commands.of(Way.get(request, "/v1/failures?" + query.api(Times.iso(search.since())))
                .shell(new ShellCommand("failure")
                        .with("--since", query.since())
                        .with("--tool", query.tool())
                        .with("--error", query.error()))
                .mcpSays("MCP has no failures in groups."));
    }

    /** Keeps a list as a view, and lists and removes views. */
    static Commands views(HttpServletRequest request, String query) {
        String none = "MCP has no views.";
        return Commands.of(
                Way.get(request, "/v1/views")
                        .called("List views")
                        .shell("view list")
                        .mcpSays(none),
                Way.send(request, "PUT", "/v1/views/NAME", "{\"query\": " + TextNode.valueOf(query) + "}")
                        .called("Keep this list")
                        .shell(new ShellCommand("view save NAME").with(query))
                        .mcpSays(none),
                Way.send(request, "DELETE", "/v1/views/NAME")
                        .called("Remove a view")
                        .shell("view delete NAME")
                        .mcpSays(none));
    }

    /** A submit of these params. */
    public static Way submit(HttpServletRequest request, String tool, String params) {
        String body = "{\"tool\": " + TextNode.valueOf(tool) + ", \"params\": " + params + "}";
        return Way.send(request, "POST", JOBS, body)
                .shell(new ShellCommand("job submit").with(tool).with("--params", params))
                .mcp("tools/call", call(tool, params));
    }

    private static String call(String tool, String params) {
        return "{\"name\": " + TextNode.valueOf(tool) + ", \"arguments\": " + params + "}";
    }

    static Commands job(HttpServletRequest request, Job job) {
        UUID id = job.id();
        Way repeat = Way.send(request, "POST", JOBS + "/" + id + "/retry")
                .called("Run it again")
                .shell("job retry " + id)
                .mcpSays("MCP repeats no job: call its tool again.");
        Way cancel = Way.send(request, "DELETE", JOBS + "/" + id)
                .called("Cancel it")
                .shell("job cancel " + id)
                .mcp("tasks/cancel", "{\"taskId\": \"" + id + "\"}");
        boolean isShort = job.params() != null && job.params().length() <= LONGEST_PARAMS;
        return Commands.of(
                Way.get(request, JOBS + "/" + id).shell("job get " + id).mcpResource("longhaul://jobs/" + id),
                !job.status().isFinal()
                        ? cancel
                        : isShort ? repeat.mcp("tools/call", call(job.tool(), job.params())) : repeat);
    }

    /** A part of a log. */
    static Commands log(HttpServletRequest request, LogQuery query) {
        return Commands.of(Way.get(request, JOBS + "/" + query.job() + "/logs" + query(query.api()))
                .shell(new ShellCommand("job logs")
                        .with(query.job().toString())
                        .with("--attempt", query.attempt())
                        .with("--search", query.text().isEmpty() ? null : query.text())
                        .with("--errors", query.errors())
                        .with("--after", query.line() == null ? query.after() : Long.valueOf(query.line() - 1)))
                .mcpResource("longhaul://jobs/" + query.job() + "/log")
                .mcpSays(
                        query.isSearch() || query.attempt() != null ? "It has no search: it is the whole log." : null));
    }
}
