package io.longhaul.client;

import java.time.Duration;

/** Ends of waits, by the steady clock. */
final class Deadline {
    /** As good as for ever, and far from what a count of nanoseconds holds. */
    static final Duration MOST = Duration.ofDays(36_500);

    private Deadline() {}

    /** When so much time will have passed, in {@link System#nanoTime}. Callers may wait for as long as a duration can be. */
    static long after(Duration wait) {
        return System.nanoTime() + (wait.compareTo(MOST) > 0 ? MOST : wait).toNanos();
    }
}
