package io.longhaul.workers.release;

import io.longhaul.jobs.chains.Chains;
import io.longhaul.loops.Loop;
import io.longhaul.schedules.Scheduler;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Releases jobs that become ready without a submit: after the ends of other jobs, or by the clock. Also ends batches.
 */
public final class ReleaseLoop {
    /** The interval of looks at an unfit schema. */
    private static final Duration UNFIT = Duration.ofSeconds(1);

    private final NodeState state;
    private final Releaser releaser;
    private final BatchWatch batches;
    private final Loop releasing;
    private final Loop watching;
    private final Loop scheduling;
    private final List<Loop> loops;

    /**
     * Makes a loop that runs from {@link #start} on.
     *
     * @param batchesEnded each end is reported on one node
     */
    public ReleaseLoop(
            Node node,
            Chains chains,
            Scheduler scheduler,
            PendingWorkCache pendingWork,
            BatchWatch.Listener batchesEnded) {
        Telemetry telemetry = node.telemetry();
        this.state = node.state();
        this.releaser = new Releaser(chains, pendingWork, node);
        this.batches = new BatchWatch(node, batchesEnded);
        this.releasing = new Loop("releaser", telemetry::loopFailed, whenFit(releaser::release));
        this.watching = new Loop("batches", telemetry::loopFailed, whenFit(batches::look));
        this.scheduling = new Loop("scheduler", telemetry::loopFailed, whenFit(scheduler::run));
        this.loops = List.of(releasing, watching, scheduling);
    }

    private Loop.Step whenFit(Loop.Step step) {
        return () -> state.isSchemaFit() ? step.run() : UNFIT;
    }

    public void start() {
        loops.forEach(Loop::start);
    }

    /** Stops; unfinished work is done by another node, or later. */
    public void stop() {
        loops.forEach(Loop::stop);
    }

    /** Releases soon what waits for these jobs, because they have ended. */
    public void ended(Collection<UUID> jobs) {
        if (releaser.ended(jobs)) {
            releasing.wakeUp();
        }
        if (batches.isWatching()) {
            watching.wakeUp();
        }
    }

    /** Releases soon what waits for these jobs, because they may have ended before the others were stored. */
    public void awaited(Collection<UUID> jobs) {
        releaser.awaited(jobs);
        releasing.wakeUp();
    }

    /** Runs the scheduler now, because a schedule was made or changed. */
    public void schedulesChanged() {
        scheduling.wakeUp();
    }
}
