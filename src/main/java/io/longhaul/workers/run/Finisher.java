package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.sql.HeldJobs;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.StopReason;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes outcomes, many in one statement. An outcome stays here until the database has taken or refused it, however
 * long that takes; tools' threads wait when too many gather.
 */
public final class Finisher {
    private static final int MAX_BATCH = 500;

    static final int MOST_WAITING = 5_000;

    /** Kilobytes of results that may wait; a larger result takes all of it. A small heap has room for less. */
    static final int MAX_WAITING_KB =
            (int) Math.min(64 * 1024, Runtime.getRuntime().maxMemory() / 1024 / 16);

    /** Kilobytes of results in one statement: the driver copies and escapes them several times. */
    private static final int MAX_BATCH_KB = 2 * 1024;

    private static final Duration HELD_UP_PAUSE = Duration.ofMillis(500);

    private final Jdbi jdbi;
    private final Reports reports;
    private final Telemetry telemetry;
    private final JobSignals signals;
    private final BlockingQueue<Ended> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    /** Fair, because a result that needs all of it would wait for as long as small ones keep coming. */
    private final Semaphore kilobytes = new Semaphore(MAX_WAITING_KB, true);

    /** Outcomes of jobs that other transactions hold, or that fail for an unknown reason; tried again and again. */
    private final Queue<Ended> heldUp = new ConcurrentLinkedQueue<>();

    private volatile long heldUpDueNanos = System.nanoTime();

    /** Since nothing was held up: a log gets fewer and fewer lines of one cause. */
    private final AtomicInteger heldUpInARow = new AtomicInteger();

    private final Semaphore unwritten = new Semaphore(Integer.MAX_VALUE);
    private final Set<Lease> held = ConcurrentHashMap.newKeySet();
    private final UnstoredEnds unstored;

    private record Ended(AttemptEnd end, int kilobytes) {
        Outcome outcome() {
            return end.outcome();
        }
    }

    public Finisher(Jdbi jdbi, Reports reports, Telemetry telemetry, JobSignals signals) {
        this.jdbi = jdbi;
        this.reports = reports;
        this.telemetry = telemetry;
        this.signals = signals;
        this.unstored = new UnstoredEnds(jdbi, telemetry, signals);
    }

    /** Takes an outcome; waits while too many are on their way. */
    public void add(AttemptEnd end) throws InterruptedException {
        try {
            queue(new Ended(end, kilobytes(end.outcome())));
        } catch (InterruptedException | RuntimeException | Error e) {
            unstored.add(end.outcome().lease());
            throw e;
        }
    }

    private static int kilobytes(Outcome outcome) {
        return outcome instanceof Outcome.Completed done
                ? Math.min(MAX_WAITING_KB, 1 + done.result().length() / 1024)
                : 1;
    }

    private void queue(Ended ended) throws InterruptedException {
        kilobytes.acquire(ended.kilobytes());
        int counted = 0;
        boolean queued = false;
        try {
            unwritten.acquireUninterruptibly();
            counted = 1;
            held.add(ended.outcome().lease());
            waiting.put(ended);
            queued = true;
        } finally {
            if (!queued) {
                held.remove(ended.outcome().lease());
                kilobytes.release(ended.kilobytes());
                unwritten.release(counted);
            }
        }
    }

    boolean holds(Lease lease) {
        return held.contains(lease);
    }

    /** The attempts whose outcomes were refused. */
    UnstoredEnds unstored() {
        return unstored;
    }

    /** The jobs whose outcomes wait here. */
    public Stream<UUID> jobs() {
        return held.stream().map(Lease::jobId);
    }

    /** Waits until all outcomes are written, or the time is over. */
    public boolean awaitWritten(Duration most) throws InterruptedException {
        boolean all = unwritten.tryAcquire(Integer.MAX_VALUE, most.toMillis(), TimeUnit.MILLISECONDS);
        if (all) {
            unwritten.release(Integer.MAX_VALUE);
        }
        return all;
    }

    /** A step for a loop: writes the waiting outcomes, and repeats until they are written. Each loop needs its own. */
    public Loop.Step writer() {
        OutcomeWriter writer = new OutcomeWriter(jdbi);
        return () -> write(writer);
    }

    private Duration write(OutcomeWriter writer) throws InterruptedException {
        writeHeldUp(writer);
        Ended first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first != null) {
            write(gather(first, waiting), new Writing(writer), Writing::write);
        }
        return Duration.ZERO;
    }

    private void writeHeldUp(OutcomeWriter writer) throws InterruptedException {
        if (System.nanoTime() - heldUpDueNanos < 0) {
            return;
        }
        Ended first = heldUp.poll();
        if (first == null) {
            heldUpInARow.set(0);
        } else {
            heldUpDueNanos = System.nanoTime() + HELD_UP_PAUSE.toNanos();
            write(gather(first, heldUp), new Writing(writer), Writing::writeFree);
        }
    }

    private interface Way {
        void write(Writing writing, List<Outcome> outcomes) throws InterruptedException;
    }

    private void write(List<Ended> batch, Writing writing, Way way) throws InterruptedException {
        List<Ended> over = batch;
        try {
            long begin = System.nanoTime();
            way.write(writing, batch.stream().map(Ended::outcome).toList());
            over = batch.stream()
                    .filter(one -> !writing.late.contains(one.outcome().lease()))
                    .toList();
            telemetry.wrote(over.size(), Duration.ofNanos(System.nanoTime() - begin));
            tell(over, writing.taken);
            writing.late.forEach(lease -> batch.stream()
                    .filter(one -> one.outcome().lease().equals(lease))
                    .forEach(heldUp::add));
        } catch (InterruptedException | RuntimeException | Error e) {
            over = batch;
            batch.stream()
                    .map(one -> one.outcome().lease())
                    .filter(lease -> !writing.taken.containsKey(lease))
                    .forEach(unstored::add);
            throw e;
        } finally {
            forget(over);
        }
    }

    private static List<Ended> gather(Ended first, Queue<Ended> more) {
        List<Ended> batch = new ArrayList<>();
        int size = 0;
        for (Ended next = first;
                next != null;
                next = batch.size() < MAX_BATCH && size < MAX_BATCH_KB ? more.poll() : null) {
            batch.add(next);
            size += next.kilobytes();
        }
        return batch;
    }

    private void forget(List<Ended> batch) {
        for (Ended one : batch) {
            held.remove(one.outcome().lease());
            kilobytes.release(one.kilobytes());
        }
        unwritten.release(batch.size());
    }

    /** A write of some outcomes. */
    private final class Writing {
        private final OutcomeWriter writer;

        /** The outcomes as they were written. */
        private final Map<Lease, Outcome> taken = new HashMap<>();

        /** The attempts whose outcomes something else holds up, in the order in which they are tried again. */
        private final Set<Lease> late = new LinkedHashSet<>();

        Writing(OutcomeWriter writer) {
            this.writer = writer;
        }

        /** Writes outcomes until each is taken, refused or held up. */
        void write(List<Outcome> outcomes) throws InterruptedException {
            for (int failures = 1; !outcomes.isEmpty(); failures++) {
                try {
                    flushReports(outcomes);
                    writer.write(outcomes, taken);
                    return;
                } catch (RuntimeException e) {
                    DatabaseFault fault = DatabaseFault.of(e);
                    if (fault == DatabaseFault.BUSY) {
                        writeAround(outcomes, e);
                        return;
                    } else if (!fault.isCurable()) {
                        writeApart(outcomes, e);
                        return;
                    }
                    telemetry.loopFailed("finisher", failures, e);
                    pause(failures);
                } catch (OutOfMemoryError e) {
                    // The results are still here; others may have taken the memory, for a moment.
                    telemetry.loopFailed("finisher", failures, e);
                    pause(failures);
                }
            }
        }

        void writeFree(List<Outcome> outcomes) throws InterruptedException {
            write(free(outcomes));
        }

        // A row that another transaction holds, for as long as it likes, must not hold up the others.
        private void writeAround(List<Outcome> outcomes, RuntimeException failure) throws InterruptedException {
            telemetry.loopFailed("finisher", heldUpInARow.incrementAndGet(), failure);
            if (outcomes.size() == 1) {
                late.add(outcomes.get(0).lease());
                return;
            }
            List<Outcome> free = free(outcomes);
            if (free.size() < outcomes.size()) {
                write(free);
                return;
            }
            writeUntilOneWaits(outcomes);
        }

        /** Each of the rest could wait as long as the one that did, which comes last the next time. */
        private void writeUntilOneWaits(List<Outcome> outcomes) throws InterruptedException {
            for (int i = 0; i < outcomes.size(); i++) {
                Lease lease = outcomes.get(i).lease();
                write(outcomes.subList(i, i + 1));
                if (late.remove(lease)) {
                    outcomes.subList(i + 1, outcomes.size()).forEach(one -> late.add(one.lease()));
                    late.add(lease);
                    return;
                }
            }
        }

        /** Those that can be written without a wait for another transaction; the others are late. */
        private List<Outcome> free(List<Outcome> outcomes) {
            List<Outcome> left = outcomes.stream()
                    .filter(one -> !taken.containsKey(one.lease()))
                    .toList();
            UUID[] ids = left.stream().map(one -> one.lease().jobId()).toArray(UUID[]::new);
            Set<UUID> locked = HeldJobs.among(ids, jdbi);
            left.stream()
                    .map(Outcome::lease)
                    .filter(lease -> locked.contains(lease.jobId()))
                    .forEach(late::add);
            return left.stream()
                    .filter(one -> !locked.contains(one.lease().jobId()))
                    .toList();
        }

        // An outcome that PostgreSQL refuses must not keep the others of its batch from being written.
        private void writeApart(List<Outcome> outcomes, RuntimeException refusal) throws InterruptedException {
            if (outcomes.size() > 1) {
                writeUntilOneWaits(outcomes);
                return;
            }
            if (DatabaseFault.root(refusal) != null
                    && !DatabaseFault.of(refusal).refuses()) {
                // Nobody knows what it means: the result waits until somebody has cured it.
                telemetry.loopFailed("finisher", heldUpInARow.incrementAndGet(), refusal);
                late.add(outcomes.get(0).lease());
                return;
            }
            telemetry.loopFailed("finisher", 1, refusal);
            Optional<Outcome> instead = outcomes.get(0).refused();
            if (instead.isPresent()) {
                write(List.of(instead.get()));
            } else {
                // The row itself is refused, whatever the outcome.
                unstored.add(outcomes.get(0).lease());
            }
        }
    }

    private static void pause(int failures) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Math.min(2_000, 50L << Math.min(failures, 6)));
    }

    // A report that cannot be stored is no reason to refuse a result.
    private void flushReports(List<Outcome> outcomes) {
        try {
            reports.flush(outcomes.stream().map(Outcome::lease).collect(Collectors.toSet()));
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e).isCurable()) {
                throw e;
            }
            telemetry.loopFailed("reports", 1, e);
        }
    }

    private void tell(List<Ended> batch, Map<Lease, Outcome> taken) {
        List<UUID> over = new ArrayList<>();
        List<Lease> dropped = new ArrayList<>();
        for (Ended one : batch) {
            Lease lease = one.outcome().lease();
            if (taken.containsKey(lease)) {
                telemetry.ended(one.end().with(taken.get(lease)));
                over.add(lease.jobId());
            } else if (!unstored.holds(lease)) {
                dropped.add(lease);
            }
        }
        signals.ended(over);
        tellDropped(dropped);
    }

    private void tellDropped(List<Lease> dropped) {
        Set<UUID> cancelled = cancelled(dropped);
        for (Lease lease : dropped) {
            if (cancelled.contains(lease.jobId())) {
                telemetry.stopped(lease, StopReason.CANCELLED);
            } else {
                telemetry.leaseLost(lease);
            }
        }
    }

    private Set<UUID> cancelled(List<Lease> dropped) {
        try {
            return dropped.isEmpty()
                    ? Set.of()
                    : Set.copyOf(jdbi.withExtension(
                            NodeLeases.class,
                            n -> n.cancelled(Leases.of(dropped).ids())));
        } catch (RuntimeException e) {
            // Only the wording of the log depends on it.
            return Set.of();
        }
    }
}
