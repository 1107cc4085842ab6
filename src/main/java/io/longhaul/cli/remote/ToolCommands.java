package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tool}: shows the tools of a server, pauses and removes them. */
@Command(name = "tool", description = "Shows the tools of a server, pauses and removes them.")
final class ToolCommands {
    private static final String PATH = "/v1/tools/";

    @Command(
            name = "list",
            description = "Lists the tools that jobs can be submitted for.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} tool list", "  ${ROOT-COMMAND-NAME} tool list --json"})
    int list(@Mixin Watching watching, @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("TOOL", "STATE", "DESCRIPTION");
            return new Answers(client, remote)
                    .list(
                            client.send("GET", "/v1/mcp/tools", null).path("tools"),
                            table,
                            tool -> table.row(
                                    Text.of(tool, "name"),
                                    tool.path("paused").booleanValue() ? "paused" : "",
                                    Text.line(Text.of(tool, "description"), 80)),
                            "This server has no tools.");
        });
    }

    @Command(
            name = "show",
            description = "Shows a tool with its params, limits and queue.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tool show fasta.stats",
                "  ${ROOT-COMMAND-NAME} tool show fasta.stats --json"
            })
    int show(
            @Parameters(paramLabel = "TOOL", description = "name of a tool") String name,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> show(client.send("GET", path(name, ""), null), remote));
    }

    private int show(JsonNode tool, Remote remote) {
        List<String> lines = new ArrayList<>();
        line(lines, "tool", Text.of(tool, "name"));
        line(lines, "about", Text.of(tool, "description"));
        boolean paused = tool.path("paused").booleanValue();
        line(lines, "paused", paused ? (Text.time(tool, "paused_at") + " " + Text.of(tool, "reason")).strip() : "");
        line(lines, "running", Text.of(tool, "running"));
        line(lines, "waiting", Text.of(tool, "queue_depth"));
        tool.path("limits")
                .properties()
                .forEach(limit ->
                        line(lines, "limit", limit.getValue().isNull() ? "" : limit.getKey() + " " + limit.getValue()));
        params(tool.path("input_schema")).forEach(param -> line(lines, "param", param));
        return remote.show(tool, lines.toArray(String[]::new));
    }

    private static void line(List<String> lines, String name, String value) {
        if (!value.isEmpty()) {
            lines.add(String.format("%-10s %s", name, value));
        }
    }

    /** Such as {@code path (string, required): the file}. */
    private static List<String> params(JsonNode schema) {
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        return schema.path("properties").properties().stream()
                .map(param -> {
                    String type = Text.of(param.getValue(), "type");
                    String about = Text.line(Text.of(param.getValue(), "description"), 100);
                    String kind =
                            (type.isEmpty() ? "any" : type) + (required.contains(param.getKey()) ? ", required" : "");
                    return Text.plain(param.getKey()) + " (" + kind + ")" + (about.isEmpty() ? "" : ": " + about);
                })
                .toList();
    }

    @Command(
            name = "pause",
            description = "Lets no more jobs of a tool begin; they wait.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tool pause report",
                "  ${ROOT-COMMAND-NAME} tool pause report --reason 'The disk is being replaced.'"
            })
    int pause(
            @Parameters(paramLabel = "TOOL", description = "name of a tool") String name,
            @Option(names = "--reason", paramLabel = "TEXT", description = "for people who look at waiting jobs")
                    String reason,
            @Mixin Remote remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (reason != null) {
            body.put("reason", reason);
        }
        return change(remote, name, "/pause", body, name + " is paused");
    }

    @Command(
            name = "resume",
            description = "Lets jobs of a paused tool begin again.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tool resume report",
                "  ${ROOT-COMMAND-NAME} tool resume report --json"
            })
    int resume(@Parameters(paramLabel = "TOOL", description = "name of a tool") String name, @Mixin Remote remote) {
        return change(remote, name, "/resume", null, name + " is resumed");
    }

    @Command(
            name = "delete",
            description = "Removes a tool that a worker brought; jobs of it wait until it is there again.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tool delete report",
                "  ${ROOT-COMMAND-NAME} tool delete report --force"
            })
    int delete(
            @Parameters(paramLabel = "TOOL", description = "name of a tool") String name,
            @Option(names = "--force", description = "even if workers offer it or some of its jobs have not ended")
                    boolean force,
            @Mixin Remote remote) {
        String path = path(name, force ? "?force=true" : "");
        return remote.ask(client -> remote.delete(client, path, name, "name", name));
    }

    private static int change(Remote remote, String name, String verb, JsonNode body, String done) {
        return remote.ask(client -> remote.show(client.send("POST", path(name, verb), body), Text.plain(done)));
    }

    private static String path(String name, String verb) {
        return PATH + Text.part("TOOL", name) + verb;
    }

    /** The addresses of tools that an option names; none for null. */
    static List<String> paths(Collection<String> tools) {
        return tools == null
                ? List.of()
                : tools.stream().map(name -> path(name, "")).toList();
    }

    /** Says which are not there. That may be right: a tool may come later, and its jobs outlive it. */
    static void warn(LonghaulClient client, List<String> paths, Remote remote) {
        for (String path : paths) {
            try {
                client.send("GET", path, null);
            } catch (LonghaulException e) {
                if ("TOOL_NOT_FOUND".equals(e.errorCode())) {
                    remote.shell().say(remote.said(e.getMessage()));
                }
            }
        }
    }
}
