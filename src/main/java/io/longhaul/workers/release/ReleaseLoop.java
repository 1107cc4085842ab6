package io.longhaul.workers.release;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.chains.Chains;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.loops.Loop;
import io.longhaul.schedules.Scheduler;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.claim.PendingWorkCache;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** What makes jobs ready that nobody submits at that moment: the ends of others, the clock; and the ends of batches. */
public final class ReleaseLoop {
    /** How soon it looks again whether the schema is fit for work. */
    private static final Duration UNFIT = Duration.ofSeconds(1);

    private final BooleanSupplier mayWork;
    private final Releaser releaser;
    private final BatchWatch batches;
    private final Loop releasing;
    private final Loop watching;
    private final Loop scheduling;
    private final List<Loop> loops;

    /**
     * Wires it; it runs from {@link #start} on.
     *
     * @param jdbi the database
     * @param chains settles what waits for others
     * @param scheduler makes the jobs of schedules
     * @param pendingWork the look that it shares with others
     * @param mayWork false while the schema is not fit for work
     * @param telemetry told what fails
     * @param signals told what was released, and what ended without having run; tells what ended
     * @param batchesEnded told the batches that ended; each is told on one node
     */
    public ReleaseLoop(
            Jdbi jdbi,
            Chains chains,
            Scheduler scheduler,
            PendingWorkCache pendingWork,
            BooleanSupplier mayWork,
            Telemetry telemetry,
            JobSignals signals,
            Consumer<Collection<UUID>> batchesEnded) {
        this.mayWork = mayWork;
        this.releaser = new Releaser(chains, () -> pendingWork.shows(PendingWork.Seen::dependencies), signals);
        this.batches = new BatchWatch(jdbi, batchesEnded);
        this.releasing = new Loop("releaser", telemetry::loopFailed, whenFit(releaser::release));
        this.watching = new Loop("batches", telemetry::loopFailed, whenFit(batches::look));
        this.scheduling = new Loop("scheduler", telemetry::loopFailed, whenFit(scheduler::run));
        this.loops = List.of(releasing, watching, scheduling);
        signals.onAwaited(this::awaited);
        signals.onEnded(this::ended);
    }

    private Loop.Step whenFit(Loop.Step step) {
        return () -> mayWork.getAsBoolean() ? step.run() : UNFIT;
    }

    /** Begins to work. */
    public void start() {
        loops.forEach(Loop::start);
    }

    /** Stops; what is not done is done by another node, or later. */
    public void stop() {
        loops.forEach(Loop::stop);
    }

    private void ended(Collection<UUID> jobs) {
        if (releaser.ended(jobs)) {
            releasing.wakeUp();
        }
        if (batches.isWatching()) {
            watching.wakeUp();
        }
    }

    private void awaited(Collection<UUID> jobs) {
        releaser.awaited(jobs);
        releasing.wakeUp();
    }

    /** Says that a schedule was made or changed. */
    public void schedulesChanged() {
        scheduling.wakeUp();
    }
}
