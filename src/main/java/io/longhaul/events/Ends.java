package io.longhaul.events;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Lets callers wait for the end of something without holding a thread or a connection each. */
public abstract class Ends {
    /** The waits for each end. A set is changed within {@code compute} only, and an empty one is removed there. */
    private final ConcurrentMap<UUID, Set<CompletableFuture<Void>>> waiting = new ConcurrentHashMap<>();

    Ends() {}

    /**
     * Waits for an end. A wait that is completed otherwise, such as by a timeout, is forgotten, and so is the end once nobody
     * waits for it.
     *
     * @return done once it has ended or no longer exists; give it a timeout with {@code completeOnTimeout}
     */
    public CompletableFuture<Void> whenEnded(UUID id) {
        CompletableFuture<Void> wait = new CompletableFuture<>();
        waiting.compute(id, (key, waits) -> {
            Set<CompletableFuture<Void>> all = waits == null ? new HashSet<>() : waits;
            all.add(wait);
            return all;
        });
        var unused = wait.whenComplete((done, failure) -> forget(id, wait));
        return wait;
    }

    private void forget(UUID id, CompletableFuture<Void> wait) {
        waiting.computeIfPresent(id, (key, waits) -> {
            waits.remove(wait);
            return waits.isEmpty() ? null : waits;
        });
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
            Set<CompletableFuture<Void>> done = waiting.remove(id);
            if (done != null) {
                List.copyOf(done).forEach(wait -> wait.complete(null));
            }
        }
    }
}
