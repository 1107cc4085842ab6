package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.SqlStates;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Decides if a migration that waited for a lock in vain is tried again, and pauses before that. */
final class LockRetry {
    /** With growing pauses this takes most of a minute; a lock held for longer needs a person. */
    private static final int ATTEMPTS = 10;

    private final long deadline;
    private final Consumer<String> report;
    private int attempt;

    LockRetry(Duration patience, Consumer<String> report) {
        this.deadline = System.nanoTime() + patience.toNanos();
        this.report = report;
    }

    /**
     * Pauses after an attempt without success.
     *
     * @param error what ended it
     * @param blocker the session that held the lock, in words; may be empty
     * @param cancelled true if the attempt was cancelled after being blocked for too long
     * @throws Exception the error itself if it has another cause, or a failure that names the blocker if this was the
     *     last attempt
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

    /**
     * Grows, so that writers queued behind each attempt can go on; with jitter, so that it does not fall in step with
     * other work.
     */
    private static Duration pauseBefore(int attempt) {
        long most = Math.min(5_000, 500L * attempt);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
