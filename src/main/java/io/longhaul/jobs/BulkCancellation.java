package io.longhaul.jobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Calls many jobs off, in parts: a part is small enough to hold nobody up. */
public final class BulkCancellation {
    private static final int PART = 200;

    private final Jdbi jdbi;
    private final Cancellation single;
    private final Consumer<Collection<UUID>> cancelled;

    /**
     * Wires it.
     *
     * @param jdbi the database
     * @param cancelled told the jobs of each part once they are cancelled
     */
    public BulkCancellation(Jdbi jdbi, Consumer<Collection<UUID>> cancelled) {
        this.jdbi = jdbi;
        this.single = new Cancellation(jdbi);
        this.cancelled = cancelled;
    }

    /**
     * Cancels jobs, pending or running. What has ended stays as it is.
     *
     * @param ids which
     * @return how many are cancelled now
     */
    public int cancel(List<UUID> ids) {
        int count = 0;
        for (int i = 0; i < ids.size(); i += PART) {
            List<UUID> done = cancelPart(ids.subList(i, Math.min(i + PART, ids.size())));
            cancelled.accept(done);
            count += done.size();
        }
        return count;
    }

    private List<UUID> cancelPart(List<UUID> part) {
        List<UUID> done = new ArrayList<>(jdbi.inTransaction(handle -> {
            BulkTransitions transitions = handle.attach(BulkTransitions.class);
            List<UUID> locked = transitions.lock(part.toArray(UUID[]::new));
            return transitions.cancel(locked.toArray(UUID[]::new));
        }));
        Set<UUID> left = new HashSet<>(part);
        done.forEach(left::remove);
        // Ended, or in somebody's hand a moment ago: one by one, each may be waited for.
        left.stream().filter(this::cancelOne).forEach(done::add);
        return done;
    }

    private boolean cancelOne(UUID id) {
        return single.cancel(id).filter(Cancellation.Answer.CANCELLED::equals).isPresent();
    }
}
