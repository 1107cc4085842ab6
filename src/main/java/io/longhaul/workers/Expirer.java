package io.longhaul.workers;

import io.longhaul.jobs.Candidates;
import io.longhaul.jobs.JobTransitions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Fails pending jobs that nobody began in time. */
final class Expirer implements Sweep.Rows {
    /** What it is called as a piece of housekeeping. */
    static final String TASK = "expiry";

    private static final int BATCH = 1_000;

    private final Jdbi jdbi;
    private final Duration interval;
    private final Facts facts;
    private final Consumer<Collection<UUID>> ended;
    private final Sweep sweep;

    Expirer(Jdbi jdbi, Duration interval, Facts facts, Consumer<Collection<UUID>> ended) {
        this.jdbi = jdbi;
        this.interval = interval;
        this.facts = facts;
        this.ended = ended;
        this.sweep = new Sweep(TASK, BATCH, jdbi, facts, this);
    }

    /** A step of the loop. */
    Duration expire() {
        return sweep.step() ? Duration.ZERO : interval;
    }

    @Override
    public int apply(int limit, UUID[] only) {
        List<UUID> jobs = jdbi.withExtension(JobTransitions.class, t -> t.expirePending(limit, only));
        if (!jobs.isEmpty()) {
            facts.expired(jobs);
            ended.accept(jobs);
        }
        return jobs.size();
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.expiry(limit));
    }
}
