package io.longhaul.jobs.intake;

import io.longhaul.faults.DatabaseFault;
import io.longhaul.jobs.sql.Acceptance;
import io.longhaul.jobs.sql.JobTransitions;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/**
 * Commits new jobs so that whoever asked can be told for certain whether they are stored. When the connection breaks while
 * nobody knows what became of the commit, the jobs' ids are looked for on another one, and the same rows are written again
 * if they are not there: the primary key lets each in once, and whoever writes it again waits for a commit that is still
 * on its way.
 */
final class CertainCommit {
    /** What a client waits for a database that restarts, before it is told that nobody knows. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Jdbi jdbi;
    private final Duration patience;

    CertainCommit(Jdbi jdbi) {
        this(jdbi, PATIENCE);
    }

    CertainCommit(Jdbi jdbi, Duration patience) {
        this.jdbi = jdbi;
        this.patience = patience;
    }

    /**
     * Writes jobs.
     *
     * @param jobs those that are to be stored: all in one transaction, but for those whose idempotency key is taken
     * @param write writes them all and commits; must stand being repeated
     * @return the rows of the jobs that are stored
     * @throws CommitUnknownException if that cannot be told
     * @throws RuntimeException any other, if nothing is stored
     */
    Map<UUID, Acceptance.Accepted> write(Collection<UUID> jobs, Supplier<Map<UUID, Acceptance.Accepted>> write) {
        try {
            return writeOnce(jobs, write);
        } catch (ConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) != DatabaseFault.AWAY || e instanceof CommitUnknownException) {
                throw e;
            }
            // The server ended this connection before it did anything; others it may take.
            return writeOnce(jobs, write);
        }
    }

    private Map<UUID, Acceptance.Accepted> writeOnce(
            Collection<UUID> jobs, Supplier<Map<UUID, Acceptance.Accepted>> write) {
        try {
            return write.get();
        } catch (ConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!DatabaseFault.leavesDoubt(e)) {
                throw e;
            }
            return findOut(jobs, write, e);
        }
    }

    private Map<UUID, Acceptance.Accepted> findOut(
            Collection<UUID> jobs, Supplier<Map<UUID, Acceptance.Accepted>> write, RuntimeException doubt) {
        long begun = System.nanoTime();
        long end = begun + patience.toNanos();
        boolean again = DatabaseFault.of(doubt) == DatabaseFault.AWAY;
        RuntimeException last = doubt;
        do {
            try {
                Map<UUID, Acceptance.Accepted> stored = stored(jobs);
                if (!stored.isEmpty()) {
                    return stored;
                }
                if (!again) {
                    // Nothing is wrong with the connection, so it was never sent.
                    throw doubt;
                }
                return write.get();
            } catch (RuntimeException e) {
                if (e == doubt) {
                    throw e;
                }
                if (isRefusedForGood(e, jobs, System.nanoTime() - begun)) {
                    throw e;
                }
                // Otherwise one that the server refuses may be refused because it is there: that is looked at next.
                last = e;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted());
        last.addSuppressed(doubt);
        throw new CommitUnknownException(jobs, last);
    }

    /** The server takes no writes, and no transaction is open that could be the first attempt. */
    private boolean isRefusedForGood(RuntimeException failure, Collection<UUID> jobs, long sinceNanos) {
        try {
            return DatabaseFault.of(failure) == DatabaseFault.READ_ONLY
                    && jdbi.withExtension(JobTransitions.class, t -> t.noneWritesLongerThan(sinceNanos / 1_000_000))
                    && stored(jobs).isEmpty();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Map<UUID, Acceptance.Accepted> stored(Collection<UUID> jobs) {
        UUID[] ids = jobs.toArray(UUID[]::new);
        List<Acceptance.Accepted> rows = jdbi.withExtension(JobTransitions.class, t -> t.accepted(ids));
        Map<UUID, Acceptance.Accepted> stored = new HashMap<>();
        rows.forEach(row -> stored.put(row.id(), row));
        return stored;
    }
}
