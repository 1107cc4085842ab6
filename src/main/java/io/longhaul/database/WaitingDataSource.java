package io.longhaul.database;

import io.dropwizard.db.ManagedDataSource;
import io.longhaul.database.faults.DatabaseFault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;

/**
 * A pool whose users wait for a connection if the server has none left for this node (SQLSTATE 53300). The pool alone
 * would throw at once, although another user gives one back a millisecond later. Requests are served in the order in
 * which they came, and only the first of them asks the server again.
 */
final class WaitingDataSource extends ForwardingPool {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Each refused attempt costs the server a process. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final DataSourceProxy proxy;
    private final SharedConnections shared;
    private final Semaphore turn = new Semaphore(1, true);

    WaitingDataSource(ManagedDataSource pool, DataSourceProxy proxy, SharedConnections shared) {
        super(pool);
        this.proxy = proxy;
        this.shared = shared;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (turn.availablePermits() > 0) {
            try {
                return take();
            } catch (SQLException e) {
                told(e);
            }
        }
        return inTurn();
    }

    private Connection take() throws SQLException {
        Connection connection = super.getConnection();
        shared.served();
        return connection;
    }

    private Connection inTurn() throws SQLException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(proxy.getMaxWait());
        try {
            if (!turn.tryAcquire(proxy.getMaxWait(), TimeUnit.MILLISECONDS)) {
                throw inVain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a connection", "57014", e);
        }
        try {
            return first(end);
        } finally {
            turn.release();
        }
    }

    /** The first request in line takes connections that are given back, and asks the server now and then. */
    private Connection first(long end) throws SQLException {
        long ask = System.nanoTime();
        while (true) {
            if (proxy.getIdle() > 0 || System.nanoTime() - ask >= 0) {
                ask = System.nanoTime() + ASK_AGAIN_NANOS;
                try {
                    return take();
                } catch (SQLException e) {
                    told(e);
                }
            }
            if (System.nanoTime() - end >= 0) {
                throw inVain();
            }
            pause();
        }
    }

    private static void pause() throws SQLException {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a connection", "57014", e);
        }
    }

    /** Throws every other error, and the pool's own error after waiting in vain. */
    private void told(SQLException failure) throws SQLException {
        if (DatabaseFault.of(failure) != DatabaseFault.NO_CONNECTION_LEFT) {
            throw failure;
        }
        if (failure instanceof PoolExhaustedException) {
            shared.inVain(failure);
            throw failure;
        }
        shared.refused(this, failure);
    }

    private SQLException inVain() {
        SQLException failure = new SQLException(
                "The server had no connection left for this node for " + proxy.getMaxWait() + " ms", "53300");
        shared.inVain(failure);
        return failure;
    }

    /** Called when another pool needs connections. */
    void giveUpIdle() {
        if (proxy.getIdle() > 0) {
            proxy.purge();
        }
    }

    void renew() {
        proxy.purge();
    }
}
