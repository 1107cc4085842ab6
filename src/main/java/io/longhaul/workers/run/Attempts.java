package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Outcome;
import io.longhaul.loops.Loop;
import io.longhaul.loops.Threads;
import io.longhaul.questions.Asking;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.traces.Spans;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/** Begins, watches and stops the attempts of a node, and writes their outcomes. */
public final class Attempts implements Execution.Listener {
    /** Jobs that were claimed longer ago are marked running, and out of a claim's way. */
    private static final Duration SHOWN = Duration.ofSeconds(1);

    /** Naming more would take longer than looking their leases up. */
    private static final int MOST_IN_HAND = 2_000;

    /**
     * Bounds of a node's attempts.
     *
     * @param slots attempts that run at once
     * @param timeout longest time of an attempt whose tool and job set none
     * @param stopGrace time to stop for tools that do not say that they need more
     */
    public record Bounds(int slots, Duration timeout, Duration stopGrace) {}

    /** Learns from attempts what the next claims can count on. */
    public interface Feedback {
        void begun(ClaimedJob job);

        /** An attempt has ended, whatever came of it. */
        void ended(Duration took);

        /** Jobs have given up their places in limits. */
        void freed(Collection<UUID> jobs);

        /** Jobs were claimed in vain, and are back in their places in the queue. */
        void returned(List<ClaimedJob> jobs);
    }

    private final Node node;
    private final ToolRegistry tools;
    private final Bounds bounds;
    private final Feedback feedback;
    private final ExecutorService threads = Threads.forTools();
    private final LeftBehind leftBehind = new LeftBehind();
    private final Stops stops;
    private final Executions executions;
    private final Reports reports;
    private final Finisher finisher;
    private final WaitingReturn waitingReturn;
    private final LeaseWatch leaseWatch;
    private final InputWaits inputs;
    private final Spans spans = Spans.global();
    private final Loop.WakeUp watchDue = new Loop.WakeUp();

    public Attempts(Node node, ToolRegistry tools, Bounds bounds, Feedback feedback) {
        this.node = node;
        this.tools = tools;
        this.bounds = bounds;
        this.feedback = feedback;
        this.stops = new Stops(bounds.stopGrace(), node.telemetry(), leftBehind);
        this.executions = new Executions(bounds.slots(), threads, stops::stop);
        this.reports = new Reports(node.jdbi(), node.telemetry()::loopFailed);
        this.finisher = new Finisher(node.jdbi(), reports, node.telemetry(), node.signals());
        this.waitingReturn = new WaitingReturn(node.jdbi(), executions, feedback);
        this.leaseWatch = new LeaseWatch(node.jdbi(), node.state(), executions, finisher);
        this.inputs = new InputWaits(new Asking(node.jdbi()), stops::stop, node.telemetry()::loopFailed);
    }

    /** Begins claimed jobs in this order as slots are free, and returns those whose tool has left meanwhile. */
    public void begin(List<ClaimedJob> jobs) {
        List<Execution> attempts = new ArrayList<>();
        List<ClaimedJob> without = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            tools.find(job.tool())
                    .ifPresentOrElse(
                            tool -> attempts.add(new Execution(job, tool, reports, inputs, this, spans)),
                            () -> without.add(job));
        }
        executions.admit(attempts);
        if (leaseWatch.begun()) {
            watchDue.raise();
        }
        if (!without.isEmpty()) {
            waitingReturn.returnUnbegun(without);
        }
    }

    @Override
    public void begun(Execution execution) {
        feedback.begun(execution.job());
        node.telemetry().started(execution.job());
        stops.begun(execution, execution.timeout() == null ? bounds.timeout() : execution.timeout());
    }

    @Override
    public void over(Execution execution, Optional<Outcome> outcome) throws InterruptedException {
        try {
            feedback.ended(execution.age());
            if (outcome.isPresent()) {
                finisher.add(AttemptEnd.of(execution.job(), outcome.get(), execution.age()));
            } else {
                node.telemetry().stopped(execution.lease(), execution.stopReason());
                feedback.freed(List.of(execution.lease().jobId()));
            }
        } catch (RuntimeException | Error e) {
            // Memory ran out before the outcome was on its way, say.
            outcome.ifPresent(lost -> finisher.unstored().add(lost.lease()));
            throw e;
        } finally {
            letGo(execution);
        }
    }

    private void letGo(Execution execution) {
        try {
            inputs.over(execution);
        } finally {
            executions.remove(execution);
        }
    }

    @Override
    public void abandoned(Execution execution) {
        // On another thread: this one belongs to the stops of other attempts.
        threads.execute(executions::replaceThread);
    }

    @Override
    public void broke(Execution execution, boolean undecided, Throwable failure) {
        if (undecided) {
            try {
                finisher.unstored().add(execution.lease());
            } finally {
                letGo(execution);
            }
        }
        node.telemetry().loopFailed("attempt", 1, failure);
    }

    @Override
    public void returned(Execution execution) {
        if (stops.returned(execution)) {
            node.signals().claimable();
        }
    }

    public Executions executions() {
        return executions;
    }

    public LeftBehind leftBehind() {
        return leftBehind;
    }

    /** Raised when an end is worth a claim. */
    public Loop.WakeUp slotFreed() {
        return executions.slotFreed();
    }

    /** Jobs whose rows most likely still read pending although this node has them. */
    public UUID[] inHand() {
        return Stream.concat(executions.claimedWithin(SHOWN), finisher.jobs())
                .limit(MOST_IN_HAND)
                .toArray(UUID[]::new);
    }

    /** Called with jobs whose questions were answered. */
    public void answered(Collection<UUID> jobs) {
        inputs.answered(jobs);
    }

    public void stopCancelled(Collection<UUID> jobs) {
        Set<UUID> cancelled = Set.copyOf(jobs);
        executions.stop(lease -> cancelled.contains(lease.jobId()), StopReason.CANCELLED);
    }

    public void stopAll(StopReason reason) {
        executions.stopAll(reason);
    }

    /** A step of a loop: returns jobs that found no slot in time, and looks after running ones. */
    public Duration watch() {
        waitingReturn.returnLate();
        return leaseWatch.look();
    }

    /** Raised when the next {@link #watch} is due at once. */
    public Loop.WakeUp watchDue() {
        return watchDue;
    }

    /** A step of a loop: stores what running tools have reported. */
    public Duration storeReports() {
        reports.flush();
        return Reports.INTERVAL;
    }

    /** A step of a loop: looks for answers that running tools wait for. */
    public Duration lookForAnswers() {
        return inputs.look();
    }

    /** Raised when the next {@link #lookForAnswers} is due at once. */
    public Loop.WakeUp answersDue() {
        return inputs.due();
    }

    /** A step for a loop that writes outcomes. Each loop needs its own. */
    public Loop.Step writer() {
        return finisher.writer();
    }

    /**
     * Ends all attempts and waits until their outcomes are written: those that have not begun are returned, those that wait
     * for input are ended at once, and those that are not over in time are stopped.
     */
    public void end(Duration drain) throws InterruptedException {
        returnAll();
        inputs.endAll();
        if (!executions.awaitNone(drain)) {
            executions.stopAll(StopReason.DRAINING);
            if (!executions.awaitNone(bounds.stopGrace())) {
                executions.all().forEach(stops::leaveBehind);
            }
        }
        finisher.awaitWritten(Duration.ofSeconds(10));
    }

    private void returnAll() {
        try {
            waitingReturn.returnAll();
        } catch (RuntimeException e) {
            // Without a database they cannot be returned; their leases lapse with the node's.
            node.telemetry().loopFailed("return", 1, e);
        }
    }

    /** Ends the threads of attempts and of their stops. */
    public void close() {
        stops.close();
        threads.shutdownNow();
    }
}
