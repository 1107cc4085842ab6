package io.longhaul.cli.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Aligned columns for people. A column without any value is left out; columns of numbers end at the right. */
final class Table {
    private static final String GAP = "  ";
    private static final Pattern COLOUR = Pattern.compile("\u001B\\[[0-9;]*m");
    private static final Pattern NUMBER =
            Pattern.compile("[≤>]?([0-9][0-9.,]*( ?(%|[KMGT]?i?B|ms|s))?|([0-9]+h)?([0-9]+m)?([0-9]+s)?)");

    private final List<String> heading;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heading) {
        this.heading = List.of(heading);
    }

    /** Adds a row with a value for each column; empty for none. */
    void row(String... values) {
        if (values.length != heading.size()) {
            throw new IllegalArgumentException(values.length + " values for " + heading.size() + " columns");
        }
        rows.add(List.of(values));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Its lines, the heading first. */
    List<String> lines() {
        List<StringBuilder> lines = new ArrayList<>();
        lines.add(new StringBuilder());
        rows.forEach(row -> lines.add(new StringBuilder()));
        for (int column = 0; column < heading.size(); column++) {
            append(lines, column);
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private void append(List<StringBuilder> lines, int column) {
        List<String> values = rows.stream().map(row -> row.get(column)).toList();
        if (values.stream().allMatch(String::isEmpty) && !rows.isEmpty()) {
            return;
        }
        boolean right = values.stream()
                .map(Table::bare)
                .allMatch(value -> value.isEmpty() || NUMBER.matcher(value).matches());
        int width = Math.max(
                heading.get(column).length(),
                values.stream().mapToInt(Table::width).max().orElse(0));
        cell(lines.get(0), heading.get(column), width, right);
        for (int i = 0; i < values.size(); i++) {
            cell(lines.get(i + 1), values.get(i), width, right);
        }
    }

    private static void cell(StringBuilder line, String value, int width, boolean right) {
        String space = " ".repeat(width - width(value));
        line.append(line.isEmpty() ? "" : GAP).append(right ? space + value : value + space);
    }

    private static String bare(String value) {
        return COLOUR.matcher(value).replaceAll("");
    }

    private static int width(String value) {
        return bare(value).codePointCount(0, bare(value).length());
    }
}
