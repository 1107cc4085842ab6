package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.LogLine;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/** Formats jobs, their events and their logs. */
final class JobText {
    /** Members of a job that {@link #table} shows. */
    static final String FIELDS = "job_id,status,created_at,duration_ms,tool,attempt,node,progress,error,error_code";

    private static final int LONGEST_ERROR = 100;

    private JobText() {}

    static Table table(List<Job> jobs, Ansi ansi) {
        Table table = new Table("JOB", "STATUS", "PROGRESS", "CREATED", "TOOK", "TRY", "NODE", "TOOL", "ERROR");
        jobs.forEach(job -> table.row(
                job.id().toString(),
                Text.status(ansi, job.status().label()),
                job.progress() == null ? "" : Text.line(progress(job.progress()), 40),
                Text.seconds(job.createdAt()),
                Text.millis(job.json(), "duration_ms"),
                job.attempt() == 0 ? "" : Integer.toString(job.attempt()),
                Text.of(job.json(), "node"),
                Text.line(job.tool(), 60),
                job.error() == null ? "" : Text.line(job.errorCode() + ": " + job.error(), LONGEST_ERROR)));
        return table;
    }

    static List<String> page(Job job, Ansi ansi) {
        return Stream.of(
                        line("job", job.id()),
                        line("tool", job.tool()),
                        "%-10s %s"
                                .formatted(
                                        "status", Text.status(ansi, job.status().label())),
                        line(
                                "waiting",
                                job.json().path("waiting").path("message").textValue()),
                        line("asks", QuestionCommands.asks(job)),
                        line("created", job.createdAt()),
                        line("started", job.startedAt()),
                        line("ended", job.completedAt()),
                        line("took", Text.millis(job.json(), "duration_ms")),
                        line("attempt", job.attempt() == 0 ? null : job.attempt()),
                        line("node", job.json().path("node").textValue()),
                        line("progress", job.progress() == null ? null : progress(job.progress())),
                        line("error", job.error() == null ? null : job.errorCode() + ": " + job.error()),
                        line("params", job.params()),
                        line("result", job.result()))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String line(String name, Object value) {
        return value == null || value.toString().isEmpty()
                ? ""
                : String.format(Locale.ROOT, "%-10s %s", name, Text.plain(value.toString()));
    }

    static String progress(Job.Progress progress) {
        String share = progress.fraction() == null ? "" : Math.round(progress.fraction() * 100) + " %";
        return (share + " " + (progress.message() == null ? "" : Text.plain(progress.message()))).strip();
    }

    /** With its time and attempt. */
    static String log(LogLine line) {
        return Text.seconds(line.loggedAt()) + " #" + line.attempt() + " " + Text.plain(line.line());
    }

    static String event(JobEvent event, Ansi ansi) {
        if (event instanceof JobEvent.State state) {
            Job job = state.job();
            String took = Text.millis(job.json(), "duration_ms");
            return (job.id() + "  " + Text.status(ansi, job.status().label()) + "  " + Text.plain(job.tool())
                            + (took.isEmpty() ? "" : "  " + took))
                    .strip();
        }
        if (event instanceof JobEvent.Progressed progressed) {
            return "progress  " + progress(progressed.progress());
        }
        if (event instanceof JobEvent.Logged logged) {
            return "log  " + Text.plain(logged.line().line());
        }
        return event instanceof JobEvent.Reset ? "changes may have been missed: list the jobs again" : "";
    }

    static ObjectNode json(LogLine line) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("line_no", line.lineNo())
                .put("attempt", line.attempt())
                .put("logged_at", String.valueOf(line.loggedAt()))
                .put("line", line.line());
    }

    /** As the stream has it: {@code {id, event, data}}. */
    static ObjectNode json(JobEvent event, String id) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id);
        if (event instanceof JobEvent.State state) {
            json.put("event", "state").set("data", state.job().json());
        } else if (event instanceof JobEvent.Logged logged) {
            json.put("event", "log").set("data", json(logged.line()));
        } else if (event instanceof JobEvent.Progressed progressed) {
            json.put("event", "progress")
                    .putObject("data")
                    .put("fraction", progressed.progress().fraction())
                    .put("message", progressed.progress().message());
        } else {
            json.put("event", event instanceof JobEvent.End ? "end" : "reset");
        }
        return json;
    }

    /** An attempt as the API lists it. */
    static void attempt(Table table, JsonNode attempt, Ansi ansi) {
        table.row(
                Text.of(attempt, "attempt"),
                Text.status(ansi, Text.of(attempt, "status")),
                Text.of(attempt, "node"),
                Text.time(attempt, "started_at"),
                Text.time(attempt, "ended_at"),
                Text.millis(attempt, "duration_ms"),
                attempt.path("error_code").isTextual()
                        ? Text.line(Text.of(attempt, "error_code") + ": " + Text.of(attempt, "error"), LONGEST_ERROR)
                        : "");
    }
}
