package io.longhaul.webhooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Computes when a delivery is tried again. */
record RetrySchedule(List<Duration> waits) {
    /** Spreads retries, so that a receiver that comes back does not get them all at once. */
    private static final double JITTER = 0.2;

    /** A receiver that asks for a longer wait has most likely made a mistake. */
    private static final Duration LONGEST_ASKED = Duration.ofHours(24);

    /**
     * The wait after a failed attempt; empty after the last one.
     *
     * @param failures failed attempts before it
     * @param asked the wait that the receiver asks for, or null
     */
    Optional<Duration> waitAfter(int failures, Duration asked) {
        if (failures >= waits.size()) {
            return Optional.empty();
        }
        double factor = 1 + ThreadLocalRandom.current().nextDouble() * JITTER;
        Duration wait = Duration.ofMillis((long) (waits.get(failures).toMillis() * factor));
        if (asked == null) {
            return Optional.of(wait);
        }
        Duration heard = asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        return Optional.of(heard.compareTo(wait) > 0 ? heard : wait);
    }
}
