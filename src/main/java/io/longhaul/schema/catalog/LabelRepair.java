package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Suggests how to give an enum type its expected labels. PostgreSQL can add and rename labels, never drop or move them. */
final class LabelRepair {
    private final CatalogFact type;
    private final List<String> expected;
    private final List<String> missing;
    private final List<String> extra;

    private LabelRepair(CatalogFact expected, CatalogFact found) {
        this.type = expected;
        this.expected = SeverityRules.labels(expected);
        this.missing = new ArrayList<>(this.expected);
        missing.removeAll(SeverityRules.labels(found));
        this.extra = new ArrayList<>(SeverityRules.labels(found));
        extra.removeAll(this.expected);
    }

    static String of(CatalogFact expected, CatalogFact found) {
        LabelRepair repair = new LabelRepair(expected, found);
        List<String> statements = new ArrayList<>();
        for (String label : List.copyOf(repair.missing)) {
            statements.add(repair.renamed(label));
        }
        if (!repair.extra.isEmpty()) {
            statements.add("-- labels cannot be dropped: " + String.join(", ", repair.extra) + " stays");
        }
        return statements.isEmpty()
                ? "-- labels cannot be moved: make a new type and change the columns to it"
                : statements.stream().collect(Collectors.joining(" "));
    }

    /** A label was renamed if it differs only in case, or if it is the only extra one and one is missing. */
    private String renamed(String label) {
        String from = extra.stream()
                .filter(other -> other.equalsIgnoreCase(label) || (extra.size() == 1 && missing.size() == 1))
                .findFirst()
                .orElse(null);
        String alter = "ALTER TYPE " + Repairs.ident(type.object());
        if (from == null) {
            return alter + " ADD VALUE " + label + position(label) + ";";
        }
        extra.remove(from);
        return alter + " RENAME VALUE " + from + " TO " + label + ";";
    }

    private String position(String label) {
        int index = expected.indexOf(label);
        return index == 0 ? " BEFORE " + expected.get(1) : " AFTER " + expected.get(index - 1);
    }
}
