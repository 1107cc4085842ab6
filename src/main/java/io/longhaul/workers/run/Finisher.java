package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.StopReason;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

    private final Jdbi jdbi;
    private final Reports reports;
    private final Telemetry telemetry;
    private final JobSignals signals;
    private final BlockingQueue<Ended> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    /** Fair, because a result that needs all of it would wait for as long as small ones keep coming. */
    private final Semaphore kilobytes = new Semaphore(MAX_WAITING_KB, true);

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
        Outcome outcome = end.outcome();
        int size = outcome instanceof Outcome.Completed done
                ? Math.min(MAX_WAITING_KB, 1 + done.result().length() / 1024)
                : 1;
        try {
            kilobytes.acquire(size);
        } catch (InterruptedException e) {
            unstored.add(outcome.lease());
            throw e;
        }
        Ended ended = new Ended(end, size);
        unwritten.acquireUninterruptibly();
        held.add(outcome.lease());
        try {
            waiting.put(ended);
        } catch (InterruptedException | RuntimeException | Error e) {
            unstored.add(outcome.lease());
            forget(List.of(ended));
            throw e;
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
        Ended first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
            return Duration.ZERO;
        }
        List<Ended> batch = gather(first);
        Map<Lease, Outcome> taken = new HashMap<>();
        try {
            long begin = System.nanoTime();
            writeUntilTaken(writer, batch.stream().map(Ended::outcome).toList(), taken);
            telemetry.wrote(batch.size(), Duration.ofNanos(System.nanoTime() - begin));
            tell(batch, taken);
        } catch (InterruptedException | RuntimeException | Error e) {
            batch.stream()
                    .map(one -> one.outcome().lease())
                    .filter(lease -> !taken.containsKey(lease))
                    .forEach(unstored::add);
            throw e;
        } finally {
            forget(batch);
        }
        return Duration.ZERO;
    }

    private List<Ended> gather(Ended first) {
        List<Ended> batch = new ArrayList<>();
        int size = 0;
        for (Ended next = first;
                next != null;
                next = batch.size() < MAX_BATCH && size < MAX_BATCH_KB ? waiting.poll() : null) {
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

    private void writeUntilTaken(OutcomeWriter writer, List<Outcome> outcomes, Map<Lease, Outcome> taken)
            throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                flushReports(outcomes);
                writer.write(outcomes, taken);
                return;
            } catch (RuntimeException e) {
                if (DatabaseFault.of(e).refuses()) {
                    writeApart(writer, outcomes, taken, e);
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

    private static void pause(int failures) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Math.min(2_000, 50L << Math.min(failures, 6)));
    }

    // A report that cannot be stored is no reason to refuse a result.
    private void flushReports(List<Outcome> outcomes) {
        try {
            reports.flush(outcomes.stream().map(Outcome::lease).collect(Collectors.toSet()));
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            telemetry.loopFailed("reports", 1, e);
        }
    }

    // An outcome that PostgreSQL refuses must not keep the others of its batch from being written.
    private void writeApart(
            OutcomeWriter writer, List<Outcome> outcomes, Map<Lease, Outcome> taken, RuntimeException refusal)
            throws InterruptedException {
        if (outcomes.size() > 1) {
            for (Outcome one : outcomes) {
                writeUntilTaken(writer, List.of(one), taken);
            }
            return;
        }
        telemetry.loopFailed("finisher", 1, refusal);
        Optional<Outcome> instead = outcomes.get(0).refused();
        if (instead.isPresent()) {
            writeUntilTaken(writer, List.of(instead.get()), taken);
        } else {
            // The row itself is refused, whatever the outcome.
            unstored.add(outcomes.get(0).lease());
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
