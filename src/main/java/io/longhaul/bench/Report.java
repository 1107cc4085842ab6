package io.longhaul.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.database.ServerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shows figures, as a table or as JSON. */
public final class Report {
    private static final String ROW = "%-32s %-11s %12s %12s %8s %9s %9s%n";

    /** Settings a reader needs to compare figures. */
    private static final List<String> SETTINGS = List.of(("jit fsync full_page_writes synchronous_commit"
                    + " shared_buffers work_mem max_wal_size wal_level random_page_cost autovacuum")
            .split(" "));

    private Report() {}

    /** Describes the measured server, with warnings about slow settings, in lines of text. */
    static List<String> lines(ServerSettings server) {
        List<String> lines = new ArrayList<>();
        lines.add("PostgreSQL " + server.version() + ": "
                + SETTINGS.stream()
                        .map(name -> name + " " + server.values().get(name)
                                + (name.equals("jit") ? " (off in sessions of ours)" : ""))
                        .collect(Collectors.joining(", ")));
        server.warnings().forEach(one -> lines.add("Warning: " + one.message() + " " + one.cure() + "."));
        return lines;
    }

    /** The results as lines of text for people. */
    public static String table(Bench.Result result) {
        StringBuilder table = new StringBuilder();
        lines(result.server()).forEach(line -> table.append(line).append(System.lineSeparator()));
        table.append(String.format(Locale.ROOT, ROW, "work", "", "Longhaul", "floor", "ratio", "p50 ms", "p99 ms"));
        for (Bench.Figure f : result.figures()) {
            table.append(String.format(
                    Locale.ROOT,
                    ROW,
                    f.work(),
                    f.setting(),
                    shown(f.value()) + unit(f),
                    Double.isNaN(f.floor()) ? "-" : shown(f.floor()) + unit(f),
                    shown(f.ratio()),
                    shown(f.p50()),
                    shown(f.p99())));
        }
        return table.toString();
    }

    private static String unit(Bench.Figure figure) {
        return figure.unit().equals("jobs/s") ? "/s" : " " + figure.unit();
    }

    private static String shown(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }

    /**
     * The results for programs.
     *
     * @return {@code {"server": {version, settings, warnings}, "figures": [{work, setting, unit, value, floor, ratio,
     *     p50_ms, p99_ms}]}}
     */
    public static String json(Bench.Result result) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        ServerSettings server = result.server();
        ObjectNode told = root.putObject("server").put("version", server.version());
        ObjectNode settings = told.putObject("settings");
        SETTINGS.forEach(name -> settings.put(name, server.values().get(name)));
        ArrayNode warnings = told.putArray("warnings");
        server.warnings().forEach(one -> warnings.add(one.message()));
        ArrayNode array = root.putArray("figures");
        for (Bench.Figure f : result.figures()) {
            ObjectNode node = array.addObject()
                    .put("work", f.work())
                    .put("setting", f.setting())
                    .put("unit", f.unit());
            put(node, "value", f.value());
            put(node, "floor", f.floor());
            put(node, "ratio", f.ratio());
            put(node, "p50_ms", f.p50());
            put(node, "p99_ms", f.p99());
        }
        return root.toPrettyString();
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }
}
