package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.HeldJobs;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.telemetry.StopReason;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * Looks after jobs that run for a while: marks them as running in {@code jobs}, and stops those whose lease is gone.
 * Jobs that end at once cost nothing here.
 */
final class LeaseWatch {
    /**
     * With the interval and a statement's time this stays well within half a second, as promised to readers of the
     * table.
     */
    private static final Duration LONG_RUNNING = Duration.ofMillis(200);

    static final Duration INTERVAL = Duration.ofMillis(100);

    /** While no attempt is held there is less to see: a look comes after this many intervals. */
    private static final int IDLE_STEPS = 5;

    /** Notifications tell of most cancels at once; this finds the others within a second. */
    private static final int LOST_EVERY = 5;

    /** Rarely needed: only after a connection that broke at the wrong moment. */
    private static final int UNKNOWN_EVERY = 50;

    /**
     * The search reads through all leases, ended ones too while a long transaction is open. It takes no more than one
     * part in this many of the time.
     */
    private static final int UNKNOWN_SHARE = 50;

    private final Jdbi jdbi;
    private final NodeState node;
    private final Executions executions;
    private final Finisher finisher;
    private final RunningMarks marks;
    private Set<Lease> unknownBefore = Set.of();
    private int nextUnknown = UNKNOWN_EVERY;
    private int steps;
    private int sinceLastLook = 1;
    private volatile boolean begun;
    private volatile boolean idle;

    LeaseWatch(Jdbi jdbi, NodeState node, Executions executions, Finisher finisher) {
        this.jdbi = jdbi;
        this.node = node;
        this.executions = executions;
        this.finisher = finisher;
        this.marks = new RunningMarks(jdbi);
    }

    /** Records that attempts begin; returns true if the loop must be woken, because looks are rarer while none do. */
    boolean begun() {
        begun = true;
        boolean was = idle;
        idle = false;
        return was;
    }

    /** A step of the loop. */
    Duration look() {
        // Before it looks at held attempts, so that none begins unseen in between.
        idle = !begun;
        begun = false;
        List<Execution> held = List.copyOf(executions.all());
        boolean rests = idle && held.isEmpty();
        idle = rests;
        List<Execution> old =
                held.stream().filter(e -> e.age().compareTo(LONG_RUNNING) > 0).toList();
        showRunning(old.stream().filter(e -> !e.isShownRunning()).toList());
        steps += sinceLastLook;
        sinceLastLook = rests ? IDLE_STEPS : 1;
        if (steps % LOST_EVERY == 0) {
            stopLost(old.stream().filter(e -> !e.isStopped()).toList());
        }
        if (steps >= nextUnknown) {
            nextUnknown = steps + UNKNOWN_EVERY;
            finisher.unstored().end();
            long begin = System.nanoTime();
            returnUnknown();
            long rest = (System.nanoTime() - begin) * UNKNOWN_SHARE / INTERVAL.toNanos();
            nextUnknown = steps + Math.max(UNKNOWN_EVERY, (int) rest);
        }
        return INTERVAL.multipliedBy(sinceLastLook);
    }

    private void showRunning(List<Execution> unseen) {
        List<Lease> leases = unseen.stream().map(Execution::lease).toList();
        Set<Lease> shown = Set.copyOf(marks.show(leases));
        unseen.stream().filter(e -> shown.contains(e.lease())).forEach(Execution::setShownRunning);
    }

    private void stopLost(List<Execution> held) {
        if (!held.isEmpty()) {
            Leases leases = leases(held);
            List<Lease> lost =
                    jdbi.withExtension(NodeLeases.class, n -> n.lost(leases.ids(), leases.attempts(), leases.nodes()));
            if (!lost.isEmpty()) {
                UUID[] ids = Leases.of(lost).ids();
                Set<UUID> cancelled = Set.copyOf(jdbi.withExtension(NodeLeases.class, n -> n.cancelled(ids)));
                Predicate<Lease> gone = Set.copyOf(lost)::contains;
                executions.stop(gone.and(l -> cancelled.contains(l.jobId())), StopReason.CANCELLED);
                executions.stop(gone, StopReason.LEASE_LOST);
            }
        }
    }

    // A claim can be committed although its answer never came: such a job has a lease here and is not worked on.
    private void returnUnknown() {
        OptionalLong nodeId = node.id();
        if (nodeId.isEmpty()) {
            return;
        }
        List<Lease> unknown = new ArrayList<>(jdbi.withExtension(NodeLeases.class, n -> n.held(nodeId.getAsLong())));
        unknown.removeIf(lease -> executions.holds(lease)
                || finisher.holds(lease)
                || finisher.unstored().holds(lease));
        List<Lease> again = unknown.stream().filter(unknownBefore::contains).toList();
        unknownBefore = Set.copyOf(unknown);
        giveBack(again);
    }

    private void giveBack(List<Lease> unknown) {
        if (unknown.isEmpty()) {
            return;
        }
        try {
            Leases leases = Leases.sorted(unknown);
            jdbi.useExtension(JobTransitions.class, t -> t.giveBack(leases.ids(), leases.attempts(), leases.nodes()));
        } catch (RuntimeException e) {
            DatabaseFault fault = DatabaseFault.of(e);
            if (fault == DatabaseFault.BUSY) {
                giveBackFree(unknown, e);
                return;
            }
            if (!fault.refuses()) {
                throw e;
            }
            if (unknown.size() == 1) {
                finisher.unstored().add(unknown.get(0));
            } else {
                unknown.forEach(one -> giveBack(List.of(one)));
            }
        }
    }

    /** Those whose rows other transactions hold come again, and hold up no other. */
    private void giveBackFree(List<Lease> unknown, RuntimeException failure) {
        Set<UUID> held = HeldJobs.among(Leases.of(unknown).ids(), jdbi);
        List<Lease> free =
                unknown.stream().filter(lease -> !held.contains(lease.jobId())).toList();
        if (free.size() == unknown.size()) {
            throw failure;
        }
        giveBack(free);
    }

    private static Leases leases(List<Execution> executions) {
        return Leases.sorted(executions.stream().map(Execution::lease).toList());
    }
}
