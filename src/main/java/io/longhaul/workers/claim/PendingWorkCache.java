package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.PendingWork;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * A cached answer about pending work that loops share: an idle node asks once if there is work for any of them, instead
 * of letting each ask for itself. Loops that learn of work in another way do not use it.
 */
public final class PendingWorkCache {
    /** The age up to which the answer is used, on top of the loops' one-second interval. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private final Jdbi jdbi;
    private PendingWork.Seen seen;
    private long seenAtNanos;

    public PendingWorkCache(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Returns true if there is work of this kind, as it was 0.7 seconds ago at the longest. */
    public synchronized boolean shows(Predicate<PendingWork.Seen> sign) {
        long now = System.nanoTime();
        if (seen == null || now - seenAtNanos > FRESH_NANOS) {
            seen = jdbi.withExtension(PendingWork.class, PendingWork::look);
            seenAtNanos = now;
        }
        return sign.test(seen);
    }
}
