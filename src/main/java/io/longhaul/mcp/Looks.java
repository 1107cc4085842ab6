package io.longhaul.mcp;

import java.time.Duration;

/**
 * How often a job is looked at whose question is awaited without a stream.
 *
 * @param pause time until the next look
 * @param longestPause to which the pause grows
 * @param endNanos when nobody waits any more, by {@link System#nanoTime}
 */
record Looks(Duration pause, Duration longestPause, long endNanos) {
    static final Duration OFTEN = Duration.ofMillis(150);

    private static final Duration SELDOM = Duration.ofSeconds(2);

    /** Often all the time, for a wait that is short. */
    static Looks often(Duration longest) {
        return new Looks(OFTEN, OFTEN, System.nanoTime() + longest.toNanos());
    }

    /** Often at first and then less and less, for a wait that may be long. */
    static Looks everLess(Duration longest) {
        return new Looks(OFTEN, SELDOM, System.nanoTime() + longest.toNanos());
    }

    Looks next() {
        Duration doubled = pause.multipliedBy(2);
        return new Looks(doubled.compareTo(longestPause) < 0 ? doubled : longestPause, longestPause, endNanos);
    }

    Looks slowest() {
        return new Looks(longestPause, longestPause, endNanos);
    }

    boolean areOver() {
        return System.nanoTime() - endNanos > 0;
    }
}
