package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.Validator;

/**
 * Asks a pooled connection whether its server still answers. Unlike a validation query it gives up in time when the
 * server's machine is gone and nothing comes back at all. The pool makes it by its name.
 */
public final class ConnectionCheck implements Validator {
    private static final int SECONDS = 2;

    /** For the pool. */
    public ConnectionCheck() {}

    @Override
    public boolean validate(Connection connection, int action) {
        try {
            return connection.isValid(SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }
}
