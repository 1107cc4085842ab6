package io.longhaul.schema;

import io.longhaul.schema.catalog.CatalogSnapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** One statement, one connection. */
public final class Sql {
    private Sql() {}

    public static void run(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** The first column of the first row; null if there is no row. */
    public static String one(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    public static CatalogSnapshot snapshot(DataSource source) {
        try (Connection connection = source.getConnection()) {
            return CatalogSnapshot.read(connection);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Adds jobs of every status. */
    public static void addJobs(DataSource source, int count) {
        run(source, """
                INSERT INTO jobs (tool_name, trace_id, parameters, result, expires_at, status, completed_at)
                SELECT 'tool.' || i, 'trace', jsonb_build_object('n', i), '[1, {"a": null}]', now() + interval '1 day',
                       (enum_range(NULL::jobstatus))[1 + i %% 5], CASE WHEN i %% 5 > 1 THEN now() END
                FROM generate_series(1, %d) i
                """.formatted(count));
    }

    public static String digest(DataSource source) {
        return one(source, "SELECT md5(string_agg(j::text, ',' ORDER BY id)) FROM jobs j");
    }
}
