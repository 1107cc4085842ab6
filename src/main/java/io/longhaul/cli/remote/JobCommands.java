package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.JobEvents;
import io.longhaul.client.JobFilter;
import io.longhaul.client.JobRequest;
import io.longhaul.client.LonghaulClient;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code job}: submits jobs to a server and looks after them. */
@Command(
        name = "job",
        description = "Submits jobs to a server and looks after them.",
        subcommands = {
            LogCommand.class,
            JobChainCommand.class,
            JobDeliveriesCommand.class,
            QuestionCommands.Inputs.class,
            QuestionCommands.Answer.class
        })
final class JobCommands {
    private static final int MOST_PER_PAGE = 100;

    private final Shell shell;

    JobCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "submit",
            description = "Submits a job and prints its id, or waits for its end and prints its result.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job submit fasta.stats path=genome.fa --wait",
                "  ${ROOT-COMMAND-NAME} job submit report --params @params.json --idempotency-key may --priority 5",
                "  ${ROOT-COMMAND-NAME} job submit report --retry '{\"backoff\": \"1m\"}' --webhook https://example.com/hooks"
            })
    int submit(
            @Parameters(index = "0", paramLabel = "TOOL", description = "the name of a tool; see tool list")
                    String tool,
            @Parameters(
                            index = "1..*",
                            paramLabel = "key=value",
                            arity = "0..*",
                            description = "params; a value is JSON if it is JSON, else a text")
                    List<String> pairs,
            @Option(
                            names = "--params",
                            paramLabel = "JSON",
                            description = "params as JSON, @FILE for a file, or - for standard input")
                    String params,
            @Option(
                            names = "--wait",
                            arity = "0..1",
                            paramLabel = "DURATION",
                            parameterConsumer = Values.OptionalDuration.class,
                            description = "waits for the end, without a limit or so long, and prints the result")
                    String wait,
            @Mixin JobOptions options,
            @Mixin Waiting waiting,
            @Mixin Remote remote) {
        List<String> given = pairs == null ? List.of() : pairs;
        remote.typed(given);
        ObjectNode whole = params == null && pairs == null ? null : Params.read(params, given, shell.in());
        JobRequest request = options.request(tool, whole, shell.in());
        return wait == null
                ? remote.ask(client -> submitted(submit(client, request, options, remote), remote))
                : remote.await(
                        Values.limit(wait),
                        client -> awaited(client, submit(client, request, options, remote), wait, waiting, remote));
    }

    private static Job submit(LonghaulClient client, JobRequest request, JobOptions options, Remote remote) {
        return remote.make(options.key(), () -> client.submit(request));
    }

    private int submitted(Job job, Remote remote) {
        return remote.show(job.json(), job.id().toString());
    }

    private int awaited(LonghaulClient client, Job job, String wait, Waiting waiting, Remote remote) {
        remote.warn(job.json());
        waiting.accepted(job.id());
        return waiting.await(client, job.id(), wait, remote);
    }

    @Command(
            name = "get",
            description = "Shows a job.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job get 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} job get 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
            })
    int get(
            @Parameters(paramLabel = "ID", description = "id of a job") UUID id,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> show(client.get(id), remote));
    }

    private int show(Job job, Remote remote) {
        return remote.show(job.json(), JobText.page(job, shell.ansi()).toArray(String[]::new));
    }

    @Command(
            name = "wait",
            description = "Waits for the ends of jobs and prints their results.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job wait 3f2504e0-4f89-41d3-9a0c-0305e82c3301 10m",
                "  ${ROOT-COMMAND-NAME} job wait $(cat ids) --json --quiet"
            })
    int waitFor(
            @Parameters(
                            paramLabel = "ID",
                            arity = "1..*",
                            description = "ids of jobs; a last word such as 10m limits the time for each")
                    List<String> words,
            @Mixin Waiting waiting,
            @Mixin Remote remote) {
        String last = words.get(words.size() - 1);
        boolean limited = Values.isDuration(last);
        List<UUID> ids = words.subList(0, limited ? words.size() - 1 : words.size()).stream()
                .map(new Values.OfId()::convert)
                .toList();
        if (ids.isEmpty()) {
            throw new Misuse("write the ids of jobs before the time to wait: job wait ID ... [DURATION]");
        }
        String limit = limited ? last : "";
        return remote.await(
                Values.limit(limit).multipliedBy(ids.size()),
                client -> ids.stream()
                        .mapToInt(id -> waiting.await(client, id, limit, remote))
                        .max()
                        .orElse(ExitCode.DONE));
    }

    @Command(
            name = "cancel",
            description = "Cancels jobs.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job cancel 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} job cancel $(cat ids)"
            })
    int cancel(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "ids of jobs") List<UUID> ids,
            @Mixin Remote remote) {
        return remote.ask(client -> ids.stream()
                .mapToInt(id -> cancelled(id, client.cancel(id), remote))
                .max()
                .orElse(ExitCode.DONE));
    }

    private int cancelled(UUID id, boolean cancelled, Remote remote) {
        JsonNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("job_id", id.toString())
                .put("cancelled", cancelled);
        if (cancelled || remote.json()) {
            remote.show(answer, id + " cancelled");
        }
        if (!cancelled) {
            shell.say("Job " + id + " had ended before.");
        }
        return cancelled ? ExitCode.DONE : ExitCode.REFUSED;
    }

    @Command(
            name = "retry",
            description = "Repeats a job that has ended as a new one, and prints its id.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job retry 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} job retry 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --wait 5m"
            })
    int retry(
            @Parameters(paramLabel = "ID", description = "id of a job") UUID id,
            @Option(names = "--idempotency-key", paramLabel = "KEY", description = "makes the new job once") String key,
            @Option(
                            names = "--wait",
                            arity = "0..1",
                            paramLabel = "DURATION",
                            parameterConsumer = Values.OptionalDuration.class,
                            description = "waits for the end, without a limit or so long, and prints the result")
                    String wait,
            @Mixin Waiting waiting,
            @Mixin Remote remote) {
        String once = key == null ? UUID.randomUUID().toString() : key;
        Function<LonghaulClient, Job> retried = client -> remote.make(once, () -> client.retry(id, once));
        return wait == null
                ? remote.ask(client -> submitted(retried.apply(client), remote))
                : remote.await(
                        Values.limit(wait), client -> awaited(client, retried.apply(client), wait, waiting, remote));
    }

    @Command(
            name = "list",
            description = "Lists jobs, the newest first.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job list --status pending,running --watch",
                "  ${ROOT-COMMAND-NAME} job list --tool report --since 24h --limit 100 --json",
                "  ${ROOT-COMMAND-NAME} job list --filter '{\"params\": {\"sample\": \"S1\"}}' --sort=-completed_at"
            })
    int list(
            @Mixin JobSelection selection,
            @Option(
                            names = "--sort",
                            paramLabel = "ORDER",
                            description = "created_at, completed_at, or one of them after a minus (-created_at)")
                    String sort,
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
            JobFilter wanted =
                    selection.in(shell.in(), client).with("limit", Integer.toString(Math.min(limit, MOST_PER_PAGE)));
            return list(client, sort == null ? wanted : wanted.with("sort", sort), limit, remote);
        });
    }

    private int list(LonghaulClient client, JobFilter filter, int limit, Remote remote) {
        JobFilter wanted = remote.json() ? filter : filter.with("fields", JobText.FIELDS);
        try (Stream<Job> jobs = client.list(wanted).limit(limit)) {
            if (!remote.json()) {
                return remote.show(JobText.table(jobs.toList(), shell.ansi()), "No jobs.");
            }
            jobs.forEach(job -> shell.print(job.json().toString()));
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "attempts",
            description = "Lists the attempts of a job.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job attempts 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} job attempts 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
            })
    int attempts(
            @Parameters(paramLabel = "ID", description = "id of a job") UUID id,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("ATTEMPT", "STATUS", "NODE", "STARTED", "ENDED", "TOOK", "ERROR");
            return new Answers(client, remote)
                    .list(
                            client.send("GET", "/v1/jobs/" + id + "/attempts", null)
                                    .path("attempts"),
                            table,
                            attempt -> JobText.attempt(table, attempt, shell.ansi()),
                            "It has not begun yet.");
        });
    }

    @Command(
            name = "events",
            description = "Prints what happens to a job, or to all from now on.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job events --tool report --status failed",
                "  ${ROOT-COMMAND-NAME} job events 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
            })
    int events(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "id of a job; all jobs without it") UUID id,
            @Option(names = "--after", paramLabel = "EVENT_ID", description = "goes on behind an event") String after,
            @Mixin JobFilterOptions filter,
            @Mixin Remote remote) {
        return remote.await(client -> {
            try (JobEvents events =
                    id == null ? client.events(filter.filter(client), after) : client.events(id, after)) {
                while (events.hasNext()) {
                    print(events.next(), events.lastEventId(), remote);
                }
            }
            return ExitCode.DONE;
        });
    }

    private void print(JobEvent event, String id, Remote remote) {
        String text = JobText.event(event, shell.ansi());
        if (remote.json() || !text.isEmpty()) {
            remote.show(JobText.json(event, id), text);
        }
    }
}
