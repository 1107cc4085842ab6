package io.longhaul.workers.release;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.chains.Chains;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Releases jobs whose predecessors have ended. Ends on this node are handled at once; a sweep over all awaited jobs
 * finds the ends that nobody reported: of a node that died, or between a submit and its commit.
 */
final class Releaser {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Leaves a node with a long sweep time for other work. */
    private static final Duration BETWEEN_PAGES = Duration.ofMillis(50);

    private static final int PAGE = 1_000;

    private final Chains chains;
    private final JobSignals signals;
    private final Telemetry telemetry;
    private final PendingWorkCache pendingWork;
    private final BlockingQueue<UUID> newEnds = new LinkedBlockingQueue<>(10_000);
    private volatile boolean anybodyWaits = true;
    private UUID next;
    private long nextSweepNanos = System.nanoTime();

    Releaser(Chains chains, PendingWorkCache pendingWork, Node node) {
        this.pendingWork = pendingWork;
        this.chains = chains;
        this.signals = node.signals();
        this.telemetry = node.telemetry();
    }

    /**
     * Records jobs that may have ended and returns true if any is to be looked at; those without room are left to the
     * sweep. Costs nothing while no job waits.
     */
    boolean ended(Collection<UUID> jobs) {
        return anybodyWaits && jobs.stream().filter(newEnds::offer).count() > 0;
    }

    /** Records jobs that others wait for from now on. */
    void awaited(Collection<UUID> jobs) {
        anybodyWaits = true;
        ended(jobs);
    }

    private void tell(Chains.Settled settled) {
        if (!settled.released().isEmpty()) {
            signals.ready();
        }
        if (!settled.ended().isEmpty()) {
            signals.ended(settled.ended());
        }
        settled.refused().forEach(one -> telemetry.quarantined(Chains.TASK, one.job(), one.failure()));
    }

    /** A step of the loop. */
    Duration release() {
        List<UUID> ended = new ArrayList<>();
        newEnds.drainTo(ended, PAGE);
        boolean sweeping = System.nanoTime() - nextSweepNanos >= 0;
        if (sweeping) {
            ended.addAll(sweep());
        }
        if (!ended.isEmpty()) {
            tell(chains.settle(ended));
        }
        if (!newEnds.isEmpty()) {
            return Duration.ZERO;
        }
        return Duration.ofNanos(Math.max(0, nextSweepNanos - System.nanoTime()));
    }

    private List<UUID> sweep() {
        if (!anybodyWaits && !pendingWork.shows(PendingWork.Seen::dependencies)) {
            nextSweepNanos = System.nanoTime() + INTERVAL.toNanos();
            return List.of();
        }
        Chains.Page page = chains.look(next, PAGE);
        next = page.next();
        anybodyWaits = !page.empty();
        nextSweepNanos = System.nanoTime() + (next == null ? INTERVAL : BETWEEN_PAGES).toNanos();
        return page.ended();
    }
}
