package io.longhaul.events;

import io.longhaul.jobs.JobQueries;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jdbi.v3.core.Jdbi;

/** Lets callers wait for the end of jobs without holding a thread or a connection each. */
public final class JobEnds {
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
        if (waiting.isEmpty()) {
            return;
        }
        UUID[] ids = waiting.keySet().toArray(UUID[]::new);
        List<UUID> ended = jdbi.withExtension(JobQueries.class, q -> q.ended(ids));
        ended(ended);
    }
}
