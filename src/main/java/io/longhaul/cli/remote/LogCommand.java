package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.JobEvent;
import io.longhaul.client.JobEvents;
import io.longhaul.client.LogLine;
import io.longhaul.client.LonghaulClient;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code job logs}: prints a job's log, or parts of it. */
@Command(
        name = "logs",
        description = "Prints the log of a job, each line with its time and attempt.",
        footer = {
            "Examples:",
            "  ${ROOT-COMMAND-NAME} job logs 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --follow",
            "  ${ROOT-COMMAND-NAME} job logs 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --search error --raw",
            "  ${ROOT-COMMAND-NAME} job logs 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --last 20"
        })
final class LogCommand extends OneCommand {
    private static final int MOST_PER_PAGE = 1_000;

    @Parameters(paramLabel = "ID", description = "id of a job")
    private UUID id;

    @Option(names = "--follow", description = "goes on until the end of the job, through all attempts")
    private boolean follow;

    @Option(
            names = "--after",
            paramLabel = "LINE",
            defaultValue = "0",
            description = "lines behind one with this number")
    private long after;

    @Option(names = "--before", paramLabel = "LINE", description = "lines before one with this number")
    private Long before;

    @Option(
            names = "--last",
            paramLabel = "N",
            converter = Values.OfCount.class,
            description = "the last lines, so many, instead of all")
    private Integer last;

    @Option(names = "--search", paramLabel = "TEXT", description = "lines with a text, in upper or lower case")
    private String search;

    @Option(names = "--attempt", paramLabel = "N", description = "lines of an attempt")
    private Integer attempt;

    @Option(names = "--errors", description = "lines that look like errors")
    private boolean errors;

    @Option(names = "--raw", description = "prints the lines alone")
    private boolean raw;

    LogCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        boolean part = last != null || before != null || search != null || attempt != null || errors;
        if (follow && part) {
            throw new Misuse("--search, --attempt, --errors, --before and --last look at the log so far; leave out"
                    + " --follow");
        }
        if (follow) {
            return remote().await(this::follow);
        }
        return remote().ask(client -> last == null ? forward(client) : backward(client));
    }

    private int follow(LonghaulClient client) {
        try (JobEvents events = client.events(id)) {
            while (events.hasNext()) {
                if (events.next() instanceof JobEvent.Logged logged
                        && logged.line().lineNo() > after) {
                    print(logged.line());
                }
            }
        }
        return ExitCode.DONE;
    }

    /** From the first line on; a part that was searched for too long ends before its lines do. */
    private int forward(LonghaulClient client) {
        long from = after;
        JsonNode page;
        do {
            page = page(client, MOST_PER_PAGE, Text.query("after", from) + Text.query("before", before));
            page.path("lines").forEach(this::print);
            from = page.path("next_after").longValue();
        } while (!page.path("complete").asBoolean(true));
        return ExitCode.DONE;
    }

    private int backward(LonghaulClient client) {
        Deque<JsonNode> lines = new ArrayDeque<>();
        Long to = before;
        JsonNode page;
        do {
            String range = Text.query("after", after) + Text.query("before", to) + "&last=true";
            page = page(client, Math.min(last - lines.size(), MOST_PER_PAGE), range);
            JsonNode found = page.path("lines");
            for (int i = found.size() - 1; i >= 0; i--) {
                lines.addFirst(found.get(i));
            }
            to = page.path("next_before").longValue();
        } while (lines.size() < last && !page.path("complete").asBoolean(true));
        lines.forEach(this::print);
        return ExitCode.DONE;
    }

    private JsonNode page(LonghaulClient client, int limit, String range) {
        String wanted = Text.query("q", search)
                + Text.query("attempt", attempt)
                + Text.query("errors", errors ? Boolean.TRUE : null);
        return client.send("GET", "/v1/jobs/" + id + "/logs?limit=" + limit + range + wanted, null);
    }

    private void print(JsonNode line) {
        print(new LogLine(
                line.path("line_no").longValue(),
                line.path("attempt").intValue(),
                OffsetDateTime.parse(line.path("logged_at").asText()).toInstant(),
                line.path("line").asText()));
    }

    private void print(LogLine line) {
        remote().show(JobText.json(line), raw ? Text.plain(line.line()) : JobText.log(line));
    }
}
