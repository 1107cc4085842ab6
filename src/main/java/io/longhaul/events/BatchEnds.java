package io.longhaul.events;

import io.longhaul.jobs.sql.BatchTransitions;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets callers wait for the end of batches. The batch's row gets the time of its end once: a caller hears of it once, on whatever
 * node it waits, also when the node that wrote the end died right after.
 */
public final class BatchEnds extends Ends {
    private final Jdbi jdbi;

    public BatchEnds(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Asks the database which of all awaited batches have ended. */
    public void lookAgain() {
        if (isAwaited()) {
            UUID[] ids = awaited().toArray(UUID[]::new);
            ended(jdbi.withExtension(BatchTransitions.class, batches -> batches.ended(ids)));
        }
    }
}
