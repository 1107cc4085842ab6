package io.longhaul.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server with {@code auto_explain} tells of the statements of our sessions. */
public final class ExplainLog {
    /** Settings of a server whose log can be read so. */
    public static final List<String> SETTINGS = List.of(
            "session_preload_libraries=auto_explain",
            "auto_explain.log_min_duration=0",
            "auto_explain.log_format=json",
            "log_line_prefix=@@%a@@");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ENTRY = Pattern.compile(
            "^@@longhaul@@LOG: +duration: ([0-9.]+) ms  plan:\\s(.*?)(?=^@@|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

    private final Map<String, Statement> statements = new TreeMap<>();

    /** Runs of a statement, and how many of them the JIT compiler had a part in. */
    private record Statement(List<Double> millis, List<JsonNode> compiled) {}

    private ExplainLog() {}

    /**
     * Reads a log.
     *
     * @param file of a server with {@link #SETTINGS}
     * @return what the sessions of nodes have run
     */
    public static ExplainLog read(Path file) throws IOException {
        ExplainLog log = new ExplainLog();
        Matcher entry = ENTRY.matcher(Files.readString(file));
        while (entry.find()) {
            log.add(Double.parseDouble(entry.group(1)), JSON.readTree(entry.group(2)));
        }
        return log;
    }

    private void add(double millis, JsonNode plan) {
        String text = plan.path("Query Text").asText().replaceAll("\\s+", " ").strip();
        Statement statement =
                statements.computeIfAbsent(text, unseen -> new Statement(new ArrayList<>(), new ArrayList<>()));
        statement.millis().add(millis);
        if (plan.has("JIT")) {
            statement.compiled().add(plan.path("JIT"));
        }
    }

    /**
     * All that ran.
     *
     * @return their texts
     */
    public List<String> statements() {
        return List.copyOf(statements.keySet());
    }

    /**
     * What the JIT compiler had a part in.
     *
     * @return their texts
     */
    public List<String> compiled() {
        return statements.entrySet().stream()
                .filter(entry -> !entry.getValue().compiled().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * What is slow by itself: another's work on the machine slows a run of it down, but not each.
     *
     * @param millis how long its fastest run may take
     * @return their times and texts
     */
    public List<String> slowerThan(double millis) {
        return statements.entrySet().stream()
                .filter(entry -> entry.getValue().millis().stream().allMatch(one -> one > millis))
                .map(entry -> entry.getValue().millis() + " ms: " + entry.getKey())
                .toList();
    }
}
