package io.longhaul.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Formats jobs for people. Texts of tools and clients cannot control the terminal. */
final class JobText {
    private static final String ROW = "%-36s  %-9s  %-20s  %-10s  %s";

    static final String HEADING = String.format(Locale.ROOT, ROW, "JOB", "STATUS", "CREATED", "TOOK", "TOOL")
            .strip();

    private JobText() {}

    static String row(Job job) {
        return String.format(
                Locale.ROOT,
                ROW,
                job.id(),
                job.status().label(),
                seconds(job.createdAt()),
                took(job),
                plain(job.tool()));
    }

    static List<String> page(Job job) {
        return java.util.stream.Stream.of(
                        line("job", job.id()),
                        line("tool", job.tool()),
                        line("status", job.status().label()),
                        line(
                                "waiting",
                                job.json().path("waiting").path("message").textValue()),
                        line("asks", JobQuestions.asks(job)),
                        line("created", job.createdAt()),
                        line("started", job.startedAt()),
                        line("ended", job.completedAt()),
                        line("took", took(job)),
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
                : String.format(Locale.ROOT, "%-10s %s", name, plain(value.toString()));
    }

    /** A text unchanged, anything else as JSON. */
    static String result(JsonNode result) {
        if (result == null) {
            return "null";
        }
        return result.isTextual() ? plain(result.textValue()) : result.toPrettyString();
    }

    static String event(JobEvent event) {
        if (event instanceof JobEvent.State state) {
            return row(state.job());
        }
        if (event instanceof JobEvent.Progressed progressed) {
            return "progress  " + progress(progressed.progress());
        }
        if (event instanceof JobEvent.Logged logged) {
            return "log  " + log(logged.line());
        }
        return event instanceof JobEvent.Reset ? "changes may have been missed: list the jobs again" : "";
    }

    static String log(LogLine line) {
        return plain(line.line());
    }

    private static String progress(Job.Progress progress) {
        String share = progress.fraction() == null ? "" : Math.round(progress.fraction() * 100) + " %";
        return (share + " " + (progress.message() == null ? "" : plain(progress.message()))).strip();
    }

    private static String took(Job job) {
        JsonNode millis = job.json().path("duration_ms");
        return millis.isNumber() ? duration(Duration.ofMillis(millis.longValue())) : "";
    }

    private static String duration(Duration took) {
        if (took.toMinutes() >= 1) {
            return took.truncatedTo(ChronoUnit.SECONDS).toString().substring(2).toLowerCase(Locale.ROOT);
        }
        return took.toSeconds() >= 1
                ? String.format(Locale.ROOT, "%.1fs", took.toMillis() / 1000.0)
                : took.toMillis() + "ms";
    }

    private static String seconds(Instant time) {
        return time == null ? "" : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String plain(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
