package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.LonghaulClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stats}, {@code audit} and {@code failure}: what a server knows about its jobs as a whole. */
final class ServerCommands {
    private static final int MOST_PER_PAGE = 100;

    private ServerCommands() {}

    /** {@code stats}: figures of some time. */
    @Command(
            name = "stats",
            description = "Shows how many jobs were submitted and ended, and how long they took.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} stats --since 24h --step 1h",
                "  ${ROOT-COMMAND-NAME} stats --tool report --watch 10"
            })
    static final class Stats extends WatchedCommand {
        /** The last bounds of the histograms, in milliseconds. */
        private static final long BOUND_BEFORE = 300_000_000L;

        private static final long LAST_BOUND = 1_000_000_000L;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                converter = Values.OfPast.class,
                description = "from this time on, or the last so long (1h)")
        private Instant since;

        @Option(
                names = {"--until", "--to"},
                paramLabel = "TIME",
                converter = Values.OfPast.class,
                description = "before this time, or without the last so long (now)")
        private Instant until;

        @Option(names = "--step", paramLabel = "DURATION", description = "length of a row (60s)")
        private Duration step;

        @Option(names = "--tool", paramLabel = "TOOL", description = "of one tool")
        private String tool;

        Stats(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            Values.requireSpan(since, until);
            String query = Text.query("from", since)
                    + Text.query("to", until)
                    + Text.query("step", step == null ? null : step.toSeconds())
                    + Text.query("tool", tool);
            String path = "/v1/stats" + (query.isEmpty() ? "" : "?" + query.substring(1));
            List<String> tools = ToolCommands.paths(tool == null ? null : List.of(tool));
            return remote().ask(client -> {
                int exit = show(client.send("GET", path, null));
                ToolCommands.warn(client, tools, remote());
                return exit;
            });
        }

        private int show(JsonNode stats) {
            Table table = new Table(
                    "FROM",
                    "SUBMITTED",
                    "COMPLETED",
                    "FAILED",
                    "CANCELLED",
                    "WAIT P50",
                    "WAIT P95",
                    "RUN P50",
                    "RUN P95");
            stats.path("steps").forEach(part -> row(table, part, Text.time(part, "at")));
            row(table, stats.path("total"), "total");
            remote().show(stats, table.lines().toArray(String[]::new));
            if (!remote().json()) {
                if (until == null) {
                    shell().print("counted until " + Text.time(stats, "to") + ": each minute is added once it is over");
                }
                shell().print("now: " + Text.of(stats, "queued") + " waiting, " + Text.of(stats, "running")
                        + " running");
            }
            return ExitCode.DONE;
        }

        private static void row(Table table, JsonNode part, String from) {
            table.row(
                    from,
                    Text.of(part, "submitted"),
                    Text.of(part, "completed"),
                    Text.of(part, "failed"),
                    Text.of(part, "cancelled"),
                    bound(part.path("wait_ms"), "p50"),
                    bound(part.path("wait_ms"), "p95"),
                    bound(part.path("run_ms"), "p50"),
                    bound(part.path("run_ms"), "p95"));
        }

        /** Percentiles are upper bounds; what is above the last one is counted with it. */
        static String bound(JsonNode spread, String name) {
            if (!spread.path(name).isNumber()) {
                return "";
            }
            long bound = spread.path(name).longValue();
            String text = Text.duration(Duration.ofMillis(bound < LAST_BOUND ? bound : BOUND_BEFORE));
            return (bound < LAST_BOUND ? "≤" : ">") + text.replace(".0s", "s");
        }
    }

    /** {@code audit}: what operators did. */
    @Command(
            name = "audit",
            description = "Lists what operators did, the newest first.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} audit --limit 100", "  ${ROOT-COMMAND-NAME} audit --json"})
    static final class Audit extends WatchedCommand {
        @Option(
                names = "--limit",
                paramLabel = "N",
                converter = Values.OfCount.class,
                defaultValue = "50",
                description = "how many (50)")
        private int limit;

        Audit(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            Table table = new Table("TIME", "WHO", "ACTION", "ANSWER", "TRACE");
            return remote().ask(client -> new Answers(client, remote())
                    .list(
                            actions(client).limit(limit),
                            table,
                            action -> table.row(
                                    Text.time(action, "at"),
                                    Text.of(action, "principal"),
                                    Text.line(Text.of(action, "action"), 100),
                                    Text.of(action, "status"),
                                    Text.of(action, "trace_id")),
                            "No operator did anything."));
        }

        private Stream<JsonNode> actions(LonghaulClient client) {
            return Stream.iterate(
                            page(client, ""),
                            page -> !page.isEmpty(),
                            page -> page(
                                    client,
                                    "&before=" + page.get(page.size() - 1).path("id")))
                    .flatMap(JsonNode::valueStream);
        }

        private JsonNode page(LonghaulClient client, String before) {
            return client.send("GET", "/v1/audit?limit=" + Math.min(limit, MOST_PER_PAGE) + before, null)
                    .path("actions");
        }
    }

    /** {@code failure}: failed jobs in groups. */
    @Command(
            name = "failure",
            description = "Groups failed jobs that failed alike.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} failure --since 7d",
                "  ${ROOT-COMMAND-NAME} failure --tool report --error 'no space' --json"
            })
    static final class Failures extends WatchedCommand {
        @Option(
                names = "--since",
                paramLabel = "TIME",
                converter = Values.OfPast.class,
                description = "from this time on, or the last so long (24h)")
        private Instant since;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                converter = Values.OfPast.class,
                description = "before this time, or without the last so long (now)")
        private Instant until;

        @Option(names = "--tool", paramLabel = "TOOL", description = "of one tool")
        private String tool;

        @Option(names = "--error", paramLabel = "TEXT", description = "with this text in their error")
        private String error;

        @Option(
                names = "--limit",
                paramLabel = "N",
                converter = Values.OfCount.class,
                defaultValue = "50",
                description = "how many (50), 100 at most")
        private int limit;

        Failures(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            Values.requireSpan(since, until);
            String path = "/v1/failures?limit=" + limit + Text.query("since", since) + Text.query("until", until)
                    + Text.query("tool", tool) + Text.query("error", error);
            List<String> tools = ToolCommands.paths(tool == null ? null : List.of(tool));
            return remote().ask(client -> {
                int exit = show(client, client.send("GET", path, null));
                ToolCommands.warn(client, tools, remote());
                return exit;
            });
        }

        private int show(LonghaulClient client, JsonNode failures) {
            Table table = new Table("FAILURE", "COUNT", "LAST SEEN", "TOOLS", "ERROR");
            int exit = new Answers(client, remote())
                    .list(
                            failures.path("groups"),
                            table,
                            group -> table.row(
                                    Text.of(group, "failure"),
                                    Text.of(group, "count"),
                                    Text.time(group, "last_seen"),
                                    Text.line(Text.of(group, "tools"), 40),
                                    Text.line(Text.of(group, "error_code") + ": " + Text.of(group, "message"), 100)),
                            "No job failed.");
            if (failures.path("more").booleanValue()) {
                shell().say("There are more groups.");
            }
            return exit;
        }
    }
}
