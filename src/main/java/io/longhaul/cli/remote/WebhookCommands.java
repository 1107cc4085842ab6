package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.LonghaulClient;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code webhook}: endpoints that are told of the ends of jobs. */
@Command(name = "webhook", description = "Looks after endpoints that are told of the ends of jobs.")
final class WebhookCommands {
    private static final String PATH = "/v1/webhooks";

    private final Shell shell;

    WebhookCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "create",
            description = "Makes an endpoint; prints its id, and its secret, which is shown only once.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook create https://example.com/hooks --event job.failed",
                "  ${ROOT-COMMAND-NAME} webhook create https://example.com/hooks --tool report --include-result --json"
            })
    int create(
            @Parameters(paramLabel = "URL", description = "address that gets the events") String url,
            @Option(names = "--event", paramLabel = "E", description = "an event that it gets; may be repeated")
                    List<String> events,
            @Option(names = "--tool", paramLabel = "TOOL", description = "a tool that it is told of; may be repeated")
                    List<String> tools,
            @Option(names = "--description", paramLabel = "TEXT", description = "for people") String description,
            @Option(names = "--include-result", description = "sends small results with it") boolean includeResult,
            @Mixin OwnSecret secret,
            @Mixin Remote remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("url", url);
        put(body, "events", events);
        put(body, "tools", tools);
        if (description != null) {
            body.put("description", description);
        }
        if (includeResult) {
            body.put("include_result", true);
        }
        secret.put(body, shell.in());
        List<String> paths = ToolCommands.paths(tools);
        return remote.ask(client -> {
            int exit = secret(client.send("POST", PATH, body), remote);
            ToolCommands.warn(client, paths, remote);
            return exit;
        });
    }

    private static void put(ObjectNode body, String name, List<String> values) {
        if (values != null) {
            values.forEach(body.withArray(name)::add);
        }
    }

    private static int secret(JsonNode webhook, Remote remote) {
        return remote.show(webhook, Text.of(webhook, "webhook_id"), "secret " + Text.of(webhook, "secret"));
    }

    /** A secret that the endpoint has already. */
    static final class OwnSecret {
        @Option(
                names = "--secret",
                paramLabel = "SECRET",
                description = "whsec_ and the Base64 of 24 to 64 bytes, @FILE or -; without it, a random one")
        private String secret;

        private void put(ObjectNode body, InputStream in) {
            if (secret != null) {
                body.put("secret", Params.secret("--secret", secret, in));
            }
        }
    }

    @Command(
            name = "show",
            description = "Shows an endpoint.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook show 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook show 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --json"
            })
    int show(
            @Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            JsonNode webhook = client.send("GET", PATH + "/" + id, null);
            return remote.show(webhook, Text.members(webhook));
        });
    }

    @Command(
            name = "change",
            description = "Changes members of an endpoint.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook change 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 '{\"events\": [\"job.failed\"]}'",
                "  ${ROOT-COMMAND-NAME} webhook change 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 @change.json"
            })
    int change(
            @Parameters(index = "0", paramLabel = "ID", description = "id of an endpoint") UUID id,
            @Parameters(index = "1", paramLabel = "JSON", description = "members, named as in the API; @FILE or -")
                    String change,
            @Mixin Remote remote) {
        ObjectNode body = Params.of("the change", change, shell.in());
        return remote.ask(client -> remote.show(client.send("PATCH", PATH + "/" + id, body), id + " changed"));
    }

    @Command(
            name = "list",
            description = "Lists endpoints.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} webhook list", "  ${ROOT-COMMAND-NAME} webhook list --json"})
    int list(@Mixin Watching watching, @Mixin Remote remote) {
        return remote.ask(client -> {
            Table table = new Table("WEBHOOK", "STATUS", "EVENTS", "TOOLS", "URL", "REASON");
            return new Answers(client, remote)
                    .pages(
                            PATH + "?limit=100",
                            "webhooks",
                            Integer.MAX_VALUE,
                            table,
                            webhook -> table.row(
                                    Text.of(webhook, "webhook_id"),
                                    Text.status(shell.ansi(), Text.of(webhook, "status")),
                                    Text.of(webhook, "events"),
                                    Text.of(webhook, "tools"),
                                    Text.of(webhook, "url"),
                                    Text.line(Text.of(webhook, "disabled_reason"), 80)),
                            "There are no endpoints.");
        });
    }

    @Command(
            name = "deliveries",
            description = "Lists what was sent to an endpoint, the newest first.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook deliveries 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook deliveries 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --status failed"
            })
    int deliveries(
            @Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id,
            @Option(names = "--status", paramLabel = "S", description = "pending, delivered or failed") String status,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            converter = Values.OfCount.class,
                            defaultValue = "20",
                            description = "how many (20)")
                    int limit,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        Table table = JobDeliveriesCommand.table("JOB");
        String path = PATH + "/" + id + "/deliveries?limit=100" + Text.query("status", status);
        return remote.ask(client -> new Answers(client, remote)
                .pages(
                        path,
                        "deliveries",
                        limit,
                        table,
                        delivery -> JobDeliveriesCommand.row(table, delivery, "job_id", shell.ansi()),
                        "Nothing was sent."));
    }

    @Command(
            name = "test",
            description = "Sends a test event to an endpoint, and prints the id of its delivery.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook test 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook test 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --json"
            })
    int test(@Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id, @Mixin Remote remote) {
        return remote.ask(client -> {
            JsonNode delivery = client.send("POST", PATH + "/" + id + "/test", null);
            return remote.show(delivery, Text.of(delivery, "delivery_id"));
        });
    }

    @Command(
            name = "pause",
            description = "Sends nothing more to an endpoint for now.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook pause 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook pause 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --json"
            })
    int pause(@Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id, @Mixin Remote remote) {
        return change(id, "/pause", remote, "paused");
    }

    @Command(
            name = "resume",
            description = "Sends to a paused or disabled endpoint again.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook resume 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook resume 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --json"
            })
    int resume(@Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id, @Mixin Remote remote) {
        return change(id, "/resume", remote, "resumed");
    }

    private static int change(UUID id, String verb, Remote remote, String done) {
        return remote.ask(client -> remote.show(client.send("POST", PATH + "/" + id + verb, null), id + " " + done));
    }

    @Command(
            name = "redeliver",
            description = "Sends deliveries of an endpoint again: one, or all that failed since some time.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook redeliver 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --since 24h",
                "  ${ROOT-COMMAND-NAME} webhook redeliver 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04"
                        + " --delivery c1f7a3d2-0b3e-4a8f-9d55-3e7b6f1c8a05"
            })
    int redeliver(
            @Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id,
            @Option(names = "--delivery", paramLabel = "ID", description = "one delivery; see webhook deliveries")
                    UUID delivery,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            converter = Values.OfPast.class,
                            description = "all that failed from this time on, or in the last 2h")
                    Instant since,
            @Mixin Remote remote) {
        if ((delivery == null) == (since == null)) {
            throw new Misuse("write --delivery ID or --since TIME");
        }
        return remote.ask(client -> delivery == null
                ? redeliver(client, id, since, remote)
                : remote.show(
                        client.send("POST", PATH + "/" + id + "/deliveries/" + delivery + "/redeliver", null),
                        "sent again"));
    }

    /** The server takes a thousand at a time. */
    private static int redeliver(LonghaulClient client, UUID id, Instant since, Remote remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("since", since.toString());
        long sum = 0;
        JsonNode answer;
        do {
            answer = client.send("POST", PATH + "/" + id + "/redeliver", body);
            sum += answer.path("redelivered").longValue();
        } while (answer.path("more").booleanValue());
        ObjectNode all =
                JsonNodeFactory.instance.objectNode().put("redelivered", sum).put("more", false);
        return remote.show(all, sum == 0 ? "no delivery has failed since " + since : sum + " sent again");
    }

    @Command(
            name = "rotate-secret",
            description = "Gives an endpoint a new secret, and prints it.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook rotate-secret 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook rotate-secret 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --grace-hours 48"
            })
    int rotateSecret(
            @Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id,
            @Option(
                            names = "--grace-hours",
                            paramLabel = "N",
                            defaultValue = "24",
                            description = "how long the old secret signs as well (24)")
                    int graceHours,
            @Mixin OwnSecret secret,
            @Mixin Remote remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("grace_hours", graceHours);
        secret.put(body, shell.in());
        return remote.ask(client -> secret(client.send("POST", PATH + "/" + id + "/rotate-secret", body), remote));
    }

    @Command(
            name = "delete",
            description = "Removes an endpoint and its deliveries.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} webhook delete 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04",
                "  ${ROOT-COMMAND-NAME} webhook delete 9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04 --json"
            })
    int delete(@Parameters(paramLabel = "ID", description = "id of an endpoint") UUID id, @Mixin Remote remote) {
        String name = id.toString();
        return remote.ask(client -> remote.delete(client, PATH + "/" + name, name, "webhook_id", name));
    }
}
