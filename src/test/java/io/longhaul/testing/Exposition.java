package io.longhaul.testing;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metrics in the text format of Prometheus (version 0.0.4), read strictly: what the format does not allow is an error, and so
 * are a series that comes twice, a metric without help or type, and lines of a metric that are not together.
 */
public final class Exposition {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"(?:,|$)");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary", "untyped");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Set<String> helped = new HashSet<>();
    private final Map<String, Double> values = new LinkedHashMap<>();
    private final Map<String, List<Map<String, String>>> labels = new LinkedHashMap<>();
    private String metric = "";

    private Exposition() {}

    /** Reads what a registry would answer. */
    public static Exposition of(PrometheusRegistry registry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape(), EscapingScheme.ALLOW_UTF8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return parse(out.toString(StandardCharsets.UTF_8));
    }

    /** Reads an answer. */
    public static Exposition parse(String text) {
        Exposition read = new Exposition();
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("The last line does not end.");
        }
        for (String line : text.split("\n")) {
            try {
                read.line(line);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + ": " + line, e);
            }
        }
        return read;
    }

    private void line(String line) {
        if (line.startsWith("# HELP ")) {
            begin(line.split(" ", 4), 4);
            require(helped.add(metric), "second help");
        } else if (line.startsWith("# TYPE ")) {
            String[] words = line.split(" ", 4);
            require(words.length == 4 && metric.equals(words[2]), "type without help before it");
            require(TYPES.contains(words[3]), "unknown type");
            require(types.put(metric, words[3]) == null, "second type");
        } else {
            require(!line.startsWith("#"), "neither help nor type");
            sample(line);
        }
    }

    private void begin(String[] words, int length) {
        require(words.length == length && NAME.matcher(words[2]).matches(), "no name or no text");
        metric = words[2];
    }

    private void sample(String line) {
        Matcher parts = SAMPLE.matcher(line);
        require(parts.matches(), "not a sample");
        String name = parts.group(1);
        require(types.containsKey(metric) && suffixes().contains(name.substring(common(name))), "not of " + metric);
        Map<String, String> pairs = new TreeMap<>();
        if (parts.group(2) != null) {
            readLabels(parts.group(2), pairs);
        }
        double value = number(parts.group(3));
        require(
                !types.get(metric).equals("counter") || (value >= 0 && metric.endsWith("_total")),
                "a counter that falls below zero or is not called total");
        require(values.put(name + shown(pairs), value) == null, "second value of a series");
        labels.computeIfAbsent(name, any -> new ArrayList<>()).add(pairs);
    }

    private int common(String name) {
        require(name.startsWith(metric), "a line of another metric than " + metric);
        return metric.length();
    }

    private Set<String> suffixes() {
        return switch (types.get(metric)) {
            case "histogram" -> Set.of("_bucket", "_sum", "_count");
            case "summary" -> Set.of("", "_sum", "_count");
            default -> Set.of("");
        };
    }

    private static void readLabels(String text, Map<String, String> pairs) {
        Matcher next = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            require(next.find(end) && next.start() == end, "broken labels");
            String value =
                    next.group(2).replace("\\\\", "\0").replace("\\n", "\n").replace("\\\"", "\"");
            require(pairs.put(next.group(1), value.replace("\0", "\\")) == null, "a label twice");
            end = next.end();
        }
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static String shown(Map<String, String> pairs) {
        List<String> shown = new ArrayList<>();
        pairs.forEach((label, value) -> shown.add(label + "=\"" + value + "\""));
        return shown.isEmpty() ? "" : "{" + String.join(",", shown) + "}";
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The value of a series, with its labels in the order of the alphabet, as in {@code name{a="1",b="2"}}. */
    public double value(String series) {
        Double value = values.get(series);
        if (value == null) {
            throw new AssertionError("There is no " + series + " among " + values.keySet());
        }
        return value;
    }

    /** All series, as {@link #value} takes them. */
    public Set<String> series() {
        return values.keySet();
    }

    /** The names that have samples, those of parts of histograms included. */
    public Set<String> names() {
        return labels.keySet();
    }

    /** The metrics with their types. */
    public Map<String, String> types() {
        return types;
    }

    /** The labels of a metric; empty without any, and for one without samples. That of buckets belongs to the format. */
    public Set<String> labelNames(String metric) {
        Set<String> found = new TreeSet<>();
        labels.getOrDefault(metric, labels.getOrDefault(metric + "_count", List.of()))
                .forEach(pairs -> found.addAll(pairs.keySet()));
        return found;
    }

    /** All values of a label of a name. */
    public Set<String> labels(String name, String label) {
        Set<String> found = new TreeSet<>();
        labels.getOrDefault(name, List.of()).forEach(pairs -> found.add(pairs.get(label)));
        return found;
    }
}
