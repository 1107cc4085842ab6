package io.longhaul.events;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Lets callers wait for the end of something without holding a thread or a connection each. */
public abstract class Ends {
    private final ConcurrentMap<UUID, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Ends() {}

    /**
     * Waits for an end.
     *
     * @return done once it has ended or no longer exists; give it a timeout with {@code orTimeout}
     */
    public CompletableFuture<Void> whenEnded(UUID id) {
        // A copy, so that one caller's timeout does not end the wait of the others.
        return waiting.computeIfAbsent(id, key -> new CompletableFuture<>()).copy();
    }

    /** False when no end is of interest here. */
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    Set<UUID> awaited() {
        return waiting.keySet();
    }

    /** Completes the waits for these ends. */
    public void ended(Collection<UUID> ids) {
        for (UUID id : ids) {
            CompletableFuture<Void> done = waiting.remove(id);
            if (done != null) {
                done.complete(null);
            }
        }
    }
}
