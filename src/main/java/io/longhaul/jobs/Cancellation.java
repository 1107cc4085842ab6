package io.longhaul.jobs;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Calls jobs off. */
public final class Cancellation {
    private final Jdbi jdbi;

    /**
     * Wires it.
     *
     * @param jdbi the database
     */
    public Cancellation(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** What came of a cancel. */
    public enum Answer {
        /** The job was pending or running and is cancelled now; running work is being stopped. */
        CANCELLED,
        /** The job had ended before; it stays as it is. */
        ALREADY_ENDED
    }

    /**
     * Cancels a job, pending or running. The status is final when this returns.
     *
     * @param id the job
     * @return what came of it, or nothing when there is no such job
     */
    public Optional<Answer> cancel(UUID id) {
        return jdbi.inTransaction(handle -> {
            JobTransitions transitions = handle.attach(JobTransitions.class);
            if (transitions.lock(id) == null) {
                return Optional.empty();
            }
            return Optional.of(transitions.cancel(id).isEmpty() ? Answer.ALREADY_ENDED : Answer.CANCELLED);
        });
    }
}
