package io.longhaul.schema;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool that keeps one connection, and opens another while that one is in use. */
public final class OneConnection implements DataSource {
    private final DataSource others;
    private final Connection connection;
    private final AtomicBoolean lent = new AtomicBoolean();

    public OneConnection(Connection connection, DataSource others) {
        this.others = others;
        this.connection = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("close")) {
                        return method.invoke(connection, args);
                    }
                    lent.set(false);
                    return null;
                });
    }

    @Override
    public Connection getConnection() throws SQLException {
        return lent.compareAndSet(false, true) ? connection : others.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type.cast(connection);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(connection);
    }
}
