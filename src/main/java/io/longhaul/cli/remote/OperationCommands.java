package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.JobFilter;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.Operation;
import io.longhaul.client.OperationRequest;
import io.longhaul.client.Operations;
import java.util.UUID;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code operation}: cancels and retries all jobs that match. */
@Command(name = "operation", description = "Cancels and retries all jobs that match.")
final class OperationCommands {
    private final Shell shell;

    OperationCommands(Shell shell) {
        this.shell = shell;
    }

    /** What an operation does with its jobs. */
    enum Kind {
        cancel,
        retry
    }

    @Command(
            name = "create",
            description = "Begins to cancel or retry all jobs that match, and prints the operation's id.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} operation create cancel --status pending --tool report --dry-run",
                "  ${ROOT-COMMAND-NAME} operation create retry --failure 5f0c9a1be24d7783 --since 24h --wait"
            })
    int create(
            @Parameters(paramLabel = "cancel|retry", description = "what to do with the jobs") Kind kind,
            @Mixin JobSelection filter,
            @Option(names = "--all", description = "needed if there is no filter but --status") boolean all,
            @Option(names = "--dry-run", description = "only counts the jobs that match") boolean dryRun,
            @Option(
                            names = "--wait",
                            arity = "0..1",
                            paramLabel = "DURATION",
                            parameterConsumer = Values.OptionalDuration.class,
                            description = "waits for the end, without a limit or so long, and prints the counts")
                    String wait,
            @Option(names = "--idempotency-key", paramLabel = "KEY", description = "begins it once")
                    String idempotencyKey,
            @Mixin Remote remote) {
        String once = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        Function<LonghaulClient, OperationRequest> whole = client -> {
            JobFilter jobs = filter.in(shell.in(), client);
            OperationRequest request =
                    kind == Kind.cancel ? OperationRequest.cancel(jobs) : OperationRequest.retry(jobs);
            return (all ? request.all() : request).idempotencyKey(once);
        };
        if (dryRun) {
            return remote.ask(client -> count(client.operations().preview(whole.apply(client)), remote));
        }
        Function<LonghaulClient, Operation> begun = client -> {
            OperationRequest request = whole.apply(client);
            return remote.make(once, () -> client.operations().begin(request));
        };
        return wait == null
                ? remote.ask(client -> begun(begun.apply(client), remote))
                : remote.await(
                        Values.limit(wait), client -> awaited(client.operations(), begun.apply(client), wait, remote));
    }

    private static int begun(Operation operation, Remote remote) {
        return remote.show(operation.json(), operation.id().toString());
    }

    private int count(Operations.Preview preview, Remote remote) {
        remote.show(preview.json(), Long.toString(preview.matched()));
        if (preview.estimated()) {
            shell.say("More than 10,000 jobs match; the number is an estimate.");
        }
        if (preview.searchedTo() != null) {
            shell.say("That is only the number among jobs submitted until " + Text.seconds(preview.searchedTo())
                    + ": there was no time to look at all, as the operation does.");
        }
        return ExitCode.DONE;
    }

    private int awaited(Operations operations, Operation begun, String limit, Remote remote) {
        shell.say("Operation " + begun.id() + " has begun. It goes on without this command.");
        Operation operation = operations.await(begun.id(), Values.limit(limit));
        show(operation, remote);
        if (!operation.hasEnded()) {
            shell.say("The operation goes on: " + remote.called("operation show " + operation.id()));
            return ExitCode.NOT_NOW;
        }
        return operation.failed() == 0 && operation.state().equals("completed") ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Command(
            name = "show",
            description = "Shows an operation.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} operation show 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06 --watch",
                "  ${ROOT-COMMAND-NAME} operation show 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06 --json"
            })
    int show(
            @Parameters(paramLabel = "ID", description = "id of an operation; see operation list") UUID id,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> show(client.operations().get(id), remote));
    }

    private int show(Operation operation, Remote remote) {
        remote.show(operation.json(), summary(operation));
        if (operation.waitsFor() != null) {
            shell.say("It rests: " + Text.plain(operation.waitsFor()));
        }
        return ExitCode.DONE;
    }

    private static String summary(Operation operation) {
        return operation.kind() + " " + operation.state() + ": " + operation.matched() + " matched, " + operation.done()
                + " done, " + operation.skipped() + " skipped, " + operation.failed() + " failed";
    }

    @Command(
            name = "outcomes",
            description = "Lists what became of each job of an operation.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} operation outcomes 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06",
                "  ${ROOT-COMMAND-NAME} operation outcomes 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06 --outcome failed"
            })
    int outcomes(
            @Parameters(paramLabel = "ID", description = "id of an operation") UUID id,
            @Option(names = "--outcome", paramLabel = "O", description = "pending, done, skipped or failed")
                    String outcome,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        Table table = new Table("JOB", "OUTCOME", "NEW JOB", "REASON");
        String path = "/v1/operations/" + id + "/outcomes?limit=1000" + Text.query("outcome", outcome);
        return remote.ask(client -> new Answers(client, remote)
                .pages(path, "outcomes", Integer.MAX_VALUE, table, job -> outcome(table, job), "No jobs."));
    }

    private void outcome(Table table, JsonNode job) {
        String error = Text.of(job, "error_code");
        table.row(
                Text.of(job, "job_id"),
                Text.status(shell.ansi(), Text.of(job, "outcome")),
                Text.of(job, "new_job_id"),
                error.isEmpty() ? "" : Text.line(error + ": " + Text.of(job, "error_message"), 100));
    }

    @Command(
            name = "list",
            description = "Lists operations, the newest first.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} operation list",
                "  ${ROOT-COMMAND-NAME} operation list --limit 100 --json"
            })
    int list(
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            converter = Values.OfCount.class,
                            defaultValue = "20",
                            description = "how many (20)")
                    int limit,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("OPERATION", "KIND", "STATE", "CREATED", "MATCHED", "DONE", "SKIPPED", "FAILED");
            return new Answers(client, remote)
                    .pages("/v1/operations?limit=100", "operations", limit, table, row -> row(table, row), "None.");
        });
    }

    private void row(Table table, JsonNode operation) {
        table.row(
                Text.of(operation, "operation_id"),
                Text.of(operation, "kind"),
                Text.status(shell.ansi(), Text.of(operation, "state")),
                Text.time(operation, "created_at"),
                Text.of(operation, "matched"),
                Text.of(operation, "done"),
                Text.of(operation, "skipped"),
                Text.of(operation, "failed"));
    }

    @Command(
            name = "cancel",
            description = "Stops an operation; jobs whose turn has not come stay as they are.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} operation cancel 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06",
                "  ${ROOT-COMMAND-NAME} operation cancel 9f3c2a10-7d55-4d0e-b0a2-0e2b8a5b1c06 --json"
            })
    int cancel(@Parameters(paramLabel = "ID", description = "id of an operation") UUID id, @Mixin Remote remote) {
        return remote.ask(client -> show(client.operations().cancel(id), remote));
    }
}
