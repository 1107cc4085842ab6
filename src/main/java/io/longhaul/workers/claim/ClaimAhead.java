package io.longhaul.workers.claim;

import java.time.Duration;

/**
 * Decides how many jobs are worth claiming ahead of free slots: those that will begin within {@link #HORIZON}, judged
 * by the time that recent attempts took. For jobs of seconds that is none. Without it, claiming a job that takes
 * microseconds would cost more than the job.
 */
public final class ClaimAhead {
    /** A job claimed ahead waits no longer than a round trip to the database takes under load. */
    public static final Duration HORIZON = Duration.ofMillis(20);

    /** More in one statement gains nothing. */
    private static final int MOST = 500;

    /** A job that becomes slow must be noticed at once; one that becomes quick may be noticed later. */
    private static final double SLOWER = 0.5;

    private static final double QUICKER = 0.05;

    /** About two hundred quick jobs outweigh it. */
    private static final double DISAPPOINTED_NANOS = 1e9;

    private double meanNanos = Double.POSITIVE_INFINITY;

    public synchronized void ended(Duration took) {
        double nanos = took.toNanos();
        if (Double.isInfinite(meanNanos)) {
            meanNanos = nanos;
        }
        meanNanos += (nanos - meanNanos) * (nanos > meanNanos ? SLOWER : QUICKER);
    }

    /** Records that jobs were claimed ahead in vain: only many quick jobs make it claim ahead again. */
    public synchronized void disappointed() {
        meanNanos = DISAPPOINTED_NANOS;
    }

    /** The number of jobs to claim beyond the free slots, for this number of slots that are not taken by long work. */
    public synchronized int jobs(int quickSlots) {
        return (int) Math.min(MOST, Math.max(0, quickSlots) * (HORIZON.toNanos() / Math.max(meanNanos, 1_000)));
    }
}
