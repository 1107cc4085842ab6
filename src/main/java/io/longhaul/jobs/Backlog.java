package io.longhaul.jobs;

import java.time.Duration;

/**
 * The queue that a submission was too much for.
 *
 * @param depth how many jobs wait
 * @param expected how long a job would wait there at the rate at which jobs ended of late, or null when that is not known
 */
public record Backlog(int depth, Duration expected) {
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /**
     * When a place may be free.
     *
     * @return 1 s to 60 s
     */
    public Duration untilFree() {
        if (expected == null) {
            return UNKNOWN;
        }
        // A tenth of the queue, so that those who come again find room and do not all come for the same place.
        Duration some = expected.dividedBy(10);
        return some.compareTo(LONGEST) > 0
                ? LONGEST
                : some.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : some;
    }
}
