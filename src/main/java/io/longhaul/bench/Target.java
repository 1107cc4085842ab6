package io.longhaul.bench;

import io.longhaul.database.SessionDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A database to measure on.
 *
 * @param jdbcUrl {@code jdbc:postgresql:...}
 * @param user or null
 * @param password or null
 */
public record Target(String jdbcUrl, String user, String password) {
    /** The same database, with a schema of its own for all that is made there. */
    Target inSchema(String schema) {
        String join = jdbcUrl.contains("?") ? "&" : "?";
        return new Target(jdbcUrl + join + "currentSchema=" + schema, user, password);
    }

    SessionDataSource source() {
        // With the settings of our own sessions, or the two could not be compared.
        SessionDataSource source = new SessionDataSource(jdbcUrl, user, password);
        // As the floor of comparison it must not be held back by planning.
        source.setPrepareThreshold(1);
        return source;
    }

    Connection connect() throws SQLException {
        return source().getConnection();
    }

    /** The password stays out. */
    @Override
    public String toString() {
        return jdbcUrl;
    }
}
