package io.longhaul.console;

import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Reads for pages: none may take long, because people leave pages open and reload slow ones. */
public final class Reads {
    private static final String CANCELED = "57014";

    private final Jdbi jdbi;

    public Reads(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Reads within two seconds, for a part of a page that may be missing; null if that was not enough. */
    public <Q, T> T inTime(Class<Q> queries, Function<Q, T> read) {
        try {
            return with(queries, read);
        } catch (UnableToExecuteStatementException e) {
            if (isTooSlow(e)) {
                return null;
            }
            throw e;
        }
    }

    /** True if the database ended a statement because it took too long. */
    public static boolean isTooSlow(UnableToExecuteStatementException failure) {
        return failure.getCause() instanceof SQLException sql && CANCELED.equals(sql.getSQLState());
    }

    /** Reads within so many milliseconds, for what is nice to have; null if that was not enough. */
    public <Q, T> T quickly(int millis, Class<Q> queries, Function<Q, T> read) {
        try {
            return jdbi.inTransaction(handle -> {
                handle.execute("SET LOCAL statement_timeout = " + millis);
                return read.apply(handle.attach(queries));
            });
        } catch (UnableToExecuteStatementException e) {
            if (isTooSlow(e)) {
                return null;
            }
            throw e;
        }
    }

    /** Reads within two seconds; the database ends a statement that takes longer. */
    public <Q, T> T with(Class<Q> queries, Function<Q, T> read) {
        return jdbi.inTransaction(handle -> {
            handle.execute("SET LOCAL statement_timeout = '2s'");
            return read.apply(handle.attach(queries));
        });
    }
}
