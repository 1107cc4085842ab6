package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.PendingWork;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * One look for many loops: a node that has nothing to do asks once whether there is anything for any of them, instead of
 * letting each ask for itself. What they find out otherwise, or are told, they do not ask here.
 */
public final class PendingWorkCache {
    /** Beside the second that loops wait between two looks, what a sign may come late. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private final Jdbi jdbi;
    private PendingWork.Seen seen;
    private long seenAtNanos;

    /**
     * Has seen nothing yet.
     *
     * @param jdbi the database
     */
    public PendingWorkCache(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Whether there is anything of a kind.
     *
     * @param sign the kind
     * @return as it was 0.7 seconds ago at the longest
     */
    public synchronized boolean shows(Predicate<PendingWork.Seen> sign) {
        long now = System.nanoTime();
        if (seen == null || now - seenAtNanos > FRESH_NANOS) {
            seen = jdbi.withExtension(PendingWork.class, PendingWork::look);
            seenAtNanos = now;
        }
        return sign.test(seen);
    }
}
