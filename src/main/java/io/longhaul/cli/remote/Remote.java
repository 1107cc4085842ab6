package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import io.longhaul.client.Warning;
import io.longhaul.environment.Program;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every command that asks a server: which server, and how its answer is printed. */
final class Remote {
    /** As long as a server takes to start again; that none answers is said after a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** A job that takes hours outlives restarts of the servers. */
    private static final Duration PATIENCE_OF_WAITS = Duration.ofMinutes(10);

    /** To make a connection, and until an answer begins, where no limit is shorter. */
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** Beyond a limit: until there a server may hold its answer. */
    private static final Duration DELAY = Duration.ofSeconds(5);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the server, or LONGHAUL_URL; several with commas. Without it, the one on this machine at"
                    + " LONGHAUL_BIND and LONGHAUL_PORT (http://127.0.0.1:8080)")
    private String url;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description = "a server of ~/.config/longhaul/servers.yml, or LONGHAUL_SERVER")
    private String server;

    @Option(names = "--json", description = "prints JSON, one value on a line")
    private boolean json;

    /** Params as they were typed, for what is said of them. */
    private List<String> pairs = List.of();

    /** Where the key is from that was sent; null for none. */
    private String keyFrom;

    /** Names what was sent as the user knows it. */
    private UnaryOperator<String> places = UnaryOperator.identity();

    private final Shell shell;
    private volatile Consumer<String> notices;

    Remote(Shell shell) {
        this.shell = shell;
        this.notices = shell::say;
    }

    /** Names who shows what is to be said while an answer is awaited. */
    void tell(Consumer<String> reader) {
        notices = reader;
    }

    Shell shell() {
        return shell;
    }

    boolean json() {
        return json;
    }

    /** Remembers params of the form key=value. */
    void typed(List<String> given) {
        pairs = given;
    }

    /** Names places of a request, such as {@code /jobs/3}, for what is said of them. */
    void placed(UnaryOperator<String> naming) {
        places = naming;
    }

    /** Asks the server. */
    int ask(ToIntFunction<LonghaulClient> question) {
        return ask(PATIENCE, Values.limit(""), question);
    }

    /** Asks the server for something that takes as long as jobs do. Its first answer comes as soon as any other. */
    int await(ToIntFunction<LonghaulClient> question) {
        return await(Values.limit(""), question);
    }

    /** The same within a time, which is for the whole; zero is a look without a wait. */
    int await(Duration limit, ToIntFunction<LonghaulClient> question) {
        return ask(PATIENCE_OF_WAITS, limit.isZero() ? PATIENCE : limit, question);
    }

    private int ask(Duration patience, Duration whole, ToIntFunction<LonghaulClient> question) {
        try (LonghaulClient client = client(target(), patience, whole)) {
            return question.applyAsInt(client);
        }
    }

    private LonghaulClient client(TargetServer target, Duration patience, Duration whole) {
        try {
            return LonghaulClient.builder(target.urls().split(",", -1))
                    .token(target.key())
                    .connectTimeout(Collections.min(List.of(whole.plus(DELAY), CONNECT)))
                    .timeout(Collections.min(List.of(whole.plus(DELAY), ANSWER)))
                    .patienceAtFirst(PATIENCE)
                    .patience(patience)
                    .giveUpAfter(whole)
                    .whileAway((failure, time) -> notices.accept(away(failure, time)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new Misuse(e.getMessage());
        }
    }

    private static String away(LonghaulException failure, Duration patience) {
        String why = failure.status() == 0 ? "The server does not answer." : Text.line(failure.getMessage(), 400);
        long minutes = patience.toMinutes();
        long seconds = patience.toSeconds();
        String time = minutes > 1 ? minutes + " minutes" : seconds + (seconds == 1 ? " second" : " seconds");
        return why + " (Trying again for " + time + ".)";
    }

    /**
     * Sends a request that makes something. Whether it did so is not known if it is not answered, and said.
     *
     * @param key makes it once, however often it is sent
     */
    @SuppressWarnings("try") // the resource is closed, and needed for nothing else
    <T> T make(String key, Supplier<T> request) {
        try (Farewell farewell = new Farewell(() -> shell.say(unanswered(key)))) {
            return request.get();
        } catch (LonghaulException e) {
            if (e.isOutcomeUnknown()) {
                shell.say(unanswered(key));
            }
            throw e;
        }
    }

    private static String unanswered(String key) {
        return "It is not known whether the server took this. To send it again, and have it done once, run the same command with"
                + " --idempotency-key " + Program.quoted(key);
    }

    private TargetServer target() {
        try {
            TargetServer target = TargetServer.of(url, server, shell.environment(), shell::say);
            keyFrom = target.keyFrom();
            return target;
        } catch (IllegalArgumentException e) {
            throw new Misuse(e.getMessage());
        }
    }

    /** Says what the server accepted, but thinks is a mistake. */
    void warn(JsonNode answer) {
        Warning.of(answer)
                .forEach(warning -> shell.say(Text.plain(places.apply(warning.pointer() + " " + warning.message()))));
    }

    /** Prints an answer: as JSON if that is wanted and it has a body, else for people. */
    int show(JsonNode answer, String... lines) {
        warn(answer);
        if (json) {
            if (!answer.isMissingNode()) {
                shell.print(answer.toString());
            }
        } else {
            for (String line : lines) {
                shell.print(line);
            }
        }
        return ExitCode.DONE;
    }

    /**
     * Removes something. The server's answer to that is empty.
     *
     * @param called as it was named
     * @param member of the JSON, which has the API's name of it
     */
    int delete(LonghaulClient client, String path, String called, String member, String name) {
        client.send("DELETE", path, null);
        JsonNode deleted =
                JsonNodeFactory.instance.objectNode().put(member, name).put("deleted", true);
        return show(deleted, Text.plain(called) + " deleted");
    }

    /** Prints a table, or says that it is empty. */
    int show(Table table, String empty) {
        if (table.isEmpty()) {
            shell.say(empty);
        } else {
            table.lines().forEach(shell::print);
        }
        return ExitCode.DONE;
    }

    /** These options of a command. */
    static Remote of(CommandSpec command) {
        return command.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(Remote.class::isInstance)
                .map(Remote.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** A command line for the same server, to copy. */
    String called(String words) {
        String at = url != null
                ? " --url " + Program.quoted(url)
                : server != null ? " --server " + Program.quoted(server) : "";
        return RemoteCommands.program(shell) + " " + words + at;
    }

    /** A text of the server, for people who write commands. */
    String said(String text) {
        return NamedRequests.asCommands(Text.plain(places.apply(text)), this::called);
    }

    /** Says why the server refused a command, and returns the exit code. */
    int refused(String command, LonghaulException e) {
        shell.say(command + ": " + said(e.getMessage()));
        if (e.errors().size() != 1 || !e.getMessage().contains(e.errors().get(0).message())) {
            e.errors().forEach(place -> shell.say("  " + said(place.pointer() + ": " + place.message())));
        }
        e.errors().forEach(place -> Params.cure(place, pairs).ifPresent(cure -> shell.say("  " + Text.plain(cure))));
        if (e.status() == 401) {
            String used = keyFrom == null
                    ? "No key was sent: LONGHAUL_API_KEY, or the server's key in servers.yml, which goes first,"
                    : "The key was that of " + keyFrom + ", which";
            shell.say("  " + used + " must hold an API key or token of this server.");
        }
        if (e.status() == 404 && (e.errorCode() == null || e.errorCode().equals("NOT_FOUND"))) {
            shell.say(
                    "  Is that the address of the API? Its port is 8080 unless configured otherwise; 8081 is the admin port.");
        }
        if (e.status() >= 500 && e.traceId() != null) {
            shell.say("  The server's log tells more under trace " + e.traceId() + ".");
        }
        return e.status() == 0 || e.status() == 429 || e.status() >= 500 ? ExitCode.NOT_NOW : ExitCode.REFUSED;
    }
}
