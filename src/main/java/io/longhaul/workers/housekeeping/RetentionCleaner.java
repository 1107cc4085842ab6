package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.ExpiryTransitions;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Removes ended jobs whose retention is over, in rounds. */
public final class RetentionCleaner implements QuarantiningBatches.Rows {
    /** The name of the housekeeping task. */
    public static final String TASK = "clean-up";

    private static final int BATCH = 2_000;

    /** Earlier than any job, and within the range of PostgreSQL's times. */
    private static final OffsetDateTime BEGINNING = OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final Jdbi jdbi;
    private final Duration interval;
    private final Telemetry telemetry;
    private final QuarantiningBatches sweep;
    private OffsetDateTime from = BEGINNING;

    public RetentionCleaner(Node node, Duration interval) {
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.interval = interval;
        this.sweep = new QuarantiningBatches(TASK, BATCH, node, this);
    }

    /** A step of the loop. */
    public Duration clean() {
        if (sweep.step()) {
            return Duration.ZERO;
        }
        // The next round also finds jobs that were locked, or ended under an older time.
        from = BEGINNING;
        jdbi.useExtension(Quarantine.class, Quarantine::forgetReleased);
        return interval;
    }

    @Override
    public int apply(int limit, UUID[] only) {
        OffsetDateTime start = only == null ? from : BEGINNING;
        ExpiryTransitions.Removed removed =
                jdbi.withExtension(JobTransitions.class, t -> t.deleteExpired(limit, start, only));
        if (removed.jobs() > 0) {
            telemetry.removed(removed.jobs());
        }
        if (only == null && removed.upTo() != null) {
            from = removed.upTo();
        }
        return removed.jobs();
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.cleanUp(limit));
    }
}
