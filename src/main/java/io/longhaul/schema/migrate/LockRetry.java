package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.SqlStates;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Decides whether a migration that lost against somebody else's lock is tried again, and pauses before that. */
final class LockRetry {
    /** With growing pauses this spans most of a minute; who still holds a lock then needs a person. */
    private static final int ATTEMPTS = 10;

    private final long deadline;
    private final Consumer<String> report;
    private int attempt;

    LockRetry(Duration patience, Consumer<String> report) {
        this.deadline = System.nanoTime() + patience.toNanos();
        this.report = report;
    }

    /**
     * Pauses after a lost attempt.
     *
     * @param error what ended it
     * @param blocker who held the lock, in words; may be empty
     * @param cancelled whether the attempt was cancelled because it had been blocked for too long
     * @throws Exception the error itself if it is something else, or a failure naming the blocker if it was the last try
     */
    void after(Exception error, String blocker, boolean cancelled) throws Exception {
        if (!SqlStates.lockTimeout(error) && !cancelled) {
            throw error;
        }
        attempt++;
        String holder = blocker.isEmpty() ? "another session" : blocker;
        if (cancelled || attempt >= ATTEMPTS || System.nanoTime() >= deadline) {
            throw new CommandFailure(
                    "A lock was not free in " + attempt + (attempt == 1 ? " attempt" : " attempts") + ", held by "
                            + holder
                            + ". End that session (SELECT pg_terminate_backend(pid)) or wait for it, then run the command again.");
        }
        report.accept("lock held by " + holder + "; attempt " + (attempt + 1) + " of " + ATTEMPTS + " follows");
        MigrationLock.pause(pauseBefore(attempt));
    }

    /** Growing, so that writers queued behind each attempt get their turn; with jitter, so that it meets no rhythm. */
    private static Duration pauseBefore(int attempt) {
        long most = Math.min(5_000, 500L * attempt);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
