package io.longhaul.mcp.stdio;

import java.time.Duration;
import java.util.Set;

/** The time since a request last got on, and the pauses between its attempts. */
final class Trouble {
    /** What proxies and servers say that are away for a moment, or have too much to do. */
    static final Set<Integer> STATUSES = Set.of(408, 429, 502, 503, 504);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** An attempt that lasts this long was no trouble by itself. */
    private static final Duration GOOD = Duration.ofSeconds(5);

    private final Link link;
    private Duration pause = FIRST_PAUSE;
    private long sinceNanos = System.nanoTime();
    private long attemptNanos = System.nanoTime();

    Trouble(Link link) {
        this.link = link;
    }

    /** Waits before the next attempt; false if it is time to give up. */
    boolean mayTryAgain(boolean lost) {
        long now = System.nanoTime();
        if (now - attemptNanos > GOOD.toNanos()) {
            sinceNanos = now;
            pause = FIRST_PAUSE;
        }
        boolean again = now - sinceNanos + pause.toNanos() < link.patience(lost).toNanos() && link.pause(pause);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        attemptNanos = System.nanoTime();
        return again;
    }
}
