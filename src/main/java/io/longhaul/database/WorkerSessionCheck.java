package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The {@link SessionCheck} of the workers' pool, whose statements are planned differently. The pool creates it by its
 * class name.
 */
public final class WorkerSessionCheck extends SessionCheck {
    /** Called by the pool. */
    public WorkerSessionCheck() {}

    @Override
    void prepare(Connection connection) throws SQLException {
        SessionSettings.prepareForWorkers(connection);
    }
}
