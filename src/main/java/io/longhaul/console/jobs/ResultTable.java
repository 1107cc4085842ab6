package io.longhaul.console.jobs;

import io.longhaul.console.Words;
import io.longhaul.console.jobs.Rows.Cell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A result that is a list of flat objects, as a table.
 *
 * @param columns names of the columns, in the order in which they come up
 * @param rows the first rows, with one cell for each column; a cell without a value is empty
 * @param more whether there are more rows
 * @param left number of columns that are left out
 */
public record ResultTable(List<String> columns, List<List<String>> rows, boolean more, int left) {
    /** As many as somebody reads. */
    private static final int MOST_ROWS = 200;

    private static final int MOST_COLUMNS = 20;
    private static final int LONGEST = 200;

    /**
     * Makes a table of JSON.
     *
     * @param cut whether the end of the text is missing
     * @return null if it is no list of flat objects
     */
    static ResultTable of(String json, boolean cut) {
        try (Rows rows = json == null ? null : Rows.of(json).orElse(null)) {
            return rows == null ? null : read(rows, cut);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Rows.NotRowsException e) {
            return null;
        }
    }

    private static ResultTable read(Rows rows, boolean cut) throws Rows.NotRowsException {
        Set<String> names = new LinkedHashSet<>();
        List<Map<String, Cell>> read = new ArrayList<>();
        Optional<Map<String, Cell>> row = rows.next();
        while (row.isPresent() && read.size() < MOST_ROWS) {
            if (row.get().values().stream().anyMatch(Cell::isNested)) {
                return null;
            }
            names.addAll(row.get().keySet());
            read.add(row.get());
            row = rows.next();
        }
        List<String> columns = names.stream().limit(MOST_COLUMNS).toList();
        return columns.isEmpty()
                ? null
                : new ResultTable(
                        columns,
                        read.stream().map(one -> cells(one, columns)).toList(),
                        cut || row.isPresent(),
                        names.size() - columns.size());
    }

    private static List<String> cells(Map<String, Cell> row, List<String> columns) {
        return columns.stream()
                .map(row::get)
                .map(cell -> cell == null ? "" : cut(cell.text()))
                .toList();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    /** True for a column of numbers, which stand below each other. */
    public boolean isNumber(int column) {
        return rows.stream()
                .map(row -> row.get(column))
                .allMatch(text -> text.isEmpty() || text.matches("-?[0-9][0-9.eE+-]*"));
    }

    /** The number of rows in words. */
    public String words() {
        return (more ? "the first " : "")
                + Words.count(rows.size(), "row", "rows")
                + (left == 0 ? "" : ", without " + Words.count(left, "column", "columns"));
    }
}
