package io.longhaul.cli.remote;

import io.longhaul.environment.Program;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests that texts of the server name, as commands: the server writes for clients of its HTTP API. */
final class NamedRequests {
    private static final Pattern REQUEST =
            Pattern.compile("\\b(GET|POST|PATCH|PUT|DELETE) /v1/([\\w{}./%~-]*[\\w}])(?:\\?([\\w=&.%~-]*\\w))?");

    /** A path with fixed parts comes before one that has a name there. */
    private static final List<Entry> ENTRIES = """
            GET jobs | job list
            POST jobs | job submit TOOL
            POST jobs/cancel | operation create cancel
            POST jobs/retry | operation create retry
            GET jobs/{id} | job get {id}
            DELETE jobs/{id} | job cancel {id}
            GET jobs/{id}/files | file list {id}
            GET jobs/{id}/inputs | job inputs {id}
            POST jobs/{id}/inputs/{key} | job answer {id} {key}
            GET jobs/{id}/logs | job logs {id}
            POST jobs/{id}/retry | job retry {id}
            POST files | file put FILE
            GET files/{id} | file get {id}
            GET batches/{id} | batch show {id}
            GET mcp/tools | tool list
            GET tools | tool list
            GET tools/{name} | tool show {name}
            DELETE tools/{name} | tool delete {name}
            GET failures | failure
            GET views | view list
            GET operations | operation list
            GET operations/{id} | operation show {id}
            POST operations/{id}/cancel | operation cancel {id}
            GET schedules | schedule list
            GET schedules/{id} | schedule show {id}
            PATCH schedules/{id} | schedule change {id} JSON
            GET schedules/{id}/jobs | job list --schedule {id}
            GET webhooks | webhook list
            GET webhooks/{id} | webhook show {id}
            GET webhooks/{id}/deliveries | webhook deliveries {id}
            POST webhooks/{id}/resume | webhook resume {id}
            POST webhooks/{id}/rotate-secret | webhook rotate-secret {id}
            """.lines().map(Entry::of).toList();

    private NamedRequests() {}

    /** A request and its command; what is in braces is the same in both. */
    record Entry(String method, List<String> path, String command) {
        private static Entry of(String line) {
            String[] parts = line.split(" \\| ", -1);
            String[] request = parts[0].split(" ", -1);
            return new Entry(request[0], List.of(request[1].split("/", -1)), parts[1]);
        }

        /** The command of a request; empty if it is another request. */
        private Optional<String> command(String requested, List<String> asked) {
            if (!method.equals(requested) || path.size() != asked.size()) {
                return Optional.empty();
            }
            String words = command;
            for (int i = 0; i < path.size(); i++) {
                String part = path.get(i);
                if (part.startsWith("{")) {
                    words = words.replace(part, operand(asked.get(i)));
                } else if (!part.equals(asked.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(words);
        }

        private static String operand(String value) {
            return value.startsWith("{")
                    ? value.replaceAll("[{}]", "").toUpperCase(Locale.ROOT)
                    : Program.quoted(value);
        }
    }

    static List<Entry> entries() {
        return ENTRIES;
    }

    /**
     * A text with commands in place of requests. One that has no command stays.
     *
     * @param called the whole command line of a command
     */
    static String asCommands(String text, UnaryOperator<String> called) {
        return REQUEST.matcher(text)
                .replaceAll(request -> Matcher.quoteReplacement(command(request)
                        .map(words -> "`" + called.apply(words) + "`")
                        .orElse(request.group())));
    }

    private static Optional<String> command(MatchResult request) {
        List<String> asked = List.of(request.group(2).split("/"));
        return ENTRIES.stream()
                .flatMap(entry -> entry.command(request.group(1), asked).stream())
                .findFirst()
                .map(words -> words + options(request.group(3)));
    }

    /** Such as {@code --tool report --force}. */
    private static String options(String query) {
        return query == null
                ? ""
                : (" --" + query.replace("&", " --")).replace("=true", "").replace('=', ' ');
    }
}
