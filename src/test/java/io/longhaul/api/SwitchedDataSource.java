package io.longhaul.api;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source that a test can switch, to make the database unavailable and available again. */
final class SwitchedDataSource implements DataSource {
    private final DataSource usual;
    private volatile DataSource current;
    private volatile CountDownLatch open = new CountDownLatch(0);

    SwitchedDataSource(DataSource usual) {
        this.usual = usual;
        this.current = usual;
    }

    void use(DataSource other) {
        current = other;
    }

    /** From now on nobody gets a connection before this is open. */
    void holdBackUntil(CountDownLatch latch) {
        open = latch;
    }

    /** Closes all connections, because pools keep them. */
    void endConnections() {
        try (Connection connection = usual.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    SELECT pg_terminate_backend(pid)
                    FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    void useUsual() {
        current = usual;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
        return current.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return current.getConnection(user, password);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return usual.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        usual.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        usual.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return usual.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return usual.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return usual.isWrapperFor(type);
    }
}
