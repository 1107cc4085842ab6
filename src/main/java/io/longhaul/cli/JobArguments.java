package io.longhaul.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The arguments after {@code job} or another command of a client: an action, its operands, and options anywhere among them. */
final class JobArguments {
    private static final Set<String> EVERYWHERE = Set.of("url", "json", "help");
    private static final Set<String> FLAGS = Set.of("json", "help", "follow", "decline", "all", "dry-run");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");

    /**
     * What a command understands.
     *
     * @param command its name
     * @param names its actions, for people
     * @param actions each action with its options
     */
    record Grammar(String command, String names, Map<String, Set<String>> actions) {}

    private static final Grammar JOB = new Grammar(
            "job",
            "submit, get, wait, inputs, answer, cancel, retry, list, logs and events",
            Map.of(
                    "submit",
                            options(
                                    "params wait idempotency-key priority run-at timeout start-within max-attempts ttl after concurrency-key"
                                            + " fairness-key"),
                    "get", Set.of(),
                    "wait", Set.of(),
                    "cancel", Set.of(),
                    "retry", options("wait"),
                    "inputs", Set.of(),
                    "answer", options("content decline"),
                    "list", options("status tool trace-id batch since limit"),
                    "logs", options("follow after search"),
                    "events", options("status tool batch after")));

    private final Grammar grammar;
    private final String action;
    private final List<String> operands = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();

    /** The arguments cannot be understood; the message says what is possible. */
    static final class Misuse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Misuse(String message) {
            super(message);
        }
    }

    private JobArguments(Grammar grammar, String action) {
        this.grammar = grammar;
        this.action = action;
    }

    static Set<String> options(String names) {
        return Set.of(names.split(" "));
    }

    static JobArguments of(List<String> words) {
        return of(JOB, words);
    }

    static JobArguments of(Grammar grammar, List<String> words) {
        String action = words.isEmpty() ? "--help" : words.get(0);
        if (action.equals("--help") || action.equals("-h") || action.equals("help")) {
            JobArguments help = new JobArguments(grammar, "help");
            help.options.put("help", List.of(""));
            return help;
        }
        if (!grammar.actions().containsKey(action)) {
            throw new Misuse("there is no \"" + action + "\": " + grammar.names() + " are there; see "
                    + grammar.command() + " --help");
        }
        JobArguments read = new JobArguments(grammar, action);
        read.read(words.subList(1, words.size()));
        return read;
    }

    private void read(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                operands.addAll(words.subList(i + 1, words.size()));
                return;
            }
            if (word.equals("-h")) {
                add("help", "");
            } else if (word.startsWith("--") && word.contains("=")) {
                add(known(word.substring(2, word.indexOf('='))), word.substring(word.indexOf('=') + 1));
            } else if (word.startsWith("--")) {
                String name = known(word.substring(2));
                String next = i + 1 < words.size() ? words.get(i + 1) : null;
                if (FLAGS.contains(name) || (name.equals("wait") && !isDuration(next))) {
                    add(name, "");
                } else if (next == null) {
                    throw new Misuse("--" + name + " needs a value");
                } else {
                    add(name, next);
                    i++;
                }
            } else {
                operands.add(word);
            }
        }
    }

    private void add(String name, String value) {
        options.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    private String known(String name) {
        if (!EVERYWHERE.contains(name) && !grammar.actions().get(action).contains(name)) {
            throw new Misuse(grammar.command() + " " + action + " has no option --" + name + "; see "
                    + grammar.command() + " --help");
        }
        return name;
    }

    String action() {
        return action;
    }

    List<String> operands() {
        return operands;
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    /** The last value given; null for none. */
    String value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    List<String> values(String name) {
        return options.getOrDefault(name, List.of());
    }

    int number(String name, int usual) {
        String value = value(name);
        if (value == null) {
            return usual;
        }
        if (!value.matches("[0-9]{1,9}")) {
            throw new Misuse("--" + name + " is \"" + value + "\": write a whole number");
        }
        return Integer.parseInt(value);
    }

    Duration duration(String name) {
        return duration(value(name), "--" + name);
    }

    static Duration duration(String text, String what) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new Misuse(what + " is \"" + text + "\": write a duration such as 30s, 10m or 2h");
        }
        long count = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static boolean isDuration(String word) {
        return word != null && DURATION.matcher(word).matches();
    }

    /** A time, or a duration before or after now. */
    Instant time(String name, int direction) {
        String text = value(name);
        if (isDuration(text)) {
            return Instant.now().plus(duration(name).multipliedBy(direction));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Misuse("--" + name + " is \"" + text
                    + "\": write a time such as 2026-01-31T12:00:00Z, or a duration" + " such as 2h");
        }
    }

    /** The only operand: the id of a job. */
    UUID job() {
        if (operands.size() != 1) {
            throw new Misuse("write one id of a job: job " + action + " ID");
        }
        return job(operands.get(0));
    }

    static UUID job(String text) {
        return id(text, "a job; job list");
    }

    /** An id, and of what it should be. */
    static UUID id(String text, String what) {
        if (!text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw new Misuse("\"" + text + "\" is not the id of " + what + " shows them");
        }
        return UUID.fromString(text);
    }
}
