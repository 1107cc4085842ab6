package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Passes all events on to each. */
record TelemetryForAll(List<Telemetry> all) implements Telemetry {
    @Override
    public void nodeRegistered(long nodeId, String name) {
        all.forEach(f -> f.nodeRegistered(nodeId, name));
    }

    @Override
    public void nodeLost(long nodeId, boolean silent) {
        all.forEach(f -> f.nodeLost(nodeId, silent));
    }

    @Override
    public void stored(int jobs) {
        all.forEach(f -> f.stored(jobs));
    }

    @Override
    public void claimed(int jobs, Duration took) {
        all.forEach(f -> f.claimed(jobs, took));
    }

    @Override
    public void started(ClaimedJob job) {
        all.forEach(f -> f.started(job));
    }

    @Override
    public void ended(AttemptEnd end) {
        all.forEach(f -> f.ended(end));
    }

    @Override
    public void wrote(int outcomes, Duration took) {
        all.forEach(f -> f.wrote(outcomes, took));
    }

    @Override
    public void leaseLost(Lease lease) {
        all.forEach(f -> f.leaseLost(lease));
    }

    @Override
    public void stopped(Lease lease, StopReason reason) {
        all.forEach(f -> f.stopped(lease, reason));
    }

    @Override
    public void abandoned(Lease lease, String tool) {
        all.forEach(f -> f.abandoned(lease, tool));
    }

    @Override
    public void barred(String tool, long calls) {
        all.forEach(f -> f.barred(tool, calls));
    }

    @Override
    public void cameBack(Lease lease, String tool) {
        all.forEach(f -> f.cameBack(lease, tool));
    }

    @Override
    public void rescued(Collection<UUID> jobs) {
        all.forEach(f -> f.rescued(jobs));
    }

    @Override
    public void expired(Collection<UUID> jobs) {
        all.forEach(f -> f.expired(jobs));
    }

    @Override
    public void removed(int jobs) {
        all.forEach(f -> f.removed(jobs));
    }

    @Override
    public void quarantined(String task, UUID row, Throwable failure) {
        all.forEach(f -> f.quarantined(task, row, failure));
    }

    @Override
    public void operationEnded(UUID operation, String what, String state, OperationCounts jobs) {
        all.forEach(f -> f.operationEnded(operation, what, state, jobs));
    }

    @Override
    public void loopFailed(String loop, int inARow, Throwable failure) {
        all.forEach(f -> f.loopFailed(loop, inARow, failure));
    }
}
