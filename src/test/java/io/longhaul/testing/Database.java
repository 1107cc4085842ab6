package io.longhaul.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database as somebody beside the nodes sees it: one statement, one connection. */
public final class Database {
    private final DataSource source;

    /**
     * Looks at a database.
     *
     * @param source opens a connection for each statement
     */
    public Database(DataSource source) {
        this.source = source;
    }

    /**
     * Runs a statement.
     *
     * @param sql what to run
     */
    public void run(String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /**
     * Asks for rows.
     *
     * @param sql what to ask
     * @return their first columns, as text
     */
    public List<String> column(String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /**
     * Asks for a number.
     *
     * @param sql what to ask
     * @return the first column of the first row
     */
    public long number(String sql) {
        return Long.parseLong(column(sql).get(0));
    }
}
