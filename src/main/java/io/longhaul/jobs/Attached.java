package io.longhaul.jobs;

import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * An SQL object on a connection that one thread keeps: for loops that run statements all the time, where
 * borrowing a connection and setting up the object for each call would cost more than the call. After an
 * error the connection is given back, and the next call takes another.
 *
 * @param <E> the SQL object
 */
public final class Attached<E> implements AutoCloseable {
    private final Jdbi jdbi;
    private final Class<E> type;
    private Handle handle;
    private E extension;

    /**
     * Takes no connection yet.
     *
     * @param jdbi where connections come from
     * @param type the SQL object
     */
    public Attached(Jdbi jdbi, Class<E> type) {
        this.jdbi = jdbi;
        this.type = type;
    }

    /**
     * Runs one or more statements.
     *
     * @param work what to run
     * @param <R> what it answers
     * @return the answer
     */
    public <R> R with(Function<E, R> work) {
        try {
            if (handle == null) {
                handle = jdbi.open();
                extension = handle.attach(type);
            }
            return work.apply(extension);
        } catch (RuntimeException e) {
            close();
            throw e;
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
