package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.StopReason;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records all events. */
public final class RecordedTelemetry implements Telemetry {
    /** A step of a loop that failed. */
    public record LoopFailure(String loop, int inARow, Throwable failure) {}

    public final List<Long> registered = new CopyOnWriteArrayList<>();
    public final List<Long> lost = new CopyOnWriteArrayList<>();
    public final List<Boolean> lostInSilence = new CopyOnWriteArrayList<>();
    final List<UUID> started = new CopyOnWriteArrayList<>();
    public final List<Outcome> ended = new CopyOnWriteArrayList<>();
    public final List<Integer> batches = new CopyOnWriteArrayList<>();
    public final List<Lease> leasesLost = new CopyOnWriteArrayList<>();
    public final List<Lease> stopped = new CopyOnWriteArrayList<>();
    public final List<Lease> abandoned = new CopyOnWriteArrayList<>();
    public final List<String> operations = new CopyOnWriteArrayList<>();
    public final List<String> barred = new CopyOnWriteArrayList<>();
    public final List<Lease> cameBack = new CopyOnWriteArrayList<>();
    public final List<StopReason> stopReasons = new CopyOnWriteArrayList<>();
    public final List<UUID> rescued = new CopyOnWriteArrayList<>();
    public final List<UUID> expired = new CopyOnWriteArrayList<>();
    public final List<Integer> removed = new CopyOnWriteArrayList<>();
    public final List<UUID> quarantined = new CopyOnWriteArrayList<>();
    public final List<LoopFailure> loopFailures = new CopyOnWriteArrayList<>();

    @Override
    public void nodeRegistered(long nodeId, String name) {
        registered.add(nodeId);
    }

    @Override
    public void nodeLost(long nodeId, boolean silent) {
        lost.add(nodeId);
        lostInSilence.add(silent);
    }

    @Override
    public void stored(int jobs) {}

    @Override
    public void claimed(int jobs, Duration took) {}

    @Override
    public void started(ClaimedJob job) {
        started.add(job.lease().jobId());
    }

    @Override
    public void ended(AttemptEnd end) {
        ended.add(end.outcome());
    }

    @Override
    public void wrote(int outcomes, Duration took) {
        batches.add(outcomes);
    }

    @Override
    public void leaseLost(Lease lease) {
        leasesLost.add(lease);
    }

    @Override
    public void stopped(Lease lease, StopReason reason) {
        stopReasons.add(reason);
        stopped.add(lease);
    }

    @Override
    public void abandoned(Lease lease, String tool) {
        abandoned.add(lease);
    }

    @Override
    public void barred(String tool, long calls) {
        barred.add(tool);
    }

    @Override
    public void cameBack(Lease lease, String tool) {
        cameBack.add(lease);
    }

    @Override
    public void rescued(Collection<UUID> jobs) {
        rescued.addAll(jobs);
    }

    @Override
    public void expired(Collection<UUID> jobs) {
        expired.addAll(jobs);
    }

    @Override
    public void removed(int jobs) {
        removed.add(jobs);
    }

    @Override
    public void quarantined(String task, UUID row, Throwable failure) {
        quarantined.add(row);
    }

    @Override
    public void operationEnded(UUID operation, String what, String state, OperationCounts jobs) {
        operations.add(what + " " + state + " " + jobs);
    }

    @Override
    public void loopFailed(String loop, int inARow, Throwable failure) {
        loopFailures.add(new LoopFailure(loop, inARow, failure));
    }
}
