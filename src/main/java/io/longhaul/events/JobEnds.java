package io.longhaul.events;

import io.longhaul.jobs.sql.JobQueries;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jdbi.v3.core.Jdbi;

/** Lets callers wait for the end of jobs without holding a thread or a connection each. */
public final class JobEnds {
    /** Jobs in one statement: those that have ended are told before the others are looked at. */
    private static final int AT_ONCE = 500;

    /** So many are looked up one by one as quickly as the ends of the last second are read. */
    private static final int FEW = 50;

    private final Jdbi jdbi;
    private final ConcurrentMap<UUID, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    /**
     * Wires it.
     *
     * @param jdbi the database, asked for all waited-for jobs at once
     */
    public JobEnds(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Waits for a job's end.
     *
     * @param id the job
     * @return done once the job has ended or no longer exists; give it a timeout with {@code orTimeout}
     */
    public CompletableFuture<Void> whenEnded(UUID id) {
        CompletableFuture<Void> shared = waiting.computeIfAbsent(id, key -> new CompletableFuture<>());
        // A copy, so that one caller's timeout does not end the wait of the others.
        return shared.copy();
    }

    /**
     * Whether anybody waits.
     *
     * @return false when the end of a job is of no interest here
     */
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /**
     * Says that jobs have ended, as this node has just written.
     *
     * @param ids the jobs
     */
    public void ended(Collection<UUID> ids) {
        for (UUID id : ids) {
            CompletableFuture<Void> done = waiting.remove(id);
            if (done != null) {
                done.complete(null);
            }
        }
    }

    /** Asks the database which of the waited-for jobs have ended. Called at each notification and each poll. */
    public void lookAgain() {
        look(List.copyOf(waiting.keySet()));
    }

    /**
     * Asks the database which of the waited-for jobs have just ended: at less cost than {@link #lookAgain} where many are
     * waited for. It may miss one that took long to be committed.
     *
     * @param within how long ago
     */
    public void lookForNew(Duration within) {
        if (waiting.size() <= FEW) {
            lookAgain();
        } else {
            ended(jdbi.withExtension(JobQueries.class, q -> q.endedWithin(within.toMillis())));
        }
    }

    /**
     * Asks the database which of some jobs have ended.
     *
     * @param ids jobs that have changed; those that nobody waits for cost nothing
     */
    public void lookAt(Collection<UUID> ids) {
        look(ids.stream().filter(waiting::containsKey).toList());
    }

    private void look(List<UUID> ids) {
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            UUID[] part = ids.subList(i, Math.min(i + AT_ONCE, ids.size())).toArray(UUID[]::new);
            ended(jdbi.withExtension(JobQueries.class, q -> q.ended(part)));
        }
    }
}
