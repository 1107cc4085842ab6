package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.intake.FairTools;
import io.longhaul.jobs.intake.IntakeHints;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.jobs.sql.Sequences;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.ClaimPlan;
import io.longhaul.workers.claim.OfferedTools;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.housekeeping.Expirer;
import io.longhaul.workers.housekeeping.Housekeeping;
import io.longhaul.workers.housekeeping.LimitLifter;
import io.longhaul.workers.housekeeping.QuarantineWatch;
import io.longhaul.workers.housekeeping.Rescuer;
import io.longhaul.workers.housekeeping.RetentionCleaner;
import io.longhaul.workers.node.Heartbeat;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.WorkerConfiguration;
import io.longhaul.workers.release.ConcurrencyGate;
import io.longhaul.workers.run.Attempts;
import io.longhaul.workers.run.LeftBehind;
import io.longhaul.workers.run.Stops;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The parts of a node that work on jobs, started and stopped in the order that loses nothing. */
public final class Workers implements IntakeHints {
    private static final Duration EACH_SECOND = Duration.ofSeconds(1);

    private final Node node;
    private final ToolRegistry tools;
    private final WorkerConfiguration configuration;
    private final ClaimPlan plan;
    private final ClaimFeedback feedback;
    private final Attempts attempts;
    private final Heartbeat heartbeat;
    private final PendingWorkCache pendingWork;
    private final ConcurrencyGate gate;
    private final PausedTools pausedTools;
    private final FairTools fairTools;
    private final OfferedTools offered;
    private final QuarantineWatch quarantine;
    private final Housekeeping housekeeping;
    private final Loop beating;
    private final List<Loop> finishing;
    private final List<Loop> watching;
    private final Loop dispatching;

    /**
     * Makes the parts of a node; they run from {@link #start} on.
     *
     * @param version the version of the program
     */
    public Workers(Node node, ToolRegistry tools, WorkerConfiguration configuration, String version) {
        this(node, tools, configuration, version, Stops.GRACE);
    }

    Workers(Node node, ToolRegistry tools, WorkerConfiguration configuration, String version, Duration stopGrace) {
        this.node = node;
        this.tools = tools;
        this.configuration = configuration;
        this.pendingWork = new PendingWorkCache(node.jdbi());
        this.gate = new ConcurrencyGate(node, tools, pendingWork, configuration.poll());
        this.plan = new ClaimPlan(node.jdbi(), tools, configuration.poll());
        this.feedback = new ClaimFeedback(plan, gate, node.signals());
        this.attempts = new Attempts(
                node,
                tools,
                new Attempts.Bounds(configuration.concurrency(), configuration.timeout(), stopGrace),
                feedback);
        Dispatcher dispatcher = new Dispatcher(node, tools, plan, attempts);
        this.heartbeat = new Heartbeat(node, configuration, version, () -> attempts.stopAll(StopReason.LEASE_LOST));
        this.pausedTools = new PausedTools(node.jdbi());
        this.fairTools = new FairTools(node.jdbi());
        this.offered = new OfferedTools(node, tools, attempts);
        this.quarantine = new QuarantineWatch(node.jdbi());
        this.housekeeping = housekeeping(node, tools, configuration);
        Loop.Failures failures = node.telemetry()::loopFailed;
        this.beating = new Loop("heartbeat", failures, this::beat);
        // Two, so that one batch reaches the disk while the next is being written.
        this.finishing = List.of(
                new Loop("finisher-1", failures, attempts.writer()),
                new Loop("finisher-2", failures, attempts.writer()));
        this.watching = List.of(
                new Loop("quarantine-watch", failures, quarantine::look),
                new Loop("lease-watch", attempts.watchDue(), failures, attempts::watch),
                new Loop("reports", failures, attempts::storeReports),
                new Loop("answers", attempts.answersDue(), failures, attempts::lookForAnswers),
                new Loop("gate", gate.due(), failures, gate::open),
                new Loop("pauses", failures, this::refreshPauses),
                new Loop("fair-queue", failures, this::refreshFairTools));
        this.dispatching = new Loop("dispatcher", attempts.slotFreed(), failures, dispatcher::dispatch);
    }

    private static Housekeeping housekeeping(Node node, ToolRegistry tools, WorkerConfiguration configuration) {
        Housekeeping tasks = new Housekeeping(node);
        Rescuer.AllowedLosses losses = () -> tools.list().stream()
                .collect(Collectors.toMap(
                        RegisteredTool::name, tool -> tool.policy().allowedLosses()));
        Rescuer rescuer = new Rescuer(node, losses, configuration.lease(), () -> tasks.isHeld(Rescuer.TASK));
        tasks.addAlways(Rescuer.TASK, rescuer::rescue);
        tasks.add(Expirer.TASK, new Expirer(node, configuration.cleanup())::expire);
        tasks.add(LimitLifter.TASK, new LimitLifter(node, configuration.cleanup())::lift);
        tasks.add(RetentionCleaner.TASK, new RetentionCleaner(node, configuration.cleanup())::clean);
        tasks.add(Sequences.TASK, () -> {
            Sequences.heal(node.jdbi());
            return Sequences.INTERVAL;
        });
        return tasks;
    }

    private Duration beat() {
        Duration wait = heartbeat.beat();
        // The first beat makes the node known, so that claims can begin.
        node.signals().claimable();
        return wait;
    }

    private Duration refreshPauses() {
        if (pausedTools.any() || pendingWork.shows(PendingWork.Seen::pauses)) {
            pausedTools.refresh();
        }
        offered.write();
        return EACH_SECOND;
    }

    private Duration refreshFairTools() {
        if (fairTools.any() || pendingWork.shows(PendingWork.Seen::fairnessKeys)) {
            fairTools.refresh();
        }
        return EACH_SECOND;
    }

    public WorkerConfiguration configuration() {
        return configuration;
    }

    /** The tasks that one node at a time does for all; takes more until {@link #start}. */
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    /**
     * Rows that are set aside because statements fail on them, as seen ten seconds ago at the longest: at most 20, those
     * with the most failures first.
     */
    public List<Quarantine.Row> quarantined() {
        return quarantine.rows();
    }

    /** Calls whose tools did not stop when they were told to. */
    public LeftBehind leftBehind() {
        return attempts.leftBehind();
    }

    /** The number of attempts that this node holds. */
    public int running() {
        return attempts.executions().all().size();
    }

    /** The cache of pending work that loops share. */
    public PendingWorkCache pendingWork() {
        return pendingWork;
    }

    /** The tools of which nobody claims jobs, as they were two seconds ago at the longest. */
    public PausedTools pausedTools() {
        return pausedTools;
    }

    /** Claims soon, because there may be jobs to claim. */
    public void claimSoon() {
        plan.lookAgain();
        dispatching.wakeUp();
    }

    /** Stops the attempts at cancelled jobs. */
    public void stopCancelled(Collection<UUID> jobs) {
        attempts.stopCancelled(jobs);
    }

    /** Takes note that jobs have ended, which gives up their places in limits. */
    public void ended(Collection<UUID> jobs) {
        feedback.freed(jobs);
    }

    /** Takes note that questions of jobs were answered. */
    public void answered(Collection<UUID> jobs) {
        attempts.answered(jobs);
    }

    @Override
    public void keysWaiting(Collection<String> keys) {
        gate.changed(keys);
    }

    @Override
    public boolean isFair(String tool) {
        return fairTools.contains(tool);
    }

    @Override
    public Integer startWithinSeconds(String tool) {
        return tools.find(tool)
                .map(found -> found.policy().startWithin())
                .map(limit -> (int) limit.toSeconds())
                .orElse(null);
    }

    public void start() {
        beating.start();
        finishing.forEach(Loop::start);
        watching.forEach(Loop::start);
        housekeeping.start();
        dispatching.start();
    }

    public boolean isDraining() {
        return node.state().isDraining();
    }

    /** Claims no more jobs; what runs goes on. */
    public void drain() {
        node.state().drain();
    }

    /** Claims again after a {@link #drain}; a node that stops does not. */
    public void resume() {
        node.state().resume();
        node.signals().claimable();
    }

    /**
     * Stops: no new claims, running jobs get the configured time, the rest go back into the queue. The lease
     * is kept until the last outcome is written.
     */
    public void stop() {
        node.state().stop();
        dispatching.stop();
        try {
            attempts.end(configuration.drain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watching.forEach(Loop::stop);
        housekeeping.stop();
        finishing.forEach(Loop::stop);
        attempts.close();
        beating.stop();
        leaveQuietly();
    }

    private void leaveQuietly() {
        try {
            heartbeat.leave();
        } catch (RuntimeException e) {
            // Without a database there is nobody to say goodbye to; the lease lapses by itself.
            node.telemetry().loopFailed("leave", 1, e);
        }
    }

    /** Passes on to claims and to the gate of concurrency keys what they learn from attempts. */
    private static final class ClaimFeedback implements Attempts.Feedback {
        private final ClaimPlan plan;
        private final ConcurrencyGate gate;
        private final JobSignals signals;

        ClaimFeedback(ClaimPlan plan, ConcurrencyGate gate, JobSignals signals) {
            this.plan = plan;
            this.gate = gate;
            this.signals = signals;
        }

        @Override
        public void begun(ClaimedJob job) {
            gate.started(job);
        }

        @Override
        public void ended(Duration took) {
            plan.ended(took);
        }

        // Only once the lease is gone: while it stood, the job's place in a limit was taken.
        @Override
        public void freed(Collection<UUID> jobs) {
            gate.ended(jobs);
            if (plan.freed()) {
                signals.claimable();
            }
        }

        @Override
        public void returned(List<ClaimedJob> jobs) {
            plan.returned(jobs);
        }
    }
}
