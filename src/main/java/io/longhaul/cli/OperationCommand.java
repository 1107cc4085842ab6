package io.longhaul.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.cli.JobArguments.Misuse;
import io.longhaul.client.JobFilter;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import io.longhaul.client.Operation;
import io.longhaul.client.OperationRequest;
import io.longhaul.client.Operations;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code operation}: cancels and retries all jobs that match, over HTTP. It starts as quickly as {@link JobCommand}. */
public final class OperationCommand {
    private static final String HELP = """
            usage: java -jar app.jar operation ACTION

              create cancel|retry           begins to cancel or retry all jobs that match, and prints the operation's id
                --status S,S  --tool T  --error TEXT  --failure F  --trace-id T  --batch ID  --schedule ID
                --since TIME|DURATION  --until TIME|DURATION
                --filter JSON|@FILE|-       more members of the filter, named as in the HTTP API
                --all                       needed if there is no filter but --status
                --dry-run                   only counts the jobs that match
                --wait [DURATION]           waits for the end (without a limit, or so long) and prints the counts
                --idempotency-key KEY       begins it once, however often this is run
              show ID                       shows an operation
              outcomes ID                   lists what became of each job;  --outcome pending|done|skipped|failed
              list                          lists operations, the newest first;  --limit N (20)
              cancel ID                     stops an operation; jobs whose turn has not come stay as they are

              --url URL    the server, or LONGHAUL_URL (http://127.0.0.1:8080); several with commas
              --json       prints JSON, one value on a line
              LONGHAUL_API_KEY holds an API key or token, if the server asks for one.

            Exits 0 when done, 1 if jobs of an awaited operation could not be changed or it was stopped, 2 if the command
            is wrong or was refused, 3 if no server answered or the time was over.
            """;

    private static final JobArguments.Grammar GRAMMAR = new JobArguments.Grammar(
            "operation",
            "create, show, outcomes, list and cancel",
            Map.of(
                    "create",
                            JobArguments.options("status tool error failure trace-id batch schedule since until filter"
                                    + " all dry-run wait idempotency-key"),
                    "show", Set.of(),
                    "outcomes", Set.of("outcome"),
                    "list", Set.of("limit"),
                    "cancel", Set.of()));

    /** Options of a filter, and their names in the API. */
    private static final Map<String, String> FILTERS = Map.of(
            "status", "status",
            "tool", "tool",
            "error", "error",
            "failure", "failure",
            "trace-id", "trace_id",
            "batch", "batch_id",
            "schedule", "schedule_id");

    private static final Duration WITHOUT_LIMIT = Duration.ofDays(3650);

    private final ClientConnection connection;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    /** {@code operation} in Dropwizard's list of commands; {@link OperationCommand} runs before that list exists. */
    public static final class Listing extends Command {
        public Listing() {
            super("operation", "Cancels and retries all jobs that match: see operation --help.");
        }

        @Override
        public void configure(Subparser parser) {
            // OperationCommand reads its own arguments.
        }

        @Override
        public void run(Bootstrap<?> bootstrap, Namespace arguments) {
            throw new IllegalStateException("operation is run without Dropwizard");
        }
    }

    /**
     * @param out for data
     * @param err for everything else
     */
    public OperationCommand(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        this.connection = new ClientConnection(environment, err);
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs one command.
     *
     * @param arguments those after {@code operation}
     * @return the exit code
     */
    public int run(List<String> arguments) {
        try {
            JobArguments words = JobArguments.of(GRAMMAR, arguments);
            if (words.has("help")) {
                out.print(HELP);
                return JobCommand.DONE;
            }
            try (LonghaulClient client = connection.open(words, words.has("wait"))) {
                return run(client.operations(), words);
            }
        } catch (Misuse e) {
            err.println("operation: " + e.getMessage() + ".");
            return JobCommand.REFUSED;
        } catch (LonghaulException e) {
            return connection.refused("operation", e);
        } finally {
            out.flush();
        }
    }

    private int run(Operations operations, JobArguments words) {
        return switch (words.action()) {
            case "create" -> create(operations, words);
            case "show" -> show(operations.get(id(words)), words);
            case "cancel" -> show(operations.cancel(id(words)), words);
            case "outcomes" -> outcomes(operations, words);
            default -> list(operations, words);
        };
    }

    private int create(Operations operations, JobArguments words) {
        OperationRequest request = request(words);
        if (words.has("dry-run")) {
            return count(operations.preview(request));
        }
        Operation begun = operations.begin(request);
        if (!words.has("wait")) {
            out.println(words.has("json") ? begun.json().toString() : begun.id().toString());
            return JobCommand.DONE;
        }
        err.println("Operation " + begun.id() + " has begun. It goes on without this command.");
        String limit = words.value("wait");
        Duration most = limit.isEmpty() ? WITHOUT_LIMIT : JobArguments.duration(limit, "the time to wait");
        return awaited(operations.await(begun.id(), most), words);
    }

    private int count(Operations.Preview preview) {
        out.println(preview.matched());
        if (preview.estimated()) {
            err.println("More than 10,000 jobs match; the number is an estimate.");
        }
        return JobCommand.DONE;
    }

    private int awaited(Operation operation, JobArguments words) {
        show(operation, words);
        if (!operation.hasEnded()) {
            err.println("The operation goes on: java -jar app.jar operation show " + operation.id());
            return JobCommand.NOT_NOW;
        }
        return operation.failed() == 0 && operation.state().equals("completed") ? JobCommand.DONE : JobCommand.FAILED;
    }

    private OperationRequest request(JobArguments words) {
        JobFilter filter = filter(words);
        OperationRequest request = switch (kind(words)) {
            case "cancel" -> OperationRequest.cancel(filter);
            case "retry" -> OperationRequest.retry(filter);
            default -> throw new Misuse("write what to do: operation create cancel, or operation create retry");
        };
        request = words.has("all") ? request.all() : request;
        return words.has("idempotency-key") ? request.idempotencyKey(words.value("idempotency-key")) : request;
    }

    private static String kind(JobArguments words) {
        return words.operands().size() == 1 ? words.operands().get(0) : "";
    }

    private JobFilter filter(JobArguments words) {
        JobFilter filter = JobFilter.ALL;
        if (words.has("filter")) {
            for (Map.Entry<String, JsonNode> member :
                    JobParams.filter(words.value("filter"), in).properties()) {
                filter = filter.with(member.getKey(), text(member.getValue()));
            }
        }
        for (Map.Entry<String, String> option : FILTERS.entrySet()) {
            filter = words.has(option.getKey()) ? filter.with(option.getValue(), words.value(option.getKey())) : filter;
        }
        filter = words.has("since") ? filter.createdAfter(words.time("since", -1)) : filter;
        return words.has("until") ? filter.createdBefore(words.time("until", -1)) : filter;
    }

    /** A list as the values of one option. */
    private static String text(JsonNode value) {
        return value.isArray()
                ? String.join(",", value.valueStream().map(JsonNode::asText).toList())
                : value.asText();
    }

    private int outcomes(Operations operations, JobArguments words) {
        String wanted = words.value("outcome");
        try (Stream<Operation.Outcome> outcomes = operations.outcomes(id(words))) {
            outcomes.filter(job -> wanted == null || wanted.equals(job.outcome()))
                    .forEach(job -> {
                        String rest = job.newJobId() != null
                                ? "new job " + job.newJobId()
                                : job.errorCode() == null ? "" : job.errorCode() + ": " + job.error();
                        out.println(JobText.plain((job.jobId() + "  " + job.outcome() + "  " + rest).strip()));
                    });
        }
        return JobCommand.DONE;
    }

    private int list(Operations operations, JobArguments words) {
        if (!words.operands().isEmpty()) {
            throw new Misuse("operation list takes options only");
        }
        try (Stream<Operation> all = operations.list().limit(words.number("limit", 20))) {
            all.forEach(operation -> out.println(
                    words.has("json") ? operation.json().toString() : operation.id() + "  " + summary(operation)));
        }
        return JobCommand.DONE;
    }

    private int show(Operation operation, JobArguments words) {
        out.println(words.has("json") ? operation.json().toString() : summary(operation));
        if (operation.waitsFor() != null) {
            err.println("It rests: " + JobText.plain(operation.waitsFor()));
        }
        return JobCommand.DONE;
    }

    private static String summary(Operation operation) {
        return operation.kind() + " " + operation.state() + ": " + operation.matched() + " matched, " + operation.done()
                + " done, " + operation.skipped() + " skipped, " + operation.failed() + " failed";
    }

    private static UUID id(JobArguments words) {
        if (words.operands().size() != 1) {
            throw new Misuse("write one id of an operation: operation " + words.action() + " ID");
        }
        return JobArguments.id(words.operands().get(0), "an operation; operation list");
    }
}
