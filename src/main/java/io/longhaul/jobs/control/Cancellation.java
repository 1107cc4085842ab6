package io.longhaul.jobs.control;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobTransitions;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/** Cancels jobs. */
public final class Cancellation {
    private final Jdbi jdbi;

    public Cancellation(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The result of a cancellation. */
    public enum Answer {
        /** The job was pending or running and is cancelled now; running work is being stopped. */
        CANCELLED,
        /** The job had already ended and stays as it is. */
        ALREADY_ENDED
    }

    /**
     * Cancels a pending or running job. Its status is final when this returns. Returns nothing if there is no
     * such job.
     */
    public Optional<Answer> cancel(UUID id) {
        try {
            return cancelOnce(id);
        } catch (ConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) != DatabaseFault.AWAY) {
                throw e;
            }
            return cancelAgain(id);
        }
    }

    /** The connection broke, maybe after the commit: then this call has cancelled the job. */
    private Optional<Answer> cancelAgain(UUID id) {
        Optional<Answer> answer = cancelOnce(id);
        boolean tooLate = answer.filter(Answer.ALREADY_ENDED::equals).isPresent();
        return tooLate && isCancelled(id) ? Optional.of(Answer.CANCELLED) : answer;
    }

    private boolean isCancelled(UUID id) {
        return jdbi.withExtension(JobQueries.class, queries -> queries.find(id))
                .filter(job -> job.status() == JobStatus.CANCELLED)
                .isPresent();
    }

    private Optional<Answer> cancelOnce(UUID id) {
        return jdbi.inTransaction(handle -> {
            JobTransitions transitions = handle.attach(JobTransitions.class);
            if (transitions.lock(id) == null) {
                return Optional.empty();
            }
            return Optional.of(transitions.cancel(id).isEmpty() ? Answer.ALREADY_ENDED : Answer.CANCELLED);
        });
    }
}
