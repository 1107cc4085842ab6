package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.apache.tomcat.jdbc.pool.Validator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares a new connection, and checks that the server of a used one still answers. The pool creates it by its class
 * name. Not for connections of a pooler, whose sessions others use as well.
 */
public sealed class SessionCheck implements Validator {
    private static final Logger LOG = LoggerFactory.getLogger(SessionCheck.class);

    private final ConnectionCheck check = new ConnectionCheck();

    /** Called by the pool. */
    public SessionCheck() {}

    @Override
    public final boolean validate(Connection connection, int action) {
        return action == PooledConnection.VALIDATE_INIT ? prepared(connection) : check.validate(connection, action);
    }

    void prepare(Connection connection) throws SQLException {
        SessionSettings.prepareForServer(connection);
    }

    // Done here, because a pool with a validator ignores its initialization query.
    private boolean prepared(Connection connection) {
        try {
            prepare(connection);
            return true;
        } catch (SQLException e) {
            LOG.debug("A session cannot be prepared", e);
            return false;
        }
    }

    /**
     * The {@link SessionCheck} of the workers' pool, whose statements are planned differently. The pool creates it by its
     * class name.
     */
    public static final class ForWorkers extends SessionCheck {
        /** Called by the pool. */
        public ForWorkers() {}

        @Override
        void prepare(Connection connection) throws SQLException {
            SessionSettings.prepareForWorkers(connection);
        }
    }

    /**
     * The {@link SessionCheck} of a command, whose statements and transactions may take any time. The pool creates it by
     * its class name.
     */
    public static final class ForCommands extends SessionCheck {
        /** Called by the pool. */
        public ForCommands() {}

        @Override
        void prepare(Connection connection) throws SQLException {
            SessionSettings.prepare(connection);
        }
    }
}
