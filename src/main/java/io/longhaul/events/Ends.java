package io.longhaul.events;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** Lets callers wait for the end of something without holding a thread or a connection each. */
public abstract class Ends {
    /** The waits for each end, by their numbers. They are changed within {@code compute} only, and removed there when none is left. */
    private final ConcurrentMap<UUID, Map<Long, CompletableFuture<Void>>> waiting = new ConcurrentHashMap<>();

    private final AtomicLong numbers = new AtomicLong();

    Ends() {}

    /**
     * Waits for an end. A wait that is completed otherwise, such as by a timeout, is forgotten, and so is the end once nobody
     * waits for it.
     *
     * @return done once it has ended or no longer exists; give it a timeout with {@code completeOnTimeout}
     */
    public CompletableFuture<Void> whenEnded(UUID id) {
        CompletableFuture<Void> wait = new CompletableFuture<>();
        Long number = numbers.incrementAndGet();
        waiting.compute(id, (key, waits) -> {
            Map<Long, CompletableFuture<Void>> all = waits == null ? new HashMap<>() : waits;
            all.put(number, wait);
            return all;
        });
        var unused = wait.whenComplete((done, failure) -> forget(id, number));
        return wait;
    }

    private void forget(UUID id, Long number) {
        waiting.computeIfPresent(id, (key, waits) -> {
            waits.remove(number);
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
            Map<Long, CompletableFuture<Void>> done = waiting.remove(id);
            if (done != null) {
                List.copyOf(done.values()).forEach(wait -> wait.complete(null));
            }
        }
    }
}
