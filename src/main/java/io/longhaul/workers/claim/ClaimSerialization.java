package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.Claimed;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node waits for its turn before it claims. Claims of several nodes may run at once, but two that take
 * hundreds of jobs cross: both walk over the same ones, and the later leases none of them. Once that was seen, such
 * claims take turns for a while, which costs two round trips each. Small ones never do: they would gain nothing, and wait.
 */
final class ClaimSerialization {
    /** From so many jobs on. */
    static final int MANY = 100;

    private static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private boolean taken;
    private long untilNanos;

    /** Whether the next claim waits for its turn. */
    boolean apply(Offer offer, long now) {
        return taken && untilNanos - now > 0 && offer.limit() >= MANY;
    }

    /** Learns from a claim. */
    void learn(Claimed jobs, long now) {
        if (jobs.isContested()) {
            taken = true;
            untilNanos = now + LASTS_NANOS;
        }
    }

    /** Somebody does not give up the turn: it is not waited for until claims cross again. */
    void refused() {
        taken = false;
    }
}
