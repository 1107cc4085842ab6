package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.ExpiryTransitions;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Lets pending jobs wait without a limit that have none of their own: {@link ExpiryTransitions#liftLimits}. */
public final class LimitLifter implements QuarantiningBatches.Rows {
    /** The name of the housekeeping task. */
    public static final String TASK = "start-limit";

    private static final int BATCH = 1_000;

    /** Limits are lifted an hour before they would end a job. */
    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);

    private final Jdbi jdbi;
    private final Duration interval;
    private final QuarantiningBatches sweep;

    public LimitLifter(Node node, Duration interval) {
        this.jdbi = node.jdbi();
        this.interval = interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
        this.sweep = new QuarantiningBatches(TASK, BATCH, node, this);
    }

    /** A step of the loop. */
    public Duration lift() {
        return sweep.step() ? Duration.ZERO : interval;
    }

    @Override
    public int apply(int limit, UUID[] only) {
        return jdbi.withExtension(JobTransitions.class, t -> t.liftLimits(limit, only));
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.wronglyLimited(limit));
    }
}
