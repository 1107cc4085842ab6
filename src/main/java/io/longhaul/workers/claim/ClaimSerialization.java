package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.Claimed;
import java.util.concurrent.TimeUnit;

/**
 * Decides if this node waits for its turn before it claims. Claims of several nodes may run at once, but two that take
 * hundreds of jobs cross: both walk over the same ones, and the later leases none of them. After such a crossing, large
 * claims take turns for a while, which costs two round trips each. Small ones never do: they would gain nothing, and
 * wait.
 */
final class ClaimSerialization {
    /** Claims of at least this many jobs take turns. */
    static final int MANY = 100;

    private static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private boolean taken;
    private long untilNanos;

    /** True if the next claim waits for its turn. */
    boolean apply(Offer offer, long now) {
        return taken && untilNanos - now > 0 && offer.limit() >= MANY;
    }

    void learn(Claimed jobs, long now) {
        if (jobs.isContested()) {
            taken = true;
            untilNanos = now + LASTS_NANOS;
        }
    }

    /** Another node does not give up its turn: stops waiting for turns until claims cross again. */
    void refused() {
        taken = false;
    }
}
