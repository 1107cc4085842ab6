package io.longhaul.database;

import java.sql.Connection;
import java.sql.SQLException;

/** The same for the workers, whose statements are planned in another way. The pool makes it by its name. */
public final class WorkerSessionCheck extends SessionCheck {
    /** For the pool. */
    public WorkerSessionCheck() {}

    @Override
    void prepare(Connection connection) throws SQLException {
        SessionSettings.prepareForWorkers(connection);
    }
}
