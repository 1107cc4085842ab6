package io.longhaul.database.embedded;

import java.time.Duration;

/** Repeats a check until a time limit. */
final class Poll {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final long start = System.nanoTime();
    private final Duration limit;

    Poll(Duration limit) {
        this.limit = limit;
    }

    /** Pauses; true if there is time for another check. */
    boolean again() throws InterruptedException {
        Thread.sleep(PAUSE.toMillis());
        return System.nanoTime() - start < limit.toNanos();
    }
}
