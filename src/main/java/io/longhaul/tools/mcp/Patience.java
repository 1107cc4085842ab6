package io.longhaul.tools.mcp;

import java.time.Duration;

/**
 * Pauses between questions about a task that had no answer. Work of days must not be lost because its server is
 * restarted, or refuses for a while.
 */
final class Patience {
    /** With the pauses between them, about seven minutes. */
    static final int MOST = 20;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final InputRequired.Pause pause;
    private int failures;

    Patience(InputRequired.Pause pause) {
        this.pause = pause;
    }

    /**
     * Waits for the next question.
     *
     * @return false if there have been too many
     */
    boolean lasts() throws InterruptedException {
        if (failures == MOST) {
            return false;
        }
        Duration wanted = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        pause.await(wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE);
        failures++;
        return true;
    }
}
