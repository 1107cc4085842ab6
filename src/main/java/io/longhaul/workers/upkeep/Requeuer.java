package io.longhaul.workers.upkeep;

import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.JobTransitions;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Puts back into the queue what is shown as running although nobody has a lease on it. */
final class Requeuer implements Sweep.Rows {
    /** What its rows are set aside under; it runs with the rescue. */
    static final String TASK = "requeue";

    private final Jdbi jdbi;

    Requeuer(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public int apply(int limit, UUID[] only) {
        return jdbi.withExtension(JobTransitions.class, t -> t.requeueUnleased(limit, only));
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.requeue(limit));
    }
}
