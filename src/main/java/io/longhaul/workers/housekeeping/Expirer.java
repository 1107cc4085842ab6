package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Fails pending jobs that no worker began in time. */
public final class Expirer implements QuarantiningBatches.Rows {
    /** The name of the housekeeping task. */
    public static final String TASK = "expiry";

    private static final int BATCH = 1_000;

    private final Jdbi jdbi;
    private final Duration interval;
    private final Telemetry telemetry;
    private final JobSignals signals;
    private final QuarantiningBatches sweep;

    public Expirer(Node node, Duration interval) {
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.signals = node.signals();
        this.interval = interval;
        this.sweep = new QuarantiningBatches(TASK, BATCH, node, this);
    }

    /** A step of the loop. */
    public Duration expire() {
        return sweep.step() ? Duration.ZERO : interval;
    }

    @Override
    public int apply(int limit, UUID[] only) {
        List<UUID> jobs = jdbi.withExtension(JobTransitions.class, t -> t.expirePending(limit, only));
        if (!jobs.isEmpty()) {
            telemetry.expired(jobs);
            signals.ended(jobs);
        }
        return jobs.size();
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.expiry(limit));
    }
}
