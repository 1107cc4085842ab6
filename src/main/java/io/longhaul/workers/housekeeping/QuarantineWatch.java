package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.Quarantine;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Keeps the rows that are set aside, so that readers do not have to wait for the database. */
public final class QuarantineWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Nobody reads more. */
    private static final int SHOWN = 20;

    private final Jdbi jdbi;
    private volatile List<Quarantine.Row> rows = List.of();

    public QuarantineWatch(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A step of the loop. */
    public Duration look() {
        rows = List.copyOf(jdbi.withExtension(Quarantine.class, q -> q.list(SHOWN)));
        return INTERVAL;
    }

    /** The rows of the last look. */
    public List<Quarantine.Row> rows() {
        return rows;
    }
}
