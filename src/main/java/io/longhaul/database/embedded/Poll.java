package io.longhaul.database.embedded;

import java.time.Duration;

/** Looks again and again, but not for ever. */
final class Poll {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final long start = System.nanoTime();
    private final Duration limit;

    Poll(Duration limit) {
        this.limit = limit;
    }

    /** Pauses, then says whether there is time for another look. */
    boolean again() throws InterruptedException {
        Thread.sleep(PAUSE.toMillis());
        return System.nanoTime() - start < limit.toNanos();
    }
}
