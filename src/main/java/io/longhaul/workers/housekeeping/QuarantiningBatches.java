package io.longhaul.workers.housekeeping;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Applies a statement to all rows that need it, in batches that take a moment each. A row that makes the statement fail
 * is found, set aside for a while and reported, and the others go on.
 */
public final class QuarantiningBatches {
    private static final int SMALLEST = 100;
    private static final int RETRIED_AT_ONCE = 20;

    /** A failed batch is retried row by row, this many rows at a time; that at most doubles the statements. */
    private static final int APART = 100;

    /** Short enough that callers which wait for a row of the batch hardly notice. */
    private static final Duration MOMENT = Duration.ofMillis(250);

    private final String task;
    private final int largest;
    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final Rows rows;
    private int batch;

    /** The statement and its rows. */
    public interface Rows {
        /**
         * Applies the statement to the next rows.
         *
         * @param only of these, or null for any that are not set aside
         * @return the number of rows it changed
         */
        int apply(int limit, UUID[] only);

        /** The next rows. */
        List<UUID> next(int limit);
    }

    /**
     * Makes batches.
     *
     * @param task the name under which rows are set aside
     * @param largest most rows of a batch
     */
    public QuarantiningBatches(String task, int largest, Node node, Rows rows) {
        this(task, largest, node.jdbi(), node.telemetry(), rows);
    }

    /** The same; {@code telemetry} is told of rows that are set aside. */
    public QuarantiningBatches(String task, int largest, Jdbi jdbi, Telemetry telemetry, Rows rows) {
        this.task = task;
        this.largest = largest;
        this.jdbi = jdbi;
        this.telemetry = telemetry;
        this.rows = rows;
        this.batch = largest;
    }

    /** Does a batch; true when there may be more. */
    public boolean step() {
        retryDue();
        int limit = batch;
        long begun = System.nanoTime();
        try {
            boolean more = rows.apply(limit, null) >= limit;
            adapt(System.nanoTime() - begun);
            return more;
        } catch (RuntimeException e) {
            if (!liesInARow(e)) {
                // The batch may have taken too long.
                batch = Math.min(largest, SMALLEST);
                throw e;
            }
            return applyApart(e);
        }
    }

    private void adapt(long tookNanos) {
        if (tookNanos > MOMENT.toNanos()) {
            batch = Math.max(Math.min(largest, SMALLEST), batch / 2);
        } else if (tookNanos < MOMENT.toNanos() / 2) {
            batch = Math.min(largest, batch * 2);
        }
    }

    private boolean applyApart(RuntimeException failure) {
        List<UUID> next = rows.next(APART);
        if (next.isEmpty()) {
            throw failure;
        }
        halve(next);
        return true;
    }

    private void halve(List<UUID> some) {
        try {
            rows.apply(some.size(), some.toArray(UUID[]::new));
        } catch (RuntimeException e) {
            if (!liesInARow(e)) {
                throw e;
            }
            if (some.size() == 1) {
                setAside(some.get(0), e);
            } else {
                halve(some.subList(0, some.size() / 2));
                halve(some.subList(some.size() / 2, some.size()));
            }
        }
    }

    private void retryDue() {
        for (UUID row : jdbi.withExtension(Quarantine.class, q -> q.due(task, RETRIED_AT_ONCE))) {
            try {
                rows.apply(1, new UUID[] {row});
                jdbi.useExtension(Quarantine.class, q -> q.release(task, row));
            } catch (RuntimeException e) {
                if (!liesInARow(e)) {
                    throw e;
                }
                setAside(row, e);
            }
        }
    }

    private void setAside(UUID row, RuntimeException failure) {
        jdbi.useExtension(
                Quarantine.class,
                q -> q.add(task, row, DatabaseFault.root(failure).getMessage()));
        telemetry.quarantined(task, row, failure);
    }

    /** True if a row is to blame, and not the database or the way to it. */
    private static boolean liesInARow(RuntimeException failure) {
        return DatabaseFault.of(failure).refuses();
    }
}
