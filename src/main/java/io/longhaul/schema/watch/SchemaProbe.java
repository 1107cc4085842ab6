package io.longhaul.schema.watch;

import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.catalog.CatalogSnapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PooledConnection;

/** Keeps one connection for checks of the schema, so that a pool exhausted by requests does not look like an outage. */
final class SchemaProbe {
    private static final String TABLES = """
            SELECT current_schema(), to_regclass('jobs')::oid, to_regclass('databasechangelog')::oid
            """;
    private static final String LAST_CHANGE = """
            SELECT count(*), max(orderexecuted), max(dateexecuted)
            FROM databasechangelog
            """;

    private final DataSource source;
    private Connection connection;

    SchemaProbe(DataSource source) {
        this.source = source;
    }

    /** A text that changes when something is migrated, dropped or renamed. Costs well under a millisecond. */
    String fingerprint() throws SQLException {
        try (Statement statement = connection().createStatement()) {
            String tables = traits() + row(statement, TABLES);
            return tables.endsWith("null") ? tables : tables + row(statement, LAST_CHANGE);
        }
    }

    ServerTraits traits() throws SQLException {
        return ServerTraits.read(connection());
    }

    /**
     * Makes the next check open a new connection that the pool does not have yet, which takes the settings of that
     * moment.
     */
    void discard() {
        try {
            if (connection != null) {
                connection.unwrap(PooledConnection.class).setDiscarded(true);
            }
        } catch (SQLException e) {
            // The connection is broken or not of a pool: it is closed below.
        }
        close();
    }

    CatalogSnapshot snapshot() throws SQLException {
        return CatalogSnapshot.read(connection());
    }

    /** Gives the connection back; the next check opens another one. */
    void close() {
        Connection last = connection;
        connection = null;
        if (last != null) {
            try (last) {
                last.setNetworkTimeout(Runnable::run, 0);
            } catch (SQLException e) {
                // The connection is broken, which is why it is given up.
            }
        }
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            connection = source.getConnection();
            connection.setAutoCommit(true);
            // Without a timeout, a read from a server that vanished silently would last for ever.
            connection.setNetworkTimeout(Runnable::run, 10_000);
        }
        return connection;
    }

    private static String row(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1) + " " + row.getString(2) + " " + row.getString(3);
        }
    }
}
