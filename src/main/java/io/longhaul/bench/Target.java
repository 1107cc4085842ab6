package io.longhaul.bench;

import io.longhaul.database.SessionDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** A database to measure on; user and password may be null. */
public record Target(String jdbcUrl, String user, String password) {
    /** The same database with another schema. */
    Target inSchema(String schema) {
        String join = jdbcUrl.contains("?") ? "&" : "?";
        return new Target(jdbcUrl + join + "currentSchema=" + schema, user, password);
    }

    SessionDataSource source() {
        // Uses the same session settings as the server, or the two could not be compared.
        SessionDataSource source = new SessionDataSource(jdbcUrl, user, password);
        // Plain SQL is the floor of comparison, so planning must not slow it down.
        source.setPrepareThreshold(1);
        return source;
    }

    Connection connect() throws SQLException {
        return source().getConnection();
    }

    /** Leaves out the password. */
    @Override
    public String toString() {
        return jdbcUrl;
    }
}
