package io.longhaul.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.cli.JobArguments.Misuse;
import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.JobEvents;
import io.longhaul.client.JobFilter;
import io.longhaul.client.JobRequest;
import io.longhaul.client.JobStatus;
import io.longhaul.client.LogLine;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code job}: submits jobs to a server and looks after them, over HTTP. It needs no configuration file and no part of
 * the server, so that it starts quickly.
 */
public final class JobCommand {
    /** Done; a job that was waited for completed. */
    static final int DONE = 0;

    /** The job failed or was cancelled. */
    static final int FAILED = 1;

    /** The command is wrong, or the server refused it. */
    static final int REFUSED = 2;

    /** No server answered, it asked to come back later, or the job had not ended in time. */
    static final int NOT_NOW = 3;

    private static final String HELP = """
            usage: java -jar app.jar job ACTION

              submit TOOL [key=value ...]   submits a job and prints its id; a value is JSON if it is JSON, else a text
                --params JSON|@FILE|-       params as JSON: here, in a file, or on standard input
                --wait [DURATION]           waits for the end (without a limit, or so long) and prints the result
                --idempotency-key KEY       makes the job once, however often this is run
                --priority 0..10  --run-at TIME|DURATION  --timeout DURATION  --max-attempts N  --ttl HOURS
                --start-within DURATION     fails if no worker begins it in this time; --ttl counts from its end
                --after ID  --concurrency-key KEY  --fairness-key KEY
              get ID                        shows a job
              wait ID [DURATION]            waits for its end and prints its result
              inputs ID                     shows what the job's tool asks, and what it was answered
              answer ID KEY [name=value ...]  answers a question, so that the job goes on
                --content JSON|@FILE|-      the answer as JSON;  --decline refuses to answer
              list                          lists jobs, the newest first
                --status S,S  --tool T  --trace-id T  --batch ID  --since TIME|DURATION  --limit N (20)
              logs ID                       prints its log;  --follow until its end;  --after LINE
                --search TEXT               only lines with a text, in upper or lower case
              events [ID]                   prints what happens to one job, or to all (--tool, --status, --batch) from now on
                --after EVENT_ID            goes on behind an event
              cancel ID ...                 cancels jobs
              retry ID [--wait [DURATION]]  repeats a job that has ended as a new one

              --url URL    the server, or LONGHAUL_URL; several with commas. Without it, the one on this machine at
                           LONGHAUL_BIND and LONGHAUL_PORT (http://127.0.0.1:8080)
              --json       prints JSON, one value on a line
              LONGHAUL_API_KEY holds an API key or token, if the server asks for one.

            Exits 0 when done, 1 if the job failed or was cancelled, 2 if the command is wrong or was refused,
            3 if no server answered or the time was over. Only what was asked for goes to standard output.
            """;

    private static final Duration WITHOUT_LIMIT = Duration.ofDays(3650);
    private static final int MOST_PER_PAGE = 100;

    private final ClientConnection connection;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    /** The reader of standard output has closed it. */
    private static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** {@code job} in Dropwizard's list of commands; {@link JobCommand} runs before that list exists. */
    public static final class Listing extends Command {
        public Listing() {
            super("job", "Submits jobs to a server and looks after them: see job --help.");
        }

        @Override
        public void configure(Subparser parser) {
            // JobCommand reads its own arguments.
        }

        @Override
        public void run(Bootstrap<?> bootstrap, Namespace arguments) {
            throw new IllegalStateException("job is run without Dropwizard");
        }
    }

    /**
     * @param out for data
     * @param err for everything else
     */
    public JobCommand(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        this.connection = new ClientConnection(environment, err);
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs one command.
     *
     * @param arguments those after {@code job}
     * @return the exit code
     */
    public int run(List<String> arguments) {
        try {
            JobArguments words = JobArguments.of(arguments);
            if (words.has("help")) {
                out.print(HELP);
                return DONE;
            }
            return run(words);
        } catch (Misuse e) {
            err.println("job: " + e.getMessage() + ".");
            return REFUSED;
        } catch (LonghaulException e) {
            return connection.refused("job", e);
        } catch (NobodyReads e) {
            return DONE;
        } finally {
            out.flush();
        }
    }

    private int run(JobArguments words) {
        try (LonghaulClient client = connection.open(words, waits(words))) {
            return switch (words.action()) {
                case "submit" -> submit(client, words);
                case "get" -> show(client.get(words.job()), words);
                case "wait" -> waitFor(client, words);
                case "cancel" -> cancel(client, words);
                case "inputs" -> new JobQuestions(client, words, this::print).show();
                case "answer" -> new JobQuestions(client, words, this::print).answer(in);
                case "retry" -> submitted(client, client.retry(words.job()), words);
                case "list" -> list(client, words);
                case "logs" -> logs(client, words);
                default -> events(client, words);
            };
        }
    }

    private static boolean waits(JobArguments words) {
        return words.action().equals("wait")
                || words.action().equals("events")
                || words.has("wait")
                || words.has("follow");
    }

    private int submit(LonghaulClient client, JobArguments words) {
        if (words.operands().isEmpty()) {
            throw new Misuse("write the name of a tool: job submit TOOL [key=value ...]");
        }
        List<String> pairs = words.operands().subList(1, words.operands().size());
        JobRequest request = JobRequest.of(words.operands().get(0), JobParams.read(words.value("params"), pairs, in));
        return submitted(client, client.submit(options(request, words)), words);
    }

    private static JobRequest options(JobRequest request, JobArguments words) {
        JobRequest with = request;
        if (words.has("run-at")) {
            with = with.runAt(words.time("run-at", 1));
        }
        if (words.has("timeout")) {
            with = with.timeout(words.duration("timeout"));
        }
        if (words.has("start-within")) {
            with = with.startWithin(words.duration("start-within"));
        }
        if (words.has("after")) {
            with = with.after(
                    words.values("after").stream().map(JobArguments::job).toArray(UUID[]::new));
        }
        for (String text : List.of("idempotency-key", "concurrency-key", "fairness-key")) {
            with = words.has(text) ? with.with(text.replace('-', '_'), TextNode.valueOf(words.value(text))) : with;
        }
        for (String number : List.of("priority", "max-attempts")) {
            with = words.has(number) ? with.with(number.replace('-', '_'), number(words, number)) : with;
        }
        return words.has("ttl") ? with.with("ttl_hours", number(words, "ttl")) : with;
    }

    private static JsonNode number(JobArguments words, String name) {
        return IntNode.valueOf(words.number(name, 0));
    }

    private int submitted(LonghaulClient client, Job job, JobArguments words) {
        if (words.has("wait")) {
            return awaited(client, job.id(), "Job " + job.id() + " is accepted.", words.value("wait"), words);
        }
        print(words.has("json") ? job.json().toString() : job.id().toString());
        return DONE;
    }

    private int waitFor(LonghaulClient client, JobArguments words) {
        List<String> operands = words.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new Misuse("write one id of a job, and how long to wait if there is a limit: job wait ID [DURATION]");
        }
        UUID job = JobArguments.job(operands.get(0));
        return awaited(client, job, "", operands.size() == 2 ? operands.get(1) : "", words);
    }

    private int awaited(LonghaulClient client, UUID id, String begin, String limit, JobArguments words) {
        Duration most = limit.isEmpty() ? WITHOUT_LIMIT : JobArguments.duration(limit, "the time to wait");
        Thread farewell = new Thread(() -> err.println(goesOn(id)), "farewell");
        Runtime.getRuntime().addShutdownHook(farewell);
        err.print(begin.isEmpty() ? "" : begin + System.lineSeparator());
        Job job;
        try {
            job = client.await(id, most);
        } finally {
            forget(farewell);
        }
        if (words.has("json")) {
            print(job.json().toString());
        } else if (job.status() == JobStatus.COMPLETED) {
            print(JobText.result(job.result()));
        }
        return ending(job);
    }

    private int ending(Job job) {
        return switch (job.status()) {
            case COMPLETED -> DONE;
            case FAILED, CANCELLED -> {
                String why = job.error() == null ? "" : ", " + job.errorCode() + ": " + job.error();
                err.println("Job " + job.id() + " is " + job.status().label() + JobText.plain(why));
                yield FAILED;
            }
            case PENDING, RUNNING -> {
                String waits = job.isWaitingForInput()
                        ? " and waits for input: see java -jar app.jar job inputs " + job.id()
                        : "";
                err.println("Job " + job.id() + " is still " + job.status().label() + waits + ". " + goesOn(job.id()));
                yield NOT_NOW;
            }
        };
    }

    private static String goesOn(UUID id) {
        return "The job goes on. Wait for it again: java -jar app.jar job wait " + id;
    }

    private static void forget(Thread farewell) {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // The process is ending and prints the message itself.
            return;
        }
    }

    private int show(Job job, JobArguments words) {
        if (words.has("json")) {
            print(job.json().toString());
        } else {
            JobText.page(job).forEach(this::print);
        }
        return DONE;
    }

    private int cancel(LonghaulClient client, JobArguments words) {
        if (words.operands().isEmpty()) {
            throw new Misuse("write the ids of jobs: job cancel ID ...");
        }
        List<UUID> jobs = words.operands().stream().map(JobArguments::job).toList();
        int exit = DONE;
        for (UUID job : jobs) {
            boolean cancelled = client.cancel(job);
            if (words.has("json")) {
                print(JsonNodeFactory.instance
                        .objectNode()
                        .put("job_id", job.toString())
                        .put("cancelled", cancelled)
                        .toString());
            } else if (cancelled) {
                print(job + " cancelled");
            }
            if (!cancelled) {
                err.println("Job " + job + " had ended before.");
                exit = REFUSED;
            }
        }
        return exit;
    }

    private int list(LonghaulClient client, JobArguments words) {
        noOperands(words);
        int limit = words.number("limit", 20);
        JobFilter filter = filter(words).with("limit", Integer.toString(Math.max(1, Math.min(limit, MOST_PER_PAGE))));
        boolean json = words.has("json");
        if (!json) {
            filter = filter.with("fields", "job_id,status,created_at,duration_ms,tool,attempt");
        }
        if (words.has("since")) {
            filter = filter.createdAfter(words.time("since", -1));
        }
        try (Stream<Job> jobs = client.list(filter).limit(limit)) {
            List<Job> first = json ? List.of() : jobs.toList();
            if (json) {
                jobs.forEach(job -> print(job.json().toString()));
            } else if (first.isEmpty()) {
                err.println("No jobs.");
            } else {
                print(JobText.HEADING);
                first.forEach(job -> print(JobText.row(job)));
            }
        }
        return DONE;
    }

    private static JobFilter filter(JobArguments words) {
        JobFilter filter = JobFilter.ALL;
        for (String name : List.of("status", "tool")) {
            filter = words.has(name) ? filter.with(name, words.value(name)) : filter;
        }
        filter = words.has("trace-id") ? filter.traceId(words.value("trace-id")) : filter;
        return words.has("batch") ? filter.with("batch_id", words.value("batch")) : filter;
    }

    private static void noOperands(JobArguments words) {
        if (!words.operands().isEmpty()) {
            throw new Misuse("job " + words.action() + " takes options only: \""
                    + words.operands().get(0) + "\" is none");
        }
    }

    private int logs(LonghaulClient client, JobArguments words) {
        UUID job = words.job();
        int after = words.number("after", 0);
        if (words.has("search")) {
            if (words.has("follow")) {
                throw new Misuse("job logs: --search looks at the log so far; leave out --follow");
            }
            client.search(job, after, words.value("search")).forEach(line -> print(line, words));
            return DONE;
        }
        if (!words.has("follow")) {
            client.logs(job, after).forEach(line -> print(line, words));
            return DONE;
        }
        try (JobEvents events = client.events(job)) {
            while (events.hasNext()) {
                if (events.next() instanceof JobEvent.Logged logged
                        && logged.line().lineNo() > after) {
                    print(logged.line(), words);
                }
            }
        }
        return DONE;
    }

    private void print(LogLine line, JobArguments words) {
        print(words.has("json") ? json(line).toString() : JobText.log(line));
    }

    private static ObjectNode json(LogLine line) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("line_no", line.lineNo())
                .put("attempt", line.attempt())
                .put("logged_at", String.valueOf(line.loggedAt()))
                .put("line", line.line());
    }

    private int events(LonghaulClient client, JobArguments words) {
        try (JobEvents events = words.operands().isEmpty()
                ? client.events(filter(words), words.value("after"))
                : client.events(words.job(), words.value("after"))) {
            while (events.hasNext()) {
                JobEvent event = events.next();
                String text =
                        words.has("json") ? json(event, events.lastEventId()).toString() : JobText.event(event);
                if (!text.isEmpty()) {
                    print(text);
                }
            }
        }
        return DONE;
    }

    /** As the stream has it: {@code {id, event, data}}. */
    private static ObjectNode json(JobEvent event, String id) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id);
        if (event instanceof JobEvent.State state) {
            json.put("event", "state").set("data", state.job().json());
        } else if (event instanceof JobEvent.Logged logged) {
            json.put("event", "log").set("data", json(logged.line()));
        } else if (event instanceof JobEvent.Progressed progressed) {
            json.put("event", "progress")
                    .putObject("data")
                    .put("fraction", progressed.progress().fraction())
                    .put("message", progressed.progress().message());
        } else {
            json.put("event", event instanceof JobEvent.End ? "end" : "reset");
        }
        return json;
    }

    private void print(String line) {
        out.println(line);
        if (out.checkError()) {
            throw new NobodyReads();
        }
    }
}
