package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.LonghaulClient;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code job chain}: jobs that wait for each other. */
@Command(
        name = "chain",
        description = "Lists the jobs that a job was submitted to run after, those after it, and so on.",
        footer = {
            "Examples:",
            "  ${ROOT-COMMAND-NAME} job chain 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "  ${ROOT-COMMAND-NAME} job chain 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
        })
final class JobChainCommand extends WatchedCommand {
    @Parameters(paramLabel = "ID", description = "id of a job")
    private UUID id;

    JobChainCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        return remote().ask(this::list);
    }

    private int list(LonghaulClient client) {
        JsonNode chain = client.send("GET", "/v1/jobs/" + id + "/chain", null);
        Table table = new Table("JOB", "STATUS", "STEPS", "CREATED", "TOOL", "AFTER");
        int exit = new Answers(client, remote())
                .list(chain.path("jobs"), table, job -> row(table, job), "The job is in no chain.");
        if (chain.path("more").booleanValue()) {
            shell().say("There are more jobs in the chain.");
        }
        return exit;
    }

    private void row(Table table, JsonNode job) {
        table.row(
                Text.of(job, "job_id"),
                job.hasNonNull("status") ? Text.status(shell().ansi(), Text.of(job, "status")) : "removed",
                Text.of(job, "distance"),
                Text.time(job, "created_at"),
                Text.line(Text.of(job, "tool"), 60),
                Text.of(job, "after"));
    }
}
