package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code view}: lists of jobs that are kept by name. Without an action it lists them. */
@Command(name = "view", description = "Lists of jobs that are kept by name; without an action it lists them.")
final class ViewCommands extends WatchedCommand {
    private static final String PATH = "/v1/views";

    ViewCommands(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        return list(watching, remote());
    }

    @Command(
            name = "list",
            description = "Lists your own views and those that all see.",
            footer = {"Examples:", "  ${ROOT-COMMAND-NAME} view list", "  ${ROOT-COMMAND-NAME} view list --json"})
    int list(@Mixin Watching watching, @Mixin Remote remote) {
        Table table = new Table("VIEW", "FOR", "LIST", "CHANGED BY");
        return remote.ask(client -> new Answers(client, remote)
                .list(
                        client.send("GET", PATH, null).path("views"),
                        table,
                        view -> table.row(
                                Text.of(view, "name"),
                                view.path("shared").booleanValue() ? "all" : "you",
                                Text.of(view, "query"),
                                Text.of(view, "changed_by")),
                        "No list is kept."));
    }

    @Command(
            name = "show",
            description = "Shows a view.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} view show failures",
                "  ${ROOT-COMMAND-NAME} view show failures --shared --json"
            })
    int show(
            @Parameters(paramLabel = "NAME", description = "name of a view; see view list") String name,
            @Mixin Sharing sharing,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            JsonNode view = sharing.find(client, name, () -> client.send("GET", sharing.path(name), null));
            return remote.show(view, Text.members(view));
        });
    }

    @Command(
            name = "save",
            description = "Keeps a list of jobs by name; a view of this name is replaced.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} view save failures 'status=failed&since=24h'",
                "  ${ROOT-COMMAND-NAME} view save samples 'tool=report&columns=params.sample' --shared"
            })
    int save(
            @Parameters(index = "0", paramLabel = "NAME", description = "a name") String name,
            @Parameters(index = "1", paramLabel = "QUERY", description = "what follows /ui/jobs? in the console")
                    String query,
            @Mixin Sharing sharing,
            @Mixin Remote remote) {
        JsonNode body = JsonNodeFactory.instance.objectNode().put("query", query);
        return remote.ask(
                client -> remote.show(client.send("PUT", sharing.path(name), body), Text.plain(name) + " saved"));
    }

    @Command(
            name = "delete",
            description = "Removes a view; its jobs stay.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} view delete failures",
                "  ${ROOT-COMMAND-NAME} view delete failures --shared"
            })
    int delete(
            @Parameters(paramLabel = "NAME", description = "name of a view; see view list") String name,
            @Mixin Sharing sharing,
            @Mixin Remote remote) {
        return remote.ask(client ->
                sharing.find(client, name, () -> remote.delete(client, sharing.path(name), name, "name", name)));
    }

    /** Whose view is meant. */
    static final class Sharing {
        @Option(names = "--shared", description = "the view that all see; without it, your own")
        private boolean shared;

        private String path(String name) {
            return path(name, shared);
        }

        private static String path(String name, boolean shared) {
            return PATH + (shared ? "/shared/" : "/") + Text.part("NAME", name);
        }

        /** Asks for a view, and says where there is one of this name if not here. */
        private <T> T find(LonghaulClient client, String name, Supplier<T> request) {
            try {
                return request.get();
            } catch (LonghaulException e) {
                if (e.status() == 404 && isOther(client, name)) {
                    throw new Misuse(
                            shared
                                    ? "\"" + Text.plain(name) + "\" is your own view: leave out --shared"
                                    : "\"" + Text.plain(name) + "\" is a view that all see: add --shared");
                }
                throw e;
            }
        }

        private boolean isOther(LonghaulClient client, String name) {
            try {
                client.send("GET", path(name, !shared), null);
                return true;
            } catch (LonghaulException e) {
                return false;
            }
        }
    }
}
