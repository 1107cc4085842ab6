package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.Validator;

/**
 * Checks that the server of a pooled connection still answers. Unlike a validation query it gives up in time if the
 * server's machine is gone and nothing comes back at all. The pool creates it by its class name.
 */
public final class ConnectionCheck implements Validator {
    private static final int SECONDS = 2;

    /** Called by the pool. */
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
