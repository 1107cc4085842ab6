package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.FairQueue;
import io.longhaul.jobs.sql.TransactionLocks;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A short-lived cache of the tools that have waiting jobs with fairness keys. Jobs of these tools without a key need
 * a look at the queue when they are submitted; jobs of other tools do not.
 */
public final class FairTools {
    /**
     * Numbers drawn at most per refresh, more than a queue advances in a second; the rest is drawn by the next
     * refresh.
     */
    private static final int MAX_DRAWN = 50_000;

    private final Jdbi jdbi;
    private volatile Set<String> tools = Set.of();

    /** Empty before the first {@link #refresh}. */
    public FairTools(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Reads the tools again, and advances the sequence so that jobs without a key keep their turn. */
    public void refresh() {
        tools = Set.copyOf(jdbi.withExtension(FairQueue.class, FairQueue::tools));
        if (!tools.isEmpty()) {
            jdbi.useHandle(handle -> {
                TransactionLocks.of(handle).beforeFairQueue();
                handle.useTransaction(FairTools::catchUp);
            });
        }
    }

    private static void catchUp(Handle handle) {
        if (TransactionLocks.of(handle).tryFairQueue()) {
            handle.attach(FairQueue.class).catchUp(MAX_DRAWN);
        }
    }

    public boolean any() {
        return !tools.isEmpty();
    }

    /** True if the tool had waiting jobs with a fairness key at the last refresh. */
    public boolean contains(String tool) {
        return tools.contains(tool);
    }
}
