package io.longhaul.database;

import io.dropwizard.db.ManagedDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;

/**
 * Shares the connections that a server has left for this node among its pools. If there is none left, requests for one
 * wait in turn, other pools give up idle connections, and no connection is kept longer than for a statement.
 */
public final class SharedConnections {
    /** For this long after a refusal, connections are given back after each use. */
    private static final long SHORT_NANOS = 10_000_000_000L;

    private final List<WaitingDataSource> pools = new CopyOnWriteArrayList<>();
    private volatile Want refused = Want.NEVER;
    private volatile Want inVain = Want.NEVER;
    private volatile long servedAtNanos = System.nanoTime();

    public SharedConnections() {}

    /** A request for a connection that was not served at once. */
    private record Want(String why, long atNanos) {
        private static final Want NEVER = new Want("", 0);

        boolean isRecent() {
            return !why.isEmpty() && System.nanoTime() - atNanos < SHORT_NANOS;
        }
    }

    /**
     * A lack of connections in the last ten seconds.
     *
     * @param why message of the server or the pool, with its SQLSTATE
     * @param inVain true if some request got no connection in time
     * @param served true if any request got one since
     */
    public record Shortage(String why, boolean inVain, boolean served) {}

    /**
     * Adds a pool.
     *
     * @return the pool to use in its place
     */
    public ManagedDataSource share(ManagedDataSource pool) {
        WaitingDataSource waiting = new WaitingDataSource(pool, (DataSourceProxy) pool, this);
        pools.add(waiting);
        return waiting;
    }

    /** Adds a pool, and returns the one to use in its place. */
    public boolean isShort() {
        return refused.isRecent();
    }

    /** The lack of connections; empty if every request got one at once. */
    public Optional<Shortage> shortage() {
        Want vain = inVain;
        if (vain.isRecent()) {
            return Optional.of(new Shortage(vain.why(), true, servedAtNanos - vain.atNanos() > 0));
        }
        Want wait = refused;
        return wait.isRecent() ? Optional.of(new Shortage(wait.why(), false, true)) : Optional.empty();
    }

    /** Makes all pools open new connections: the server behind the old ones may have changed its role. */
    public void renew() {
        pools.forEach(WaitingDataSource::renew);
    }

    void served() {
        servedAtNanos = System.nanoTime();
    }

    void refused(WaitingDataSource wants, SQLException refusal) {
        refused = new Want(why(refusal), System.nanoTime());
        pools.stream().filter(pool -> pool != wants).forEach(WaitingDataSource::giveUpIdle);
    }

    void inVain(SQLException failure) {
        inVain = new Want(why(failure), System.nanoTime());
    }

    private static String why(SQLException failure) {
        return failure instanceof PoolExhaustedException
                ? "all connections of a pool are in use"
                : "the server has none left for this role or at all (SQLSTATE " + failure.getSQLState() + ")";
    }
}
