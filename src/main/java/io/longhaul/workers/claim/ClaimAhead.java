package io.longhaul.workers.claim;

import java.time.Duration;

/**
 * How many jobs are worth claiming ahead of free slots: those that will have begun within a blink, by what attempts
 * took of late. For jobs of seconds that is none. Without it, claiming a job that takes microseconds would cost more
 * than the job.
 */
public final class ClaimAhead {
    /** A job claimed ahead waits no longer than a round trip to the database takes under load. */
    public static final Duration HORIZON = Duration.ofMillis(20);

    /** More in one statement gains nothing. */
    private static final int MOST = 500;

    /** Jobs that become slow must be noticed at once, those that become quick may take their time. */
    private static final double SLOWER = 0.5;

    private static final double QUICKER = 0.05;

    /** It takes some two hundred quick jobs to forget that. */
    private static final double DISAPPOINTED_NANOS = 1e9;

    private double meanNanos = Double.POSITIVE_INFINITY;

    /** Learns from an attempt. */
    public synchronized void ended(Duration took) {
        double nanos = took.toNanos();
        if (Double.isInfinite(meanNanos)) {
            meanNanos = nanos;
        }
        meanNanos += (nanos - meanNanos) * (nanos > meanNanos ? SLOWER : QUICKER);
    }

    /** Learns that jobs were claimed ahead in vain: it has to be convinced anew. */
    public synchronized void disappointed() {
        meanNanos = DISAPPOINTED_NANOS;
    }

    /** How many jobs beyond the free slots may be claimed, when so many slots are not taken by long work. */
    public synchronized int jobs(int quickSlots) {
        return (int) Math.min(MOST, Math.max(0, quickSlots) * (HORIZON.toNanos() / Math.max(meanNanos, 1_000)));
    }
}
