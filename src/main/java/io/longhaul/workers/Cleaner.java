package io.longhaul.workers;

import io.longhaul.jobs.JobTransitions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Removes ended jobs whose time is over, and fails pending ones that expired. In small batches, so that nobody waits. */
final class Cleaner {
    /** What it is called as a piece of housekeeping. */
    static final String TASK = "clean-up";

    private static final int BATCH = 1_000;

    private final Jdbi jdbi;
    private final Duration interval;
    private final Facts facts;
    private final Consumer<Collection<UUID>> ended;

    Cleaner(Jdbi jdbi, Duration interval, Facts facts, Consumer<Collection<UUID>> ended) {
        this.jdbi = jdbi;
        this.interval = interval;
        this.facts = facts;
        this.ended = ended;
    }

    /** A step of the loop. */
    Duration clean() {
        boolean more = expirePending() == BATCH;
        more |= deleteExpired() == BATCH;
        return more ? Duration.ZERO : interval;
    }

    private int expirePending() {
        List<UUID> jobs = jdbi.withExtension(JobTransitions.class, t -> t.expirePending(BATCH));
        if (!jobs.isEmpty()) {
            facts.expired(jobs);
            ended.accept(jobs);
        }
        return jobs.size();
    }

    private int deleteExpired() {
        int jobs = jdbi.withExtension(JobTransitions.class, t -> t.deleteExpired(BATCH));
        if (jobs > 0) {
            facts.removed(jobs);
        }
        return jobs;
    }
}
