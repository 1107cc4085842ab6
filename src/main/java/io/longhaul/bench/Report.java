package io.longhaul.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Shows figures, as a table or as JSON. */
public final class Report {
    private static final String ROW = "%-32s %-11s %12s %12s %8s %9s %9s%n";

    private Report() {}

    /**
     * For people.
     *
     * @param figures what was measured
     * @return lines of text
     */
    public static String table(List<Figure> figures) {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, ROW, "work", "", "Longhaul", "plain SQL", "ratio", "p50 ms", "p99 ms"));
        for (Figure f : figures) {
            table.append(String.format(
                    Locale.ROOT,
                    ROW,
                    f.work(),
                    f.setting(),
                    shown(f.value()) + (f.unit().equals("ms") ? " ms" : "/s"),
                    shown(f.floor()) + (f.unit().equals("ms") ? " ms" : "/s"),
                    shown(f.ratio()),
                    shown(f.p50()),
                    shown(f.p99())));
        }
        return table.toString();
    }

    private static String shown(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }

    /**
     * For programs.
     *
     * @param figures what was measured
     * @return {@code {"figures": [{work, setting, unit, value, floor, ratio, p50_ms, p99_ms}]}}
     */
    public static String json(List<Figure> figures) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        ArrayNode array = root.putArray("figures");
        for (Figure f : figures) {
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
