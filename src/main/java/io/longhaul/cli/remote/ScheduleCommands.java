package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.LonghaulClient;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code schedule}: submits jobs at times of a cron expression. */
@Command(name = "schedule", description = "Submits jobs at times of a cron expression.")
final class ScheduleCommands {
    private static final String PATH = "/v1/schedules";

    private final Shell shell;

    ScheduleCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "create",
            description = "Makes a schedule and prints its id.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule create nightly '0 2 * * *' report month=5",
                "  ${ROOT-COMMAND-NAME} schedule create week '0 6 * * MON' report --time-zone Europe/Berlin --overlap skip"
            })
    int create(
            @Parameters(index = "0", paramLabel = "NAME", description = "a name that no other schedule has")
                    String name,
            @Parameters(
                            index = "1",
                            paramLabel = "CRON",
                            description = "minute, hour, day of month, month, day of week; or such as @daily")
                    String cron,
            @Parameters(index = "2", paramLabel = "TOOL", description = "name of a tool") String tool,
            @Parameters(index = "3..*", arity = "0..*", paramLabel = "key=value", description = "params of its jobs")
                    List<String> pairs,
            @Option(names = "--params", paramLabel = "JSON", description = "params as JSON, @FILE or -") String params,
            @Option(
                            names = "--time-zone",
                            paramLabel = "ZONE",
                            description = "of the times, such as Europe/Berlin (UTC)")
                    String zone,
            @Option(names = "--misfire", paramLabel = "M", description = "what becomes of missed runs; see the API")
                    String misfire,
            @Option(
                            names = "--overlap",
                            paramLabel = "O",
                            description = "whether a run may begin while the last goes on")
                    String overlap,
            @Option(names = "--paused", description = "makes it paused") boolean paused,
            @Option(names = "--set", paramLabel = "JSON", description = "more members of the body, named as in the API")
                    String more,
            @Mixin Remote remote) {
        ObjectNode body = more == null ? JsonNodeFactory.instance.objectNode() : Params.of("--set", more, shell.in());
        body.put("name", name).put("cron", cron).put("tool", tool);
        List<String> given = pairs == null ? List.of() : pairs;
        remote.typed(given);
        body.set("params", Params.read(params, given, shell.in()));
        put(body, "time_zone", zone);
        put(body, "misfire", misfire);
        put(body, "overlap", overlap);
        if (paused) {
            body.put("paused", true);
        }
        return remote.ask(client -> {
            JsonNode made = client.send("POST", PATH, body);
            return remote.show(made, Text.of(made, "schedule_id"));
        });
    }

    private static void put(ObjectNode body, String name, String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    @Command(
            name = "list",
            description = "Lists schedules with their next runs.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} schedule list", "  ${ROOT-COMMAND-NAME} schedule list --json"
            })
    int list(@Mixin Watching watching, @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("SCHEDULE", "NAME", "TOOL", "CRON", "ZONE", "NEXT RUN", "LAST RUN", "ERROR");
            return new Answers(client, remote)
                    .pages(
                            PATH + "?limit=100",
                            "schedules",
                            Integer.MAX_VALUE,
                            table,
                            schedule -> row(table, schedule),
                            "There are no schedules.");
        });
    }

    private static void row(Table table, JsonNode schedule) {
        table.row(
                Text.of(schedule, "schedule_id"),
                Text.line(Text.of(schedule, "name"), 40),
                Text.of(schedule, "tool"),
                Text.of(schedule, "cron"),
                Text.of(schedule, "time_zone"),
                schedule.path("paused").booleanValue() ? "paused" : Text.time(schedule, "next_run_at"),
                Text.time(schedule, "last_run_at"),
                Text.line(Text.of(schedule, "last_error"), 80));
    }

    @Command(
            name = "show",
            description = "Shows a schedule.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule show nightly",
                "  ${ROOT-COMMAND-NAME} schedule show 6c84fb90-12c4-41e1-840d-725d7f3a6a03 --json"
            })
    int show(
            @Parameters(paramLabel = "NAME|ID", description = "a schedule") String schedule,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            JsonNode found = client.send("GET", path(client, schedule, ""), null);
            Stream<String> overlap = found.has("overlap") ? Stream.empty() : Stream.of("overlap          allow");
            return remote.show(
                    found,
                    Stream.concat(Stream.of(Text.members(found)), overlap).toArray(String[]::new));
        });
    }

    @Command(
            name = "run",
            description = "Submits a job of a schedule now, and prints its id.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule run nightly",
                "  ${ROOT-COMMAND-NAME} job wait $(${ROOT-COMMAND-NAME} schedule run 6c84fb90-12c4-41e1-840d-725d7f3a6a03)"
            })
    int run(
            @Parameters(paramLabel = "NAME|ID", description = "a schedule") String schedule,
            @Option(names = "--idempotency-key", paramLabel = "KEY", description = "makes the job once") String key,
            @Mixin Remote remote) {
        String once = key == null ? UUID.randomUUID().toString() : key;
        return remote.ask(client -> {
            String path = path(client, schedule, "/run");
            JsonNode job = remote.make(once, () -> client.send("POST", path, null, "Idempotency-Key", once));
            return remote.show(job, Text.of(job, "job_id"));
        });
    }

    @Command(
            name = "pause",
            description = "Lets a schedule rest.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule pause nightly",
                "  ${ROOT-COMMAND-NAME} schedule pause 6c84fb90-12c4-41e1-840d-725d7f3a6a03 --json"
            })
    int pause(@Parameters(paramLabel = "NAME|ID", description = "a schedule") String schedule, @Mixin Remote remote) {
        return change(schedule, JsonNodeFactory.instance.objectNode().put("paused", true), remote, "paused");
    }

    @Command(
            name = "resume",
            description = "Lets a paused schedule go on.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule resume nightly",
                "  ${ROOT-COMMAND-NAME} schedule resume 6c84fb90-12c4-41e1-840d-725d7f3a6a03 --json"
            })
    int resume(@Parameters(paramLabel = "NAME|ID", description = "a schedule") String schedule, @Mixin Remote remote) {
        return change(schedule, JsonNodeFactory.instance.objectNode().put("paused", false), remote, "resumed");
    }

    @Command(
            name = "change",
            description = "Changes members of a schedule.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule change nightly '{\"cron\": \"0 3 * * *\"}'",
                "  ${ROOT-COMMAND-NAME} schedule change 6c84fb90-12c4-41e1-840d-725d7f3a6a03 @change.json"
            })
    int change(
            @Parameters(index = "0", paramLabel = "NAME|ID", description = "a schedule") String schedule,
            @Parameters(index = "1", paramLabel = "JSON", description = "members, named as in the API; @FILE or -")
                    String change,
            @Mixin Remote remote) {
        return change(schedule, Params.of("the change", change, shell.in()), remote, "changed");
    }

    private static int change(String schedule, ObjectNode body, Remote remote, String done) {
        return remote.ask(client ->
                remote.show(client.send("PATCH", path(client, schedule, ""), body), Text.plain(schedule) + " " + done));
    }

    @Command(
            name = "delete",
            description = "Removes a schedule; its jobs stay.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} schedule delete nightly",
                "  ${ROOT-COMMAND-NAME} schedule delete 6c84fb90-12c4-41e1-840d-725d7f3a6a03 --json"
            })
    int delete(@Parameters(paramLabel = "NAME|ID", description = "a schedule") String schedule, @Mixin Remote remote) {
        return remote.ask(client -> {
            String id = ScheduleName.id(client, schedule).toString();
            return remote.delete(client, PATH + "/" + id, schedule, "schedule_id", id);
        });
    }

    private static String path(LonghaulClient client, String schedule, String verb) {
        return PATH + "/" + ScheduleName.id(client, schedule) + verb;
    }
}
