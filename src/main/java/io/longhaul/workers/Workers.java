package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.chains.UnreadableJobs;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.intake.FairTools;
import io.longhaul.jobs.intake.FairnessHints;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.jobs.sql.Sequences;
import io.longhaul.loops.Loop;
import io.longhaul.loops.Threads;
import io.longhaul.telemetry.StopReason;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.ClaimAhead;
import io.longhaul.workers.claim.LimitedTools;
import io.longhaul.workers.claim.OfferedTools;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.release.ConcurrencyGate;
import io.longhaul.workers.run.Execution;
import io.longhaul.workers.run.Executions;
import io.longhaul.workers.run.Finisher;
import io.longhaul.workers.run.LeaseWatch;
import io.longhaul.workers.run.Leases;
import io.longhaul.workers.run.LeftBehind;
import io.longhaul.workers.run.Reports;
import io.longhaul.workers.run.Stops;
import io.longhaul.workers.run.WaitingReturn;
import io.longhaul.workers.upkeep.Cleaner;
import io.longhaul.workers.upkeep.Expirer;
import io.longhaul.workers.upkeep.Housekeeping;
import io.longhaul.workers.upkeep.QuarantineWatch;
import io.longhaul.workers.upkeep.Rescuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** Everything on a node that works on jobs, started and stopped in the order that loses nothing. */
public final class Workers implements FairnessHints {
    private static final Duration EACH_SECOND = Duration.ofSeconds(1);

    /** What was claimed longer ago is shown as running, and out of a claim's way. */
    private static final Duration SHOWN = Duration.ofSeconds(1);

    /** To name more would take longer than looking their leases up. */
    private static final int MOST_IN_HAND = 2_000;

    private final Jdbi jdbi;
    private final WorkerConfiguration configuration;
    private final ToolRegistry tools;
    private final Telemetry telemetry;
    private final JobSignals signals;
    private final Executions executions;
    private final ClaimAhead lookahead = new ClaimAhead();
    private final Dispatcher dispatcher;
    private final WaitingReturn waitingReturn;
    private final Reports reports;
    private final Finisher finisher;
    private final Heartbeat heartbeat;
    private final ExecutorService threads = Threads.forTools();
    private final LeftBehind leftBehind = new LeftBehind();
    private final Stops stops;
    private final Duration stopGrace;
    private final LimitedTools limited;
    private final ConcurrencyGate gate;
    private final PausedTools pausedTools;
    private final FairTools fairTools;
    private final Loop beating;
    private final Loop gating;
    private final Loop dispatching;
    private final List<Loop> finishing;
    private final List<Loop> watching;
    private final LeaseWatch leaseWatch;
    private final Loop leaseWatching;
    private final PendingWorkCache pendingWork;
    private final Housekeeping housekeeping;
    private final QuarantineWatch quarantine;
    private volatile boolean draining;
    private volatile boolean stopping;

    /**
     * Wires a node's workers; they run from {@link #start} on.
     *
     * @param jdbi the database, over connections of the workers' own
     * @param tools what this node can run
     * @param configuration how
     * @param version of the program
     * @param mayClaim false while the schema is not fit for work
     * @param telemetry told what happens
     * @param signals told the jobs that ended, or went back into the queue; tells of jobs to claim and of cancelled ones
     */
    public Workers(
            Jdbi jdbi,
            ToolRegistry tools,
            WorkerConfiguration configuration,
            String version,
            BooleanSupplier mayClaim,
            Telemetry telemetry,
            JobSignals signals) {
        this(jdbi, tools, configuration, version, mayClaim, telemetry, signals, Stops.GRACE);
    }

    Workers(
            Jdbi jdbi,
            ToolRegistry tools,
            WorkerConfiguration configuration,
            String version,
            BooleanSupplier mayClaim,
            Telemetry telemetry,
            JobSignals signals,
            Duration stopGrace) {
        this.jdbi = jdbi;
        this.stopGrace = stopGrace;
        this.stops = new Stops(stopGrace, telemetry, leftBehind, execution -> goOnWithout());
        this.configuration = configuration;
        this.tools = tools;
        this.telemetry = telemetry;
        this.signals = signals;
        this.executions = new Executions(configuration.concurrency(), threads, stops::stop, this::slotFreed);
        this.reports = new Reports(jdbi, failure -> telemetry.loopFailed("reports", 1, failure));
        this.finisher = new Finisher(jdbi, reports, telemetry, signals);
        this.heartbeat =
                new Heartbeat(jdbi, configuration, version, telemetry, () -> executions.stopAll(StopReason.LEASE_LOST));
        this.limited = new LimitedTools(jdbi, tools, tool -> !tool.isRemote(), configuration.poll());
        this.pendingWork = new PendingWorkCache(jdbi);
        this.gate = new ConcurrencyGate(
                jdbi,
                tools,
                mayClaim,
                this::hasPeers,
                () -> pendingWork.shows(PendingWork.Seen::keysOutside),
                configuration.poll(),
                signals);
        this.pausedTools = new PausedTools(jdbi);
        this.fairTools = new FairTools(jdbi);
        this.dispatcher = new Dispatcher(
                jdbi,
                tools,
                limited,
                executions,
                leftBehind::bars,
                this::inHand,
                heartbeat::nodeId,
                () -> !isDraining() && mayClaim.getAsBoolean(),
                configuration.poll(),
                telemetry,
                lookahead,
                new UnreadableJobs(jdbi, signals),
                this::begin);
        this.waitingReturn = new WaitingReturn(jdbi, executions, dispatcher::returned);
        this.leaseWatch = new LeaseWatch(jdbi, heartbeat::nodeId, executions, finisher);
        this.leaseWatching = new Loop("lease-watch", telemetry::loopFailed, () -> {
            waitingReturn.look();
            return leaseWatch.look();
        });
        this.beating = new Loop("heartbeat", telemetry::loopFailed, () -> {
            Duration wait = heartbeat.beat();
            // The first beat makes the node known, so that claims can begin.
            signals.claimable();
            return wait;
        });
        this.dispatching = new Loop("dispatcher", telemetry::loopFailed, dispatcher::dispatch);
        this.gating = new Loop("gate", telemetry::loopFailed, gate::open);
        // Two, so that one batch reaches the disk while the next is being written.
        this.finishing = List.of(
                new Loop("finisher-1", telemetry::loopFailed, finisher.writer()),
                new Loop("finisher-2", telemetry::loopFailed, finisher.writer()));
        this.quarantine = new QuarantineWatch(jdbi);
        OfferedTools offered = new OfferedTools(
                jdbi,
                tools,
                heartbeat::nodeId,
                () -> configuration.concurrency() > 0 && !isDraining(),
                leftBehind::barred);
        this.watching = List.of(
                new Loop("quarantine-watch", telemetry::loopFailed, quarantine::look),
                leaseWatching,
                new Loop("reports", telemetry::loopFailed, () -> {
                    reports.flush();
                    return Reports.INTERVAL;
                }),
                gating,
                new Loop("pauses", telemetry::loopFailed, () -> {
                    if (pausedTools.any() || pendingWork.shows(PendingWork.Seen::pauses)) {
                        pausedTools.refresh();
                    }
                    offered.tell();
                    return EACH_SECOND;
                }),
                new Loop("fair-queue", telemetry::loopFailed, () -> {
                    if (fairTools.any() || pendingWork.shows(PendingWork.Seen::fairnessKeys)) {
                        fairTools.refresh();
                    }
                    return EACH_SECOND;
                }));
        this.housekeeping = new Housekeeping(jdbi, heartbeat::nodeId, telemetry);
        keepHouse(jdbi);
        signals.onClaimable(this::lookForJobs);
        signals.onCancelled(this::cancelled);
        signals.onEnded(this::placesFreed);
    }

    private void keepHouse(Jdbi jdbi) {
        Rescuer rescuer =
                new Rescuer(jdbi, configuration.lease(), () -> housekeeping.isHeld(Rescuer.TASK), telemetry, signals);
        Expirer expirer = new Expirer(jdbi, configuration.cleanup(), telemetry, signals);
        Cleaner cleaner = new Cleaner(jdbi, configuration.cleanup(), telemetry);
        housekeeping.addAlways(Rescuer.TASK, rescuer::rescue);
        housekeeping.add(Expirer.TASK, expirer::expire);
        housekeeping.add(Cleaner.TASK, cleaner::clean);
        housekeeping.add(Sequences.TASK, this::healSequences);
    }

    /** Jobs whose rows most likely still read pending although this node has them. */
    private UUID[] inHand() {
        return Stream.concat(executions.claimedOfLate(SHOWN), finisher.jobs())
                .limit(MOST_IN_HAND)
                .toArray(UUID[]::new);
    }

    /**
     * What one node at a time does for all.
     *
     * @return takes more tasks until {@link #start}
     */
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    /**
     * Rows that housekeeping fails on, as seen ten seconds ago at the longest.
     *
     * @return at most 20, those with the most failures first
     */
    public List<Quarantine.Row> quarantined() {
        return quarantine.rows();
    }

    /**
     * Calls of this node whose tools did not stop when they were told to.
     *
     * @return as it is now, whenever asked
     */
    public LeftBehind leftBehind() {
        return leftBehind;
    }

    /** Begins to work. */
    public void start() {
        beating.start();
        finishing.forEach(Loop::start);
        watching.forEach(Loop::start);
        housekeeping.start();
        dispatching.start();
    }

    private void lookForJobs() {
        dispatcher.lookAgain();
        dispatching.wakeUp();
    }

    private void slotFreed() {
        if (dispatching != null) {
            dispatching.wakeUp();
        }
    }

    private void cancelled(Collection<UUID> jobs) {
        Set<UUID> which = Set.copyOf(jobs);
        executions.stop(lease -> which.contains(lease.jobId()), StopReason.CANCELLED);
    }

    /**
     * Whether another node was seen of late.
     *
     * @return false when nobody needs to be notified
     */
    public boolean hasPeers() {
        return !heartbeat.alone();
    }

    /**
     * How many attempts run here.
     *
     * @return 0 to the configured concurrency
     */
    public int running() {
        return executions.all().size();
    }

    @Override
    public void keysWaiting(Collection<String> keys) {
        gate.changed(keys);
        gating.wakeUp();
    }

    @Override
    public boolean isFair(String tool) {
        return fairTools.contains(tool);
    }

    /**
     * The look that loops share.
     *
     * @return over the connections of the workers
     */
    public PendingWorkCache pendingWork() {
        return pendingWork;
    }

    /**
     * The tools that nobody claims jobs of.
     *
     * @return as they were two seconds ago at the longest
     */
    public PausedTools pausedTools() {
        return pausedTools;
    }

    /**
     * Whether this node claims nothing more.
     *
     * @return true from {@link #drain} to {@link #resume}, and from {@link #stop} on
     */
    public boolean isDraining() {
        return draining || stopping;
    }

    /** Claims nothing more; what runs goes on. */
    public void drain() {
        draining = true;
    }

    /** Claims again after a {@link #drain}; a node that stops does not. */
    public void resume() {
        draining = false;
        signals.claimable();
    }

    /**
     * Stops: no new claims, running jobs get the configured time, the rest go back into the queue. The lease
     * is kept until the last outcome is written.
     */
    public void stop() {
        stopping = true;
        dispatching.stop();
        try {
            letRunningJobsEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watching.forEach(Loop::stop);
        housekeeping.stop();
        finishing.forEach(Loop::stop);
        stops.close();
        threads.shutdownNow();
        beating.stop();
        leaveQuietly();
    }

    private void letRunningJobsEnd() throws InterruptedException {
        returnWaiting();
        if (!executions.awaitNone(configuration.drain())) {
            executions.stopAll(StopReason.DRAINING);
            if (!executions.awaitNone(stopGrace)) {
                executions.all().forEach(stops::leave);
            }
        }
        finisher.awaitWritten(Duration.ofSeconds(10));
    }

    private void returnWaiting() {
        try {
            waitingReturn.returnAll();
        } catch (RuntimeException e) {
            // Without a database they cannot be returned; their leases lapse with the node's.
            telemetry.loopFailed("return", 1, e);
        }
    }

    private void leaveQuietly() {
        try {
            heartbeat.leave();
        } catch (RuntimeException e) {
            // Without a database there is nobody to say goodbye to; the lease lapses by itself.
            telemetry.loopFailed("leave", 1, e);
        }
    }

    private void begin(List<ClaimedJob> jobs) {
        List<Execution> attempts = new ArrayList<>();
        List<ClaimedJob> without = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            tools.find(job.tool())
                    .ifPresentOrElse(
                            tool -> attempts.add(new Execution(job, tool, reports, this::begun, new End())),
                            () -> without.add(job));
        }
        executions.admit(attempts);
        if (leaseWatch.begun()) {
            leaseWatching.wakeUp();
        }
        if (!without.isEmpty()) {
            returnUnbegun(without);
        }
    }

    // Their tool has left between the claim and here.
    private void returnUnbegun(List<ClaimedJob> jobs) {
        List<Lease> leases =
                jobs.stream().map(ClaimedJob::lease).sorted(Leases.ORDER).toList();
        jdbi.useExtension(
                JobTransitions.class,
                t -> t.unclaim(Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases)));
        dispatcher.returned(jobs);
    }

    private void begun(Execution execution) {
        gate.started(execution.job());
        telemetry.started(execution.job());
        Duration timeout = execution.timeout() == null ? configuration.timeout() : execution.timeout();
        stops.begun(execution, timeout);
    }

    // On another thread: this one belongs to what stops others.
    private void goOnWithout() {
        threads.execute(executions::replaceThread);
    }

    private final class End implements Execution.ExecutionEnd {
        @Override
        public void over(Execution execution, Optional<Outcome> outcome) throws InterruptedException {
            Workers.this.over(execution, outcome);
        }

        @Override
        public void returned(Execution execution) {
            if (stops.returned(execution)) {
                signals.claimable();
            }
        }
    }

    private void over(Execution execution, Optional<Outcome> outcome) throws InterruptedException {
        lookahead.ended(execution.age());
        try {
            if (outcome.isPresent()) {
                finisher.add(outcome.get(), execution.age());
            } else {
                telemetry.stopped(execution.lease(), execution.stopReason());
                placesFreed(List.of(execution.lease().jobId()));
            }
        } finally {
            executions.remove(execution);
        }
    }

    // Only now: while a job's lease stood, its place in a limit was taken.
    private void placesFreed(Collection<UUID> jobs) {
        if (gate.ended(jobs)) {
            gating.wakeUp();
        }
        if (limited.any()) {
            limited.freed();
            signals.claimable();
        }
    }

    private Duration healSequences() {
        Sequences.heal(jdbi);
        return Sequences.INTERVAL;
    }
}
