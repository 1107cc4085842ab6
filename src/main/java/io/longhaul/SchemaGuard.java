package io.longhaul;

import io.dropwizard.db.ManagedDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;

/**
 * Gives the workers no connection while their tables are away: every loop of theirs then rests, whatever it does, and
 * no statement fails in the database's log. The loops try again every two seconds, as after any failure.
 */
final class SchemaGuard implements ManagedDataSource {
    private final ManagedDataSource source;
    private final BooleanSupplier away;

    /** What a loop gets instead of a connection. */
    static final class Away extends SQLTransientException {
        private static final long serialVersionUID = 1;

        Away() {
            super("The tables are away; see /readyz.", "42P01");
        }
    }

    SchemaGuard(ManagedDataSource source, BooleanSupplier away) {
        this.source = source;
        this.away = away;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (away.getAsBoolean()) {
            throw new Away();
        }
        return source.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return source.getConnection(user, password);
    }

    @Override
    public void start() throws Exception {
        source.start();
    }

    @Override
    public void stop() throws Exception {
        source.stop();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.isWrapperFor(type);
    }
}
