package io.longhaul.telemetry;

import com.codahale.metrics.MetricRegistry;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Makes metrics of events: counters by kind, timers for claims and attempts. */
public final class TelemetryMetrics implements Telemetry {
    private final MetricRegistry metrics;

    public TelemetryMetrics(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    private void count(String what, long howMany) {
        metrics.counter("longhaul." + what).inc(howMany);
    }

    @Override
    public void nodeRegistered(long nodeId, String name) {
        count("node.registered", 1);
    }

    @Override
    public void nodeLost(long nodeId, boolean silent) {
        count("node.lost", 1);
    }

    @Override
    public void claimed(int jobs, Duration took) {
        count("jobs.claimed", jobs);
        metrics.timer("longhaul.claim").update(took.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void started(ClaimedJob job) {
        count("attempts.started", 1);
    }

    @Override
    public void ended(Outcome outcome, Duration took) {
        count("attempts." + name(outcome), 1);
        metrics.timer("longhaul.attempt").update(took.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static String name(Outcome outcome) {
        if (outcome instanceof Outcome.Completed) {
            return "completed";
        }
        if (outcome instanceof Outcome.Failed failed) {
            return "failed." + failed.errorCode().toLowerCase(Locale.ROOT);
        }
        if (outcome instanceof Outcome.WaitsForInput) {
            return "waiting_for_input";
        }
        return outcome instanceof Outcome.RetryLater ? "retried" : "given_back";
    }

    @Override
    public void leaseLost(Lease lease) {
        count("attempts.lease_lost", 1);
    }

    @Override
    public void stopped(Lease lease, StopReason reason) {
        count("attempts.stopped." + reason.name().toLowerCase(Locale.ROOT), 1);
    }

    @Override
    public void abandoned(Lease lease, String tool) {
        count("attempts.abandoned", 1);
    }

    @Override
    public void barred(String tool, long calls) {
        count("tools.barred", 1);
    }

    @Override
    public void cameBack(Lease lease, String tool) {
        count("attempts.came_back", 1);
    }

    @Override
    public void rescued(Collection<UUID> jobs) {
        count("jobs.rescued", jobs.size());
    }

    @Override
    public void expired(Collection<UUID> jobs) {
        count("jobs.expired", jobs.size());
    }

    @Override
    public void removed(int jobs) {
        count("jobs.removed", jobs);
    }

    @Override
    public void quarantined(String task, UUID row, Throwable failure) {
        count("rows.quarantined." + task, 1);
    }

    @Override
    public void operationEnded(UUID operation, String what, String state, OperationCounts jobs) {
        count("operations." + state, 1);
        count("operations.jobs.done", jobs.done());
        count("operations.jobs.skipped", jobs.skipped());
        count("operations.jobs.failed", jobs.failed());
    }

    @Override
    public void loopFailed(String loop, int inARow, Throwable failure) {
        count("loop.failed." + loop, 1);
    }
}
