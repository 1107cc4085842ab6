package io.longhaul.jobs;

import java.time.Duration;

/**
 * A full queue, as told to a client whose submission was refused.
 *
 * @param depth number of waiting jobs
 * @param ofAll whether the queue is that of all tools, and not of the refused job's alone
 * @param expected time that a job would wait at the rate of the last minutes, or null if the rate is not known
 */
public record Backlog(int depth, boolean ofAll, Duration expected) {
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** The time a client should wait before it tries again: 1 s to 60 s. */
    public Duration untilFree() {
        if (expected == null) {
            return UNKNOWN;
        }
        // A tenth of the queue: then clients that return find room, and they do not all come for the same free place.
        Duration some = expected.dividedBy(10);
        return some.compareTo(LONGEST) > 0
                ? LONGEST
                : some.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : some;
    }
}
