package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Parameters;

/** {@code job deliveries}: what endpoints were told of a job. */
@Command(
        name = "deliveries",
        description = "Lists what was sent to endpoints about a job, the oldest first; of removed jobs, too.",
        footer = {
            "Examples:",
            "  ${ROOT-COMMAND-NAME} job deliveries 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "  ${ROOT-COMMAND-NAME} job deliveries 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
        })
final class JobDeliveriesCommand extends WatchedCommand {
    @Parameters(paramLabel = "ID", description = "id of a job")
    private UUID id;

    JobDeliveriesCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        Table table = table("WEBHOOK");
        return remote().ask(client -> new Answers(client, remote())
                .list(
                        client.send("GET", "/v1/jobs/" + id + "/deliveries", null)
                                .path("deliveries"),
                        table,
                        delivery -> row(table, delivery, "webhook_id", shell().ansi()),
                        "Nothing was sent."));
    }

    /** For deliveries, each with one other thing: its job or its endpoint. */
    static Table table(String other) {
        return new Table("DELIVERY", "STATUS", "EVENT", other, "CREATED", "TRIES", "LAST ANSWER");
    }

    /** Adds a delivery to such a table. */
    static void row(Table table, JsonNode delivery, String other, Ansi ansi) {
        JsonNode attempts = delivery.path("attempts");
        JsonNode last = attempts.path(attempts.size() - 1);
        table.row(
                Text.of(delivery, "delivery_id"),
                Text.status(ansi, Text.of(delivery, "status")),
                Text.of(delivery, "event"),
                Text.of(delivery, other),
                Text.time(delivery, "created_at"),
                Integer.toString(attempts.size()),
                Text.line((Text.of(last, "status") + " " + Text.of(last, "error")).strip(), 80));
    }
}
