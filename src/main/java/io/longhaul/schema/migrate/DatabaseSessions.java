package io.longhaul.schema.migrate;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Describes sessions of the database for people who have to find and perhaps end them. */
final class DatabaseSessions {
    /** PostgreSQL hides other users' statements unless the role may see them (pg_read_all_stats). */
    static final String SELECT = """
            SELECT a.pid, a.usename, a.application_name, host(a.client_addr), a.state,
                   extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start))::bigint,
                   left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80)
            FROM pg_stat_activity a
            """;

    private DatabaseSessions() {}

    /** The sessions that block another one, in words. */
    static List<String> blocking(Connection connection, int pid) throws SQLException {
        return list(connection, SELECT + "WHERE a.pid = ANY (pg_blocking_pids(" + pid + ")) ORDER BY a.pid");
    }

    static List<String> list(Connection connection, String query) throws SQLException {
        List<String> sessions = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                sessions.add(words(row));
            }
        }
        return sessions;
    }

    private static String words(ResultSet row) throws SQLException {
        StringBuilder words = new StringBuilder("pid " + row.getInt(1));
        words.append(" (user ").append(row.getString(2));
        add(words, ", application ", row.getString(3));
        add(words, ", from ", row.getString(4));
        add(words, ", ", row.getString(5));
        words.append(", for ").append(row.getLong(6)).append(" s)");
        add(words, ": ", row.getString(7));
        return words.toString();
    }

    private static void add(StringBuilder words, String label, String value) {
        if (value != null && !value.isBlank()) {
            words.append(label).append(value);
        }
    }
}
