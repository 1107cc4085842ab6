package io.longhaul.events;

import io.longhaul.jobs.sql.BatchTransitions;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets callers wait for the end of batches. What counts is the batch's row, which gets the time of its end once: a caller
 * is told once, on whatever node it waits, also when the node that wrote the end died right after.
 */
public final class BatchEnds {
    private final Jdbi jdbi;
    private final ConcurrentMap<UUID, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    /**
     * Wires it.
     *
     * @param jdbi the database, asked for all waited-for batches at once
     */
    public BatchEnds(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Waits for a batch's end.
     *
     * @param id the batch
     * @return done once the batch has ended or no longer exists; give it a timeout with {@code orTimeout}
     */
    public CompletableFuture<Void> whenEnded(UUID id) {
        // A copy, so that one caller's timeout does not end the wait of the others.
        return waiting.computeIfAbsent(id, key -> new CompletableFuture<>()).copy();
    }

    /**
     * Whether anybody waits.
     *
     * @return false when the end of a batch is of no interest here
     */
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /**
     * Says that batches have ended, as this node has just written.
     *
     * @param ids the batches
     */
    public void ended(Collection<UUID> ids) {
        for (UUID id : ids) {
            CompletableFuture<Void> done = waiting.remove(id);
            if (done != null) {
                done.complete(null);
            }
        }
    }

    /** Asks the database which of the waited-for batches have ended. Called at each notification and each poll. */
    public void lookAgain() {
        if (!waiting.isEmpty()) {
            UUID[] ids = waiting.keySet().toArray(UUID[]::new);
            ended(jdbi.withExtension(BatchTransitions.class, batches -> batches.ended(ids)));
        }
    }
}
