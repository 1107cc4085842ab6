package io.longhaul.jobs.control;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.intake.AfterCommit;
import io.longhaul.jobs.sql.BulkTransitions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls many jobs off, in parts: a part is small enough to hold nobody up. */
public final class BulkCancellation {
    private static final int PART = 200;

    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    private final Jdbi jdbi;
    private final Cancellation single;
    private final JobSignals signals;

    /**
     * Wires it.
     *
     * @param jdbi the database
     * @param signals told the jobs of each part once they are cancelled
     */
    public BulkCancellation(Jdbi jdbi, JobSignals signals) {
        this.jdbi = jdbi;
        this.single = new Cancellation(jdbi);
        this.signals = signals;
    }

    /**
     * What came of it.
     *
     * @param cancelled how many are cancelled now
     * @param asked of how many it is known what became of them
     * @param complete false when the database failed before the others
     */
    public record Answer(int cancelled, int asked, boolean complete) {}

    /**
     * Cancels jobs, pending or running. What has ended stays as it is.
     *
     * @param ids which
     * @return what came of it; when the first of them fail already, that is thrown
     */
    public Answer cancel(List<UUID> ids) {
        Done done = new Done();
        try {
            for (; done.parts < ids.size(); done.parts += PART) {
                cancelPart(ids.subList(done.parts, Math.min(done.parts + PART, ids.size())), done);
            }
        } catch (RuntimeException e) {
            if (done.cancelled == 0) {
                throw e;
            }
            LOG.warn(
                    "{} jobs are cancelled; the database failed before the others: {}", done.cancelled, e.getMessage());
            return new Answer(done.cancelled, done.cancelled, false);
        }
        return new Answer(done.cancelled, ids.size(), true);
    }

    /** How far it is: the jobs before this place, and how many are cancelled for good. */
    private static final class Done {
        private int parts;
        private int cancelled;
    }

    private void cancelPart(List<UUID> part, Done done) {
        List<UUID> together = jdbi.inTransaction(handle -> {
            BulkTransitions transitions = handle.attach(BulkTransitions.class);
            List<UUID> locked = transitions.lock(part.toArray(UUID[]::new));
            return transitions.cancel(locked.toArray(UUID[]::new));
        });
        tell(together, done);
        Set<UUID> left = new HashSet<>(part);
        together.forEach(left::remove);
        // Ended, or in somebody's hand a moment ago: one by one, each may be waited for.
        for (UUID id : left) {
            if (cancelOne(id)) {
                tell(List.of(id), done);
            }
        }
    }

    private void tell(List<UUID> jobs, Done done) {
        done.cancelled += jobs.size();
        AfterCommit.tell(() -> signals.cancelled(jobs));
    }

    private boolean cancelOne(UUID id) {
        return single.cancel(id).filter(Cancellation.Answer.CANCELLED::equals).isPresent();
    }
}
