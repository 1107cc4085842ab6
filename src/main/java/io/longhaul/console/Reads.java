package io.longhaul.console;

import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;

/** Reads for pages: none may take long, because people leave pages open and reload slow ones. */
public final class Reads {
    private final Jdbi jdbi;

    public Reads(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Reads within two seconds; the database ends a statement that takes longer. */
    public <Q, T> T with(Class<Q> queries, Function<Q, T> read) {
        return jdbi.inTransaction(handle -> {
            handle.execute("SET LOCAL statement_timeout = '2s'");
            return read.apply(handle.attach(queries));
        });
    }
}
