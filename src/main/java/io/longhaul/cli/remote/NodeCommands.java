package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code node}: the nodes and remote workers that share a database. */
@Command(name = "node", description = "Shows the nodes and remote workers that share the database.")
final class NodeCommands {
    private final Shell shell;

    NodeCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "list",
            description = "Lists nodes and remote workers.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} node list --watch", "  ${ROOT-COMMAND-NAME} node list --json"
            })
    int list(@Mixin Watching watching, @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("NODE", "STATUS", "VERSION", "RUNNING", "SLOTS", "STARTED", "LEASE UNTIL", "TOOLS");
            return new Answers(client, remote)
                    .list(
                            client.send("GET", "/v1/nodes", null).path("nodes"),
                            table,
                            node -> row(table, node),
                            "No node has registered.");
        });
    }

    private void row(Table table, JsonNode node) {
        table.row(
                Text.of(node, "name"),
                Text.status(shell.ansi(), Text.of(node, "status")),
                Text.of(node, "version"),
                Text.of(node, "running"),
                Text.of(node, "slots"),
                Text.time(node, "started_at"),
                Text.time(node, "lease_until"),
                Text.line(Text.of(node, "tools"), 60));
    }
}
