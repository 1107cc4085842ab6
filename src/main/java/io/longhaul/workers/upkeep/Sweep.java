package io.longhaul.workers.upkeep;

import io.longhaul.faults.DatabaseFault;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Takes a statement over all rows that need it, a batch at a time, the batches as large as are done in a moment. A row
 * that makes the statement fail is found, set aside for a while and told, and the others go on.
 */
final class Sweep {
    private static final int SMALLEST = 100;
    private static final int RETRIED_AT_ONCE = 20;

    /** When a batch fails, so many of its rows are done apart: twice as many statements at the most. */
    private static final int APART = 100;

    /** Short enough that whoever waits for a row of the batch hardly notices. */
    private static final Duration MOMENT = Duration.ofMillis(250);

    private final String task;
    private final int largest;
    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final Rows rows;
    private int batch;

    /** The statement, and the rows it is for. */
    interface Rows {
        /**
         * Does the next rows.
         *
         * @param limit at most so many
         * @param only of these, or null for any that are not set aside
         * @return how many it did
         */
        int apply(int limit, UUID[] only);

        /** The rows that are next. */
        List<UUID> next(int limit);
    }

    Sweep(String task, int largest, Node node, Rows rows) {
        this.task = task;
        this.largest = largest;
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.rows = rows;
        this.batch = largest;
    }

    /** Does a batch; true when there may be more. */
    boolean step() {
        retryDue();
        int limit = batch;
        long begun = System.nanoTime();
        try {
            boolean more = rows.apply(limit, null) >= limit;
            adapt(System.nanoTime() - begun);
            return more;
        } catch (RuntimeException e) {
            if (!liesInARow(e)) {
                // It may have taken too long.
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

    /** Whether the rows are to blame, and not the database or the way to it. */
    private static boolean liesInARow(RuntimeException failure) {
        return DatabaseFault.of(failure).refuses();
    }
}
