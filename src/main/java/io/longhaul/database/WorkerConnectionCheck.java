package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.apache.tomcat.jdbc.pool.Validator;

/**
 * Prepares a new connection of the workers, and asks a used one whether its server still answers. The pool makes it by
 * its name.
 */
public final class WorkerConnectionCheck implements Validator {
    /**
     * The engine's statements have an index each; a queue that was empty a moment ago has no statistics to tell. So there
     * is nothing to plan anew for each call either, which would take longer than many of the calls.
     */
    private static final String SETTINGS =
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;"
                    + " SET plan_cache_mode = force_generic_plan";

    private final ConnectionCheck check = new ConnectionCheck();

    /** For the pool. */
    public WorkerConnectionCheck() {}

    @Override
    public boolean validate(Connection connection, int action) {
        return action == PooledConnection.VALIDATE_INIT ? prepare(connection) : check.validate(connection, action);
    }

    // Here, because a pool with a validator leaves out its initialization query.
    private static boolean prepare(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
