package io.longhaul.jobs.control;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.BulkTransitions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels many jobs, a few at a time, so that no other transaction waits long. */
public final class BulkCancellation {
    private static final int PART = 200;

    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    private final Jdbi jdbi;
    private final Cancellation single;
    private final JobSignals signals;

    public BulkCancellation(Jdbi jdbi, JobSignals signals) {
        this.jdbi = jdbi;
        this.single = new Cancellation(jdbi);
        this.signals = signals;
    }

    /**
     * The result.
     *
     * @param cancelled number of jobs cancelled now
     * @param asked number of jobs whose result is known
     * @param complete false if the database failed before the end
     */
    public record Answer(int cancelled, int asked, boolean complete) {}

    /** Cancels pending and running jobs. Throws if the database fails before any is cancelled. */
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

    /** The progress: the jobs before this index are done. */
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
        // They have ended, or another transaction had them locked: one by one, each may be waited for.
        for (UUID id : left) {
            if (cancelOne(id)) {
                tell(List.of(id), done);
            }
        }
    }

    private void tell(List<UUID> jobs, Done done) {
        done.cancelled += jobs.size();
        signals.cancelled(jobs);
    }

    private boolean cancelOne(UUID id) {
        return single.cancel(id).filter(Cancellation.Answer.CANCELLED::equals).isPresent();
    }
}
