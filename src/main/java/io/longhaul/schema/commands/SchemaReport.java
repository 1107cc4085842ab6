package io.longhaul.schema.commands;

import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Repairs;
import io.longhaul.schema.watch.SchemaFinding;
import io.longhaul.schema.watch.SchemaState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints the result of a comparison, for people and for programs. */
final class SchemaReport {
    private final String schema;
    private final SchemaFinding finding;
    private final SchemaState state;

    SchemaReport(String schema, SchemaFinding finding, SchemaState state) {
        this.schema = schema;
        this.finding = finding;
        this.state = state;
    }

    /** One block per table or type, each difference with its severity and its suggested repair. */
    String text() {
        List<String> lines = new ArrayList<>();
        int count = finding.differences().size();
        if (schema == null || (!state.ready() && count == 0 && finding.pending().isEmpty())) {
            return state.message();
        }
        String verdict = count == 0 ? "no difference" : CommandConsole.count(count, "difference");
        verdict += count > 0 && finding.isBenign() ? ", BENIGN: nothing is to be done" : "";
        lines.add("Schema " + schema + " is at level " + finding.foundLevel() + ", compared with level "
                + finding.expectedLevel() + ": " + verdict + ".");
        addChangesets(lines);
        if (finding.differences().stream()
                .anyMatch(difference -> !difference.repair().startsWith("--"))) {
            lines.add("The statements are for a session in that schema: SET search_path = "
                    + Repairs.ident(String.valueOf(schema)) + ";");
        }
        addDifferences(lines);
        if (!state.ready() || !state.cure().isEmpty()) {
            lines.add("");
            String would = state.ready() ? "would serve" : "would not serve";
            lines.add("A server of this release " + would + " on it. " + state.message());
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** The result as one JSON object. */
    Map<String, Object> json() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("equal", finding.differences().isEmpty());
        root.put("benign", finding.isBenign());
        root.put("compatible", state.ready());
        root.put("status", state.status());
        root.put("message", state.message());
        root.put("schema", schema);
        root.put("expected_level", finding.expectedLevel());
        root.put("found_level", finding.foundLevel());
        root.put("pending", finding.pending());
        root.put("unknown", finding.unknown());
        root.put(
                "differences",
                finding.differences().stream().map(SchemaReport::json).toList());
        return root;
    }

    private void addChangesets(List<String> lines) {
        if (!finding.pending().isEmpty()) {
            lines.add("Pending: " + String.join(", ", finding.pending()));
        }
        if (!finding.unknown().isEmpty()) {
            lines.add("Applied by a newer release: " + String.join(", ", finding.unknown()));
        }
    }

    private void addDifferences(List<String> lines) {
        String relation = null;
        for (Difference difference : finding.differences()) {
            if (!difference.fact().relation().equals(relation)) {
                relation = difference.fact().relation();
                lines.add("");
                lines.add(relation);
            }
            lines.add("  " + difference.severity() + "  " + difference.line());
            difference.repair().lines().forEach(line -> lines.add("      " + line));
        }
    }

    private static Map<String, Object> json(Difference difference) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", difference.fact().kind().label());
        fields.put("object", difference.fact().object());
        fields.put("attribute", difference.attribute());
        fields.put("expected", difference.expected());
        fields.put("found", difference.found());
        fields.put("severity", difference.severity());
        fields.put("repair", difference.repair());
        return fields;
    }
}
