package io.longhaul.database;

import io.dropwizard.db.ManagedDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;

/**
 * The room that a server has for connections of this node, which its pools share. When there is none left, whoever wants
 * one waits for its turn, idle connections of the other pools are given up for it, and nobody keeps one longer than for a
 * statement.
 */
public final class SharedConnections {
    /** For so long after the server refused a connection, connections are given back after each use. */
    private static final long SHORT_NANOS = 10_000_000_000L;

    private final List<WaitingDataSource> pools = new CopyOnWriteArrayList<>();
    private volatile Want refused = Want.NEVER;
    private volatile Want inVain = Want.NEVER;
    private volatile long servedAtNanos = System.nanoTime();

    /** No pools yet. */
    public SharedConnections() {}

    /** Somebody wanted a connection and did not get one at once. */
    private record Want(String why, long atNanos) {
        private static final Want NEVER = new Want("", 0);

        boolean isRecent() {
            return !why.isEmpty() && System.nanoTime() - atNanos < SHORT_NANOS;
        }
    }

    /**
     * How short connections were in the last ten seconds.
     *
     * @param why what the server or the pool said, with its SQLSTATE
     * @param inVain whether somebody waited for one in vain
     * @param served whether anybody got one since
     */
    public record Shortage(String why, boolean inVain, boolean served) {}

    /**
     * Adds a pool.
     *
     * @param pool whose connections are taken in turns
     * @return the pool, to be used in its place
     */
    public ManagedDataSource share(ManagedDataSource pool) {
        WaitingDataSource waiting = new WaitingDataSource(pool, (DataSourceProxy) pool, this);
        pools.add(waiting);
        return waiting;
    }

    /**
     * Whether the server has refused a connection a moment ago, so that none should be kept.
     *
     * @return true for ten seconds after the last refusal
     */
    public boolean isShort() {
        return refused.isRecent();
    }

    /**
     * What is to be told of it.
     *
     * @return nothing if whoever wanted a connection got one at once
     */
    public Optional<Shortage> shortage() {
        Want vain = inVain;
        if (vain.isRecent()) {
            return Optional.of(new Shortage(vain.why(), true, servedAtNanos - vain.atNanos() > 0));
        }
        Want wait = refused;
        return wait.isRecent() ? Optional.of(new Shortage(wait.why(), false, true)) : Optional.empty();
    }

    /** Has all pools open new connections for whoever asks next: what was true of the old ones may not be true any more. */
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
