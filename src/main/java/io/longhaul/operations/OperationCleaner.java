package io.longhaul.operations;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Removes operations that ended long ago, with the outcomes of their jobs, as a housekeeping task. */
public final class OperationCleaner {
    /** The name of the housekeeping task. */
    public static final String TASK = "operations-clean-up";

    static final int DAYS_KEPT = 30;

    private static final int BATCH = 5_000;
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Jdbi jdbi;

    public OperationCleaner(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Removes a batch.
     *
     * @return the wait until the next; zero if there may be more
     */
    public Duration clean() {
        return jdbi.inTransaction(handle -> {
            OperationStatements statements = handle.attach(OperationStatements.class);
            Optional<UUID> old = statements.old(DAYS_KEPT);
            if (old.isEmpty()) {
                return INTERVAL;
            }
            if (statements.removeOutcomes(old.get(), BATCH) < BATCH) {
                statements.remove(old.get());
            }
            return Duration.ZERO;
        });
    }
}
