package io.longhaul.workers.remote;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.loops.Loop;
import io.longhaul.workers.run.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Heartbeats that wait for attempts which their workers are to stop. Notifications tell of most cancels at once; a look
 * each second finds all others.
 */
public final class StopWaits {
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Jdbi jdbi;
    private final Duration lease;
    private final JobSignals signals;
    private final Queue<Wait> waits = new ConcurrentLinkedQueue<>();
    private final Loop.WakeUp wakeUp = new Loop.WakeUp();
    private volatile boolean released;

    private record Wait(long worker, Set<HeldJob> held, long untilNanos, CompletableFuture<List<Stop>> answer) {
        boolean isOver() {
            return System.nanoTime() - untilNanos >= 0;
        }
    }

    StopWaits(Jdbi jdbi, Duration lease, JobSignals signals) {
        this.jdbi = jdbi;
        this.lease = lease;
        this.signals = signals;
    }

    /** Raised when a step is due at once. */
    Loop.WakeUp due() {
        return wakeUp;
    }

    /**
     * Waits until a worker is to stop something.
     *
     * @param held all attempts of the worker
     * @param longest the wait after which the answer is an empty list
     */
    public CompletableFuture<List<Stop>> await(RemoteWorker worker, Collection<HeldJob> held, Duration longest) {
        CompletableFuture<List<Stop>> answer = new CompletableFuture<>();
        if (held.isEmpty()) {
            answer.complete(List.of());
            return answer;
        }
        long until = System.nanoTime() + longest.toNanos();
        answer.completeOnTimeout(List.of(), longest.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        waits.add(new Wait(worker.id(), Set.copyOf(held), until, answer));
        // Asked afterwards: a stop that came before has not seen the wait.
        if (released) {
            answer.complete(List.of());
        }
        wakeUp.raise();
        return answer;
    }

    /**
     * Gives back jobs that a worker holds and does not know of: the answer to its claim was lost.
     *
     * @param held all attempts that the worker knows of
     */
    public void returnUnknown(RemoteWorker worker, Collection<HeldJob> held) {
        Set<HeldJob> known = new HashSet<>(held);
        List<Lease> unknown =
                jdbi.withExtension(RemoteStatements.class, s -> s.olderThan(worker.id(), lease.toMillis() / 2)).stream()
                        .filter(job -> !known.contains(job))
                        .map(job -> new Lease(job.jobId(), job.attempt(), worker.id()))
                        .toList();
        if (!unknown.isEmpty()) {
            signals.ended(giveBack(unknown));
            signals.claimable();
        }
    }

    private List<UUID> giveBack(List<Lease> unknown) {
        try {
            Leases leases = Leases.sorted(unknown);
            return jdbi.withExtension(
                    JobTransitions.class, t -> t.giveBack(leases.ids(), leases.attempts(), leases.nodes()));
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            // A row that cannot be changed keeps its lease, and must not fail the requests of its worker.
            return unknown.size() == 1
                    ? List.of()
                    : unknown.stream()
                            .flatMap(one -> giveBack(List.of(one)).stream())
                            .toList();
        }
    }

    /** Looks again if a waiting worker holds a cancelled job. */
    void cancelled(Collection<UUID> jobs) {
        if (waits.stream().anyMatch(wait -> wait.held().stream().anyMatch(held -> jobs.contains(held.jobId())))) {
            wakeUp.raise();
        }
    }

    /** Looks again, because attempts were ended whose time was up. */
    void overdue() {
        wakeUp.raise();
    }

    /** Ends all waits, now and from now on, because this node stops. */
    void release() {
        released = true;
        waits.forEach(wait -> wait.answer().complete(List.of()));
    }

    /** A step of the loop. */
    Duration step() {
        waits.removeIf(wait -> wait.answer().isDone());
        if (waits.isEmpty()) {
            return IDLE;
        }
        List<Wait> now = List.copyOf(waits);
        Map<Long, List<Stop>> stops = toStop(now).stream().collect(Collectors.groupingBy(Stop::worker));
        now.forEach(wait -> answer(wait, stops.getOrDefault(wait.worker(), List.of())));
        waits.removeIf(wait -> wait.answer().isDone());
        return waits.isEmpty() ? IDLE : next();
    }

    private Duration next() {
        long now = System.nanoTime();
        long nanos =
                waits.stream().mapToLong(wait -> wait.untilNanos() - now).min().orElse(0);
        return Duration.ofNanos(Math.max(0, Math.min(LOOK.toNanos(), nanos)));
    }

    private static void answer(Wait wait, List<Stop> ofWorker) {
        List<Stop> own = ofWorker.stream()
                .filter(stop -> wait.held().contains(new HeldJob(stop.jobId(), stop.attempt())))
                .distinct()
                .toList();
        if (!own.isEmpty() || wait.isOver()) {
            wait.answer().complete(own);
        }
    }

    private List<Stop> toStop(List<Wait> all) {
        Leases leases = Leases.of(all.stream()
                .flatMap(wait -> wait.held().stream().map(job -> new Lease(job.jobId(), job.attempt(), wait.worker())))
                .distinct()
                .toList());
        return jdbi.withExtension(
                RemoteStatements.class, s -> s.toStop(leases.ids(), leases.attempts(), leases.nodes()));
    }
}
