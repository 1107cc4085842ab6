package io.longhaul.workers.remote;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.Workers;
import io.longhaul.workers.housekeeping.QuarantiningBatches;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.run.Outcomes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Ends attempts of workers whose time is up, even if the workers do not stop: later reports of these attempts are
 * refused. Heartbeats tell the workers.
 */
final class Overdue implements QuarantiningBatches.Rows {
    /** The name of the housekeeping task. */
    static final String TASK = "remote-timeouts";

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LEAST = Duration.ofMillis(20);
    private static final int BATCH = 200;

    /** Rows of workers that are gone disturb nothing, so they are removed once in this many steps. */
    private static final int SELDOM = 60;

    private final Jdbi jdbi;
    private final ToolRegistry tools;
    private final RemoteEnds ends;
    private final StopWaits stops;
    private final Workers workers;
    private final QuarantiningBatches sweep;
    private int steps;

    Overdue(Node node, ToolRegistry tools, RemoteEnds ends, StopWaits stops, Workers workers) {
        this.jdbi = node.jdbi();
        this.sweep = new QuarantiningBatches(TASK, BATCH, node, this);
        this.tools = tools;
        this.ends = ends;
        this.stops = stops;
        this.workers = workers;
    }

    /** Does a part of the work and returns the wait until the next. */
    Duration step() {
        boolean seldom = steps++ % SELDOM == 0;
        if (seldom) {
            jdbi.useExtension(RemoteStatements.class, RemoteStatements::forgetGone);
        }
        // Without attempts there may still be rows that were set aside.
        return seldom || workers.pendingWork().shows(PendingWork.Seen::remoteAttempts) ? endLate() : LOOK;
    }

    private Duration endLate() {
        return sweep.step() ? Duration.ZERO : untilNext();
    }

    @Override
    public int apply(int limit, UUID[] only) {
        List<ClaimedJob> late = late(limit, only);
        try {
            late.forEach(this::end);
        } finally {
            if (!late.isEmpty()) {
                stops.overdue();
            }
        }
        return late.size();
    }

    @Override
    public List<UUID> next(int limit) {
        return late(limit, null).stream().map(job -> job.lease().jobId()).toList();
    }

    private List<ClaimedJob> late(int limit, UUID[] only) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.overdue(limit, only));
    }

    private void end(ClaimedJob job) {
        ToolPolicy policy = tools.find(job.tool()).map(RegisteredTool::policy).orElse(ToolPolicy.DEFAULT);
        Duration timeout = Outcomes.timeout(job, policy);
        Duration most = timeout == null ? workers.configuration().timeout() : timeout;
        ends.write(job, Outcomes.of(job, policy, Outcomes.timeout(most)), most);
    }

    private Duration untilNext() {
        long millis = jdbi.withExtension(RemoteStatements.class, RemoteStatements::millisToDeadline)
                .orElse(LOOK.toMillis());
        return Duration.ofMillis(Math.max(LEAST.toMillis(), Math.min(LOOK.toMillis(), millis)));
    }
}
