package io.longhaul.jobs.intake;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.sql.JobInserts;
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
 * Commits new jobs so that the client learns for certain whether they are stored. If the connection breaks during the
 * commit, the ids are looked up on another connection. If they are missing, the same rows are written again: the
 * primary key lets each in once, and makes the second write wait for a commit that is still under way.
 */
final class CertainCommit {
    /** Time a client waits for a restarting database before it is told that the outcome is unknown. */
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
     * @param jobs the ids, all written in one transaction; jobs whose idempotency key is taken are left out
     * @param write writes them all and commits; must be repeatable
     * @return the rows of the stored jobs
     * @throws CommitUnknownException if it cannot be determined whether they are stored
     * @throws RuntimeException any other, if nothing is stored
     */
    Map<UUID, JobInserts.Accepted> write(Collection<UUID> jobs, Supplier<Map<UUID, JobInserts.Accepted>> write) {
        try {
            return writeOnce(jobs, write);
        } catch (Error e) {
            // Memory ran out, and it is not known how far the write came.
            throw new CommitUnknownException(jobs, e);
        } catch (ConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) != DatabaseFault.AWAY || e instanceof CommitUnknownException) {
                throw e;
            }
            // The server closed this connection before it did anything; another connection may work.
            return writeOnce(jobs, write);
        }
    }

    private Map<UUID, JobInserts.Accepted> writeOnce(
            Collection<UUID> jobs, Supplier<Map<UUID, JobInserts.Accepted>> write) {
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

    private Map<UUID, JobInserts.Accepted> findOut(
            Collection<UUID> jobs, Supplier<Map<UUID, JobInserts.Accepted>> write, RuntimeException doubt) {
        long begun = System.nanoTime();
        long end = begun + patience.toNanos();
        boolean again = DatabaseFault.of(doubt) == DatabaseFault.AWAY;
        RuntimeException last = doubt;
        do {
            try {
                Map<UUID, JobInserts.Accepted> stored = stored(jobs);
                if (!stored.isEmpty()) {
                    return stored;
                }
                if (!again) {
                    // The connection works, so the write was never sent.
                    throw doubt;
                }
                Map<UUID, JobInserts.Accepted> written = write.get();
                // A job left out may have met itself: its own key, taken by the first write that was still under way.
                return written.size() == jobs.size() ? written : stored(jobs);
            } catch (RuntimeException e) {
                if (e == doubt) {
                    throw e;
                }
                if (isRefusedForGood(e, jobs, System.nanoTime() - begun)) {
                    throw e;
                }
                // Otherwise the server may refuse the rows because they are there: the next round looks.
                last = e;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted());
        last.addSuppressed(doubt);
        throw new CommitUnknownException(jobs, last);
    }

    /** True if the server takes no writes and no open transaction could be the first attempt. */
    private boolean isRefusedForGood(RuntimeException failure, Collection<UUID> jobs, long sinceNanos) {
        try {
            return DatabaseFault.of(failure) == DatabaseFault.READ_ONLY
                    && jdbi.withExtension(JobTransitions.class, t -> t.noneWritesLongerThan(sinceNanos / 1_000_000))
                    && stored(jobs).isEmpty();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Map<UUID, JobInserts.Accepted> stored(Collection<UUID> jobs) {
        UUID[] ids = jobs.toArray(UUID[]::new);
        List<JobInserts.Accepted> rows = jdbi.withExtension(JobTransitions.class, t -> t.accepted(ids));
        Map<UUID, JobInserts.Accepted> stored = new HashMap<>();
        rows.forEach(row -> stored.put(row.id(), row));
        return stored;
    }
}
