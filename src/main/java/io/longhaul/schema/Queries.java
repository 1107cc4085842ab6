package io.longhaul.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs statements without parameters, and queries of which only the first column is read. */
public final class Queries {
    private Queries() {}

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of all rows; a value may be null. */
    public static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    /** The first column of the first row; null if there is no row. */
    public static String first(Connection connection, String query) throws SQLException {
        List<String> values = strings(connection, query);
        return values.isEmpty() ? null : values.get(0);
    }

    /** False if there is no row, or the value is null. */
    public static boolean isTrue(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** True if the search path of the session leads to a table of this name. */
    public static boolean hasTable(Connection connection, String table) throws SQLException {
        return isTrue(connection, "SELECT to_regclass('" + table + "') IS NOT NULL");
    }
}
