package io.longhaul.workers;

import io.longhaul.jobs.Attached;
import io.longhaul.jobs.DataRefused;
import io.longhaul.jobs.JobTransitions;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes outcomes, many in one statement. An outcome stays here until the database has taken or refused it,
 * however long that takes; workers wait when too many gather.
 */
final class Finisher {
    private static final int MAX_BATCH = 500;

    /** Kilobytes of results that may wait; a larger result takes all of it. */
    private static final int MAX_WAITING_KB = 64 * 1024;

    private final Jdbi jdbi;
    private final Reports reports;
    private final Facts facts;
    private final Consumer<Collection<UUID>> ended;
    private final BlockingQueue<Ended> waiting = new ArrayBlockingQueue<>(5_000);
    private final Semaphore kilobytes = new Semaphore(MAX_WAITING_KB);
    private final Semaphore unwritten = new Semaphore(Integer.MAX_VALUE);
    private final Set<Lease> held = ConcurrentHashMap.newKeySet();

    private record Ended(Outcome outcome, Duration took, int kilobytes) {}

    Finisher(Jdbi jdbi, Reports reports, Facts facts, Consumer<Collection<UUID>> ended) {
        this.jdbi = jdbi;
        this.reports = reports;
        this.facts = facts;
        this.ended = ended;
    }

    /** Hands an outcome over; waits while too many are on their way. */
    void add(Outcome outcome, Duration took) throws InterruptedException {
        int size = outcome instanceof Outcome.Completed done
                ? Math.min(MAX_WAITING_KB, 1 + done.result().length() / 1024)
                : 1;
        kilobytes.acquire(size);
        unwritten.acquire();
        held.add(outcome.lease());
        waiting.put(new Ended(outcome, took, size));
    }

    /** Whether an outcome of this lease waits here. */
    boolean holds(Lease lease) {
        return held.contains(lease);
    }

    /** Waits until all outcomes are written, or the time is over. */
    boolean awaitWritten(Duration most) throws InterruptedException {
        boolean all = unwritten.tryAcquire(Integer.MAX_VALUE, most.toMillis(), TimeUnit.MILLISECONDS);
        if (all) {
            unwritten.release(Integer.MAX_VALUE);
        }
        return all;
    }

    /** A step for a loop: writes what there is, and keeps at it until it is written. Each loop has its own. */
    Loop.Step writer() {
        Attached<JobTransitions> transitions = new Attached<>(jdbi, JobTransitions.class);
        return () -> write(transitions);
    }

    private Duration write(Attached<JobTransitions> transitions) throws InterruptedException {
        Ended first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
            return Duration.ZERO;
        }
        List<Ended> batch = new ArrayList<>();
        batch.add(first);
        waiting.drainTo(batch, MAX_BATCH - 1);
        writeUntilTaken(transitions, batch);
        for (Ended one : batch) {
            held.remove(one.outcome().lease());
            kilobytes.release(one.kilobytes());
        }
        unwritten.release(batch.size());
        return Duration.ZERO;
    }

    private void writeUntilTaken(Attached<JobTransitions> transitions, List<Ended> batch) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                reports.flush();
                writeOnce(transitions, batch);
                return;
            } catch (RuntimeException e) {
                if (DataRefused.is(e)) {
                    writeApart(transitions, batch);
                    return;
                }
                facts.loopFailed("finisher", failures, e);
                TimeUnit.MILLISECONDS.sleep(Math.min(2_000, 50L << Math.min(failures, 6)));
            }
        }
    }

    // One result that PostgreSQL refuses must not keep the others of its batch from being written.
    private void writeApart(Attached<JobTransitions> transitions, List<Ended> batch) throws InterruptedException {
        if (batch.size() > 1) {
            for (Ended one : batch) {
                writeUntilTaken(transitions, List.of(one));
            }
            return;
        }
        Ended one = batch.get(0);
        Outcome refused = new Outcome.Failed(
                one.outcome().lease(), "RESULT_REFUSED", "PostgreSQL cannot store what the tool answered.");
        writeUntilTaken(transitions, List.of(new Ended(refused, one.took(), one.kilobytes())));
    }

    private void writeOnce(Attached<JobTransitions> transitions, List<Ended> batch) {
        Set<Lease> taken = new HashSet<>();
        complete(transitions, of(batch, Outcome.Completed.class), taken);
        fail(
                transitions,
                batch.stream().map(Ended::outcome).filter(Finisher::isFailure).toList(),
                taken);
        giveBack(transitions, of(batch, Outcome.GivenBack.class), taken);
        tell(batch, taken);
    }

    private static <T extends Outcome> List<T> of(List<Ended> batch, Class<T> kind) {
        return batch.stream()
                .map(Ended::outcome)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static boolean isFailure(Outcome outcome) {
        return outcome instanceof Outcome.Failed || outcome instanceof Outcome.RetryLater;
    }

    private void complete(Attached<JobTransitions> transitions, List<Outcome.Completed> outcomes, Set<Lease> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        List<Lease> leases = outcomes.stream().map(Outcome::lease).toList();
        String[] results = outcomes.stream().map(Outcome.Completed::result).toArray(String[]::new);
        List<UUID> done = transitions.with(
                t -> t.complete(Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases), results));
        keep(leases, done, taken);
    }

    private void fail(Attached<JobTransitions> transitions, List<Outcome> outcomes, Set<Lease> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        List<Lease> leases = outcomes.stream().map(Outcome::lease).toList();
        String[] codes = outcomes.stream().map(Finisher::code).toArray(String[]::new);
        String[] messages = outcomes.stream().map(Finisher::message).toArray(String[]::new);
        Long[] delays = outcomes.stream().map(Finisher::delay).toArray(Long[]::new);
        List<UUID> done = transitions.with(t -> t.failOrRetry(
                Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases), codes, messages, delays));
        keep(leases, done, taken);
    }

    private void giveBack(Attached<JobTransitions> transitions, List<Outcome.GivenBack> outcomes, Set<Lease> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        List<Lease> leases = outcomes.stream().map(Outcome::lease).toList();
        List<UUID> done =
                transitions.with(t -> t.giveBack(Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases)));
        keep(leases, done, taken);
    }

    private static String code(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed
                ? failed.errorCode()
                : ((Outcome.RetryLater) outcome).errorCode();
    }

    private static String message(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed
                ? failed.errorMessage()
                : ((Outcome.RetryLater) outcome).errorMessage();
    }

    private static Long delay(Outcome outcome) {
        return outcome instanceof Outcome.RetryLater retry ? retry.delay().toMillis() : null;
    }

    private static void keep(List<Lease> leases, List<UUID> done, Set<Lease> taken) {
        Set<UUID> ids = new HashSet<>(done);
        leases.stream().filter(lease -> ids.contains(lease.jobId())).forEach(taken::add);
    }

    private void tell(List<Ended> batch, Set<Lease> taken) {
        List<UUID> over = new ArrayList<>();
        for (Ended one : batch) {
            if (taken.contains(one.outcome().lease())) {
                facts.ended(one.outcome(), one.took());
                over.add(one.outcome().lease().jobId());
            } else {
                facts.leaseLost(one.outcome().lease());
            }
        }
        ended.accept(over);
    }
}
