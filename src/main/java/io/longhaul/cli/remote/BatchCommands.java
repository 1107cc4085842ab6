package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.environment.FileFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        body.set("jobs", jobs(file));
        String once = key == null ? UUID.randomUUID().toString() : key;
        return remote.ask(client -> submitted(
                remote.make(once, () -> client.send("POST", "/v1/jobs/batch", body, "Idempotency-Key", once)), remote));
    }

    private ArrayNode jobs(String file) {
        ArrayNode jobs = JsonNodeFactory.instance.arrayNode();
        try (BufferedReader lines = file.equals("-")
                ? new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    jobs.add(Params.line(line, number, file));
                }
            }
        } catch (IOException e) {
            throw new Misuse(file + " cannot be read: " + FileFault.ofReading(e));
        }
        return jobs;
    }

    private int submitted(JsonNode answer, Remote remote) {
        remote.show(answer, Text.of(answer, "batch_id"));
        shell.say(Text.of(answer, "created") + " created, " + Text.of(answer, "replayed") + " there already, "
                + Text.of(answer, "rejected") + " refused");
        answer.path("results")
                .valueStream()
                .filter(result -> result.hasNonNull("error"))
                .forEach(result -> shell.say("  job " + (result.path("index").intValue() + 1) + ": "
                        + Text.line(remote.said(Text.of(result.path("error"), "message")), 300)));
        return answer.path("rejected").intValue() == 0 ? ExitCode.DONE : ExitCode.FAILED;
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
