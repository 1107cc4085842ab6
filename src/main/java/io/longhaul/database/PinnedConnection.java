package io.longhaul.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SQL object on a connection that one thread keeps: for loops that run statements all the time, where borrowing a
 * connection for each call would cost more than the call. After an error the connection is given back, and the next
 * call takes another. An idle connection is tested first, because it may have died with a restart of the database.
 * While connections are scarce, it is given back after each call.
 *
 * @param <E> the SQL object
 */
public final class PinnedConnection<E> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PinnedConnection.class);

    /** Testing at each use would double the round trips; the pool trusts a connection for as long. */
    private static final Duration TRUSTED = Duration.ofMillis(500);

    private static final int PATIENCE_SECONDS = 2;

    private final Jdbi jdbi;
    private final Class<E> type;
    private final Duration trusted;
    private long usedAt;
    private Handle handle;
    private E extension;

    public PinnedConnection(Jdbi jdbi, Class<E> type) {
        this(jdbi, type, TRUSTED);
    }

    PinnedConnection(Jdbi jdbi, Class<E> type, Duration trusted) {
        this.jdbi = jdbi;
        this.type = type;
        this.trusted = trusted;
    }

    /** Runs one or more statements and returns their answer. */
    public <R> R with(Function<E, R> work) {
        try {
            if (handle != null && !isAlive()) {
                giveUp();
            }
            if (handle == null) {
                handle = jdbi.open();
                extension = handle.attach(type);
            }
            R answer = work.apply(extension);
            usedAt = System.nanoTime();
            if (jdbi.getConfig(KeptConnections.class).areShort()) {
                giveUp();
            }
            return answer;
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
    }

    /** A broken connection may fail even when it is given back; the caller must not see that failure. */
    private void giveUp() {
        try {
            close();
        } catch (RuntimeException e) {
            LOG.debug("A broken connection could not be given back", e);
        }
    }

    private boolean isAlive() {
        try {
            return System.nanoTime() - usedAt < trusted.toNanos()
                    || handle.getConnection().isValid(PATIENCE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Gives the connection back; the next call takes another. */
    @Override
    public void close() {
        Handle used = handle;
        handle = null;
        extension = null;
        if (used != null) {
            used.close();
        }
    }
}
