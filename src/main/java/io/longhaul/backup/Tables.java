package io.longhaul.backup;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of a schema as PostgreSQL has them. */
final class Tables {
    private Tables() {}

    /**
     * Sorts tables so that each comes after those that its foreign keys name.
     *
     * @param names quoted nowhere
     */
    static List<String> inOrder(Connection connection, List<String> names) throws SQLException {
        Map<String, List<String>> needs = new LinkedHashMap<>();
        for (String name : names) {
            needs.put(name, Queries.strings(connection, """
                            SELECT DISTINCT r.relname
                            FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid
                            WHERE c.contype = 'f' AND c.conrelid = to_regclass(quote_ident('%s')) AND c.confrelid <> c.conrelid
                            """.formatted(name)));
        }
        List<String> ordered = new ArrayList<>();
        while (!needs.isEmpty()) {
            String next = needs.keySet().stream()
                    .filter(name -> needs.get(name).stream().noneMatch(needs::containsKey))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("foreign keys in a circle: " + needs.keySet()));
            ordered.add(next);
            needs.remove(next);
        }
        return ordered;
    }

    /** The columns that can be written: generated ones cannot. */
    static List<String> columns(Connection connection, String table) throws SQLException {
        return Queries.strings(connection, """
                SELECT attname
                FROM pg_attribute
                WHERE attrelid = to_regclass(quote_ident('%s')) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                ORDER BY attnum
                """.formatted(table));
    }

    static String list(Connection connection, List<String> columns) throws SQLException {
        String names = String.join("', '", columns);
        return Queries.first(
                connection,
                "SELECT string_agg(quote_ident(name), ', ' ORDER BY place) FROM unnest(ARRAY['" + names
                        + "']) WITH ORDINALITY AS c (name, place)");
    }
}
