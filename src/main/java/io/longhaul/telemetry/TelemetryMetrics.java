package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.UUID;

/** Counts the events of a node for Prometheus. Those of attempts are in {@link AttemptMetrics}. */
public final class TelemetryMetrics implements Telemetry {
    private final AttemptMetrics attempts;
    private final BatchMetrics batches;
    private final Counter registrations;
    private final Counter losses;
    private final Counter rescued;
    private final Counter expired;
    private final Counter removed;
    private final Counter quarantined;
    private final Counter operations;
    private final Counter operationJobs;
    private final Counter loopFailures;

    /**
     * Registers all metrics of events.
     *
     * @param tools the names of tools as metrics show them
     */
    public TelemetryMetrics(PrometheusRegistry registry, BoundedLabel tools) {
        attempts = new AttemptMetrics(registry, tools);
        batches = new BatchMetrics(registry);
        registrations = Counter.builder()
                .name("longhaul_node_registrations_total")
                .help("Leases that this node took for itself, and those of remote workers.")
                .register(registry);
        losses = Counter.builder()
                .name("longhaul_node_losses_total")
                .help("Times that this node lost its registration while it lived: it was silent for longer than its"
                        + " lease, or somebody removed the row.")
                .labelNames("cause")
                .register(registry);
        losses.initLabelValues("silent");
        losses.initLabelValues("removed");
        rescued = Counter.builder()
                .name("longhaul_jobs_rescued_total")
                .help("Jobs of lost nodes that this node put back into the queue, or failed.")
                .register(registry);
        expired = Counter.builder()
                .name("longhaul_jobs_expired_total")
                .help("Pending jobs that this node failed because nobody began them in time.")
                .register(registry);
        removed = Counter.builder()
                .name("longhaul_jobs_removed_total")
                .help("Ended jobs that this node removed because their retention was over.")
                .register(registry);
        quarantined = Counter.builder()
                .name("longhaul_rows_quarantined_total")
                .help("Times that housekeeping failed on a row and set it aside, by task.")
                .labelNames("task")
                .register(registry);
        operations = Counter.builder()
                .name("longhaul_operations_ended_total")
                .help("Operations on many jobs that ended on this node, by state.")
                .labelNames("state")
                .register(registry);
        operationJobs = Counter.builder()
                .name("longhaul_operation_jobs_total")
                .help("Jobs of operations that ended on this node, by outcome.")
                .labelNames("outcome")
                .register(registry);
        loopFailures = Counter.builder()
                .name("longhaul_loop_failures_total")
                .help("Steps of this node's loops that failed; loops go on after a pause.")
                .labelNames("loop")
                .register(registry);
    }

    @Override
    public void nodeRegistered(long nodeId, String name) {
        registrations.inc();
    }

    @Override
    public void nodeLost(long nodeId, boolean silent) {
        losses.labelValues(silent ? "silent" : "removed").inc();
    }

    @Override
    public void stored(int jobs) {
        batches.stored(jobs);
    }

    @Override
    public void claimed(int jobs, Duration took) {
        batches.claimed(jobs, took);
    }

    @Override
    public void started(ClaimedJob job) {
        attempts.started(job);
    }

    @Override
    public void ended(AttemptEnd end) {
        attempts.ended(end.tool(), end.outcome(), end.took());
    }

    @Override
    public void wrote(int outcomes, Duration took) {
        batches.wrote(outcomes, took);
    }

    @Override
    public void leaseLost(Lease lease) {
        attempts.leaseLost();
    }

    @Override
    public void stopped(Lease lease, StopReason reason) {
        attempts.stopped(reason.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void abandoned(Lease lease, String tool) {
        attempts.abandoned(tool);
    }

    @Override
    public void barred(String tool, long calls) {
        attempts.barred(tool);
    }

    @Override
    public void cameBack(Lease lease, String tool) {
        attempts.cameBack(tool);
    }

    @Override
    public void rescued(Collection<UUID> jobs) {
        rescued.inc(jobs.size());
    }

    @Override
    public void expired(Collection<UUID> jobs) {
        expired.inc(jobs.size());
    }

    @Override
    public void removed(int jobs) {
        removed.inc(jobs);
    }

    @Override
    public void quarantined(String task, UUID row, Throwable failure) {
        quarantined.labelValues(task).inc();
    }

    @Override
    public void operationEnded(UUID operation, String what, String state, OperationCounts jobs) {
        operations.labelValues(state).inc();
        operationJobs.labelValues("done").inc(jobs.done());
        operationJobs.labelValues("skipped").inc(jobs.skipped());
        operationJobs.labelValues("failed").inc(jobs.failed());
    }

    @Override
    public void loopFailed(String loop, int inARow, Throwable failure) {
        loopFailures.labelValues(loop).inc();
    }
}
