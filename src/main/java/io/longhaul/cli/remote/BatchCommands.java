package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batch}: submits many jobs at once, and looks after them as one thing. */
@Command(name = "batch", description = "Submits many jobs at once, and looks after them together.")
final class BatchCommands {
    private final Shell shell;

    BatchCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "submit",
            description = "Submits the jobs of a file, one JSON object on each line, and prints the batch's id.",
            footer = {
                "A line is a body of POST /v1/jobs: {\"tool\": \"report\", \"params\": {\"month\": 5}}",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} batch submit jobs.ndjson",
                "  ${ROOT-COMMAND-NAME} batch submit - --each --idempotency-key may < jobs.ndjson"
            })
    int submit(
            @Parameters(paramLabel = "FILE", description = "up to 1,000 lines, or - for standard input") String file,
            @Option(names = "--each", description = "stores those that can be accepted; without it all or none")
                    boolean each,
            @Option(names = "--idempotency-key", paramLabel = "KEY", description = "makes the batch once") String key,
            @Mixin Remote remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("atomic", !each);
        BatchLines lines = BatchLines.read(file, each, shell.in());
        remote.placed(lines::named);
        body.set("jobs", lines.jobs());
        String once = key == null ? UUID.randomUUID().toString() : key;
        return remote.ask(client -> submitted(
                remote.make(once, () -> client.send("POST", "/v1/jobs/batch", body, "Idempotency-Key", once)),
                lines,
                remote));
    }

    private int submitted(JsonNode answer, BatchLines lines, Remote remote) {
        remote.show(answer, Text.of(answer, "batch_id"));
        shell.say(Text.of(answer, "created") + " created, " + Text.of(answer, "replayed") + " there already, "
                + Text.of(answer, "rejected") + " refused");
        answer.path("results")
                .valueStream()
                .filter(result -> result.hasNonNull("error"))
                .forEach(result -> shell.say("  " + refused(result, lines, remote)));
        return answer.path("rejected").intValue() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String refused(JsonNode result, BatchLines lines, Remote remote) {
        String message = remote.said(Text.of(result.path("error"), "message"));
        return Text.line(lines.refused(result.path("index").intValue(), message), 300);
    }

    @Command(
            name = "show",
            description = "Shows how many jobs of a batch are in which status.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} batch show 0d9a2f74-51a6-4b1e-8f0b-6a2c8a1e5b02 --watch",
                "  ${ROOT-COMMAND-NAME} batch show 0d9a2f74-51a6-4b1e-8f0b-6a2c8a1e5b02 --json"
            })
    int show(
            @Parameters(paramLabel = "ID", description = "id of a batch") UUID id,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> show(client.send("GET", "/v1/batches/" + id, null), remote));
    }

    private static int show(JsonNode batch, Remote remote) {
        Table table = new Table("BATCH", "JOBS", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "ENDED");
        JsonNode counts = batch.path("counts");
        table.row(
                Text.of(batch, "batch_id"),
                Text.of(batch, "total"),
                Text.of(counts, "pending"),
                Text.of(counts, "running"),
                Text.of(counts, "completed"),
                Text.of(counts, "failed"),
                Text.of(counts, "cancelled"),
                Text.time(batch, "ended_at"));
        List<String> lines = table.lines();
        return remote.show(batch, lines.toArray(String[]::new));
    }
}
