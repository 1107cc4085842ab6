package io.longhaul.workers.release;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Ends batches whose jobs have ended, and removes those whose jobs are gone. Any node may; each end is reported by one
 * node.
 */
public final class BatchWatch {
    /** Told batches that have ended. */
    public interface Listener {
        void ended(Collection<UUID> batches);
    }

    /** The name under which rows are set aside. */
    private static final String TASK = "batch";

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Shortest wait between two looks, however often jobs end here. */
    private static final Duration LEAST = Duration.ofMillis(50);

    private static final Duration CLEANUP = Duration.ofMinutes(1);
    private static final int PAGE = 1_000;
    private static final UUID FIRST = new UUID(0, 0);

    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final Listener listener;
    private volatile boolean anyOpen = true;
    private long nextCleanupNanos = System.nanoTime();
    private long notBeforeNanos = System.nanoTime();

    BatchWatch(Node node, Listener listener) {
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.listener = listener;
    }

    /** True if the end of a job could be the end of a batch. */
    boolean isWatching() {
        return anyOpen;
    }

    /** A step of the loop. */
    Duration look() {
        long early = notBeforeNanos - System.nanoTime();
        if (early > 0) {
            return Duration.ofNanos(early);
        }
        UUID from = FIRST;
        List<UUID> page;
        do {
            page = endPage(from);
            from = page.isEmpty() ? from : page.get(page.size() - 1);
        } while (page.size() == PAGE);
        anyOpen = !from.equals(FIRST);
        cleanUp();
        notBeforeNanos = System.nanoTime() + LEAST.toNanos();
        return INTERVAL;
    }

    private List<UUID> endPage(UUID from) {
        List<UUID> page = jdbi.withExtension(BatchTransitions.class, b -> b.open(from, PAGE));
        if (!page.isEmpty()) {
            List<UUID> now = endAll(page);
            if (!now.isEmpty()) {
                listener.ended(now);
            }
        }
        return page;
    }

    /** A row that the database does not let change must not hold up the others of its page. */
    private List<UUID> endAll(List<UUID> page) {
        try {
            return end(page);
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            return page.stream().flatMap(batch -> endApart(batch).stream()).toList();
        }
    }

    private List<UUID> endApart(UUID batch) {
        try {
            return end(List.of(batch));
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            jdbi.useExtension(
                    Quarantine.class,
                    q -> q.add(TASK, batch, DatabaseFault.root(e).getMessage()));
            telemetry.quarantined(TASK, batch, e);
            return List.of();
        }
    }

    private List<UUID> end(List<UUID> batches) {
        UUID[] ids = batches.toArray(UUID[]::new);
        return jdbi.withExtension(BatchTransitions.class, b -> b.end(ids));
    }

    private void cleanUp() {
        if (System.nanoTime() - nextCleanupNanos >= 0) {
            jdbi.useExtension(BatchTransitions.class, b -> b.deleteExpired(PAGE));
            nextCleanupNanos = System.nanoTime() + CLEANUP.toNanos();
        }
    }
}
