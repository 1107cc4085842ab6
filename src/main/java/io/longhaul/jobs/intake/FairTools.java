package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.FairQueue;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/**
 * The tools of which jobs with fairness keys wait, as it was a moment ago. Submits of their jobs without a key need a look
 * at the queue, and those of all other tools do not.
 */
public final class FairTools {
    /** More than a queue moves on in a second; what is left is drawn in the next one. */
    private static final int MOST_PLACES = 50_000;

    private final Jdbi jdbi;
    private volatile Set<String> tools = Set.of();

    /**
     * Knows of none before the first {@link #refresh}.
     *
     * @param jdbi the database
     */
    public FairTools(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Looks again, and keeps jobs without a key in step with the others. */
    public void refresh() {
        tools = Set.copyOf(jdbi.withExtension(FairQueue.class, FairQueue::tools));
        if (!tools.isEmpty()) {
            jdbi.useExtension(FairQueue.class, q -> q.catchUp(MOST_PLACES));
        }
    }

    /**
     * Whether there were any at the last look.
     *
     * @return true when they are to be looked for again
     */
    public boolean any() {
        return !tools.isEmpty();
    }

    /**
     * Whether jobs of a tool wait that have a fairness key.
     *
     * @param tool its name
     * @return as it was at the last look
     */
    public boolean contains(String tool) {
        return tools.contains(tool);
    }
}
