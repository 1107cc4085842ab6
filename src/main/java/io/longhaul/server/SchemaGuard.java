package io.longhaul.server;

import io.dropwizard.db.ManagedDataSource;
import io.longhaul.database.ForwardingPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.function.BooleanSupplier;

/**
 * Gives the workers no connection while their tables are missing. Every loop then fails and rests, and no statement
 * fails in the database's log. The loops try again every two seconds, as after any failure.
 */
final class SchemaGuard extends ForwardingPool {
    private final BooleanSupplier away;

    /** Thrown instead of giving out a connection. */
    static final class Away extends SQLTransientException {
        private static final long serialVersionUID = 1;

        Away() {
            super("The tables are away; see /readyz.", "42P01");
        }
    }

    SchemaGuard(ManagedDataSource source, BooleanSupplier away) {
        super(source);
        this.away = away;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (away.getAsBoolean()) {
            throw new Away();
        }
        return super.getConnection();
    }
}
