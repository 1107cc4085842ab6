package io.longhaul.workers.run;

import io.longhaul.jobs.Lease;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.StopReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The attempts that this node holds, and the slots they take. Attempts that were claimed ahead wait here until a slot
 * is free; a thread that has ended one begins the next without going anywhere.
 */
public final class Executions {
    /** A part of the heap: results, requests and the trees that tools read params into need theirs. */
    private static final long MOST_PARAMS = Runtime.getRuntime().maxMemory() / 8;

    private final int slots;
    private final Map<Lease, Execution> held = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Execution> waiting = new ArrayDeque<>();
    private final Executor threads;
    private final Stopper stopper;
    private final Loop.WakeUp slotFreed = new Loop.WakeUp();
    private int begun;
    private int awaiting;
    private volatile int enough;

    /** Stops an attempt without waiting for its end. */
    interface Stopper {
        void stop(Execution execution, StopReason reason);
    }

    Executions(int slots, Executor threads, Stopper stopper) {
        this.slots = slots;
        this.stopper = stopper;
        this.threads = threads;
    }

    /** Raised when an end makes a claim worthwhile: see {@link #wakeAt}. */
    Loop.WakeUp slotFreed() {
        return slotFreed;
    }

    /** Slots that no attempt runs in or waits for; negative when attempts were claimed ahead. */
    public int freeSlots() {
        return slots - held.size();
    }

    /**
     * True if the params of held attempts take as much memory as they may; then the end of any attempt makes a claim
     * worthwhile.
     */
    public boolean isFullOfParams() {
        if (paramsHeld() < MOST_PARAMS) {
            return false;
        }
        wakeAt(Integer.MAX_VALUE);
        // An end before that has woken nobody.
        return paramsHeld() >= MOST_PARAMS;
    }

    private long paramsHeld() {
        return held.values().stream()
                .mapToLong(execution -> execution.job().params().length())
                .sum();
    }

    public int slots() {
        return slots;
    }

    /** The number of attempts that have run for longer than that. */
    public int longRunning(Duration than) {
        return (int) held.values().stream()
                .filter(execution -> execution.age().compareTo(than) > 0)
                .count();
    }

    /** The number of held attempts of each tool. */
    public Map<String, Long> perTool() {
        return held.values().stream().collect(Collectors.groupingBy(Execution::tool, Collectors.counting()));
    }

    boolean holds(Lease lease) {
        return held.containsKey(lease);
    }

    /** The jobs of the attempts that were claimed no longer ago than that. */
    public Stream<UUID> claimedWithin(Duration ago) {
        return held.values().stream()
                .filter(execution -> execution.sinceClaim().compareTo(ago) <= 0)
                .map(execution -> execution.lease().jobId());
    }

    /** Sets the number of held attempts at which an end makes a claim worthwhile. */
    public void wakeAt(int held) {
        enough = held;
    }

    /** Holds an attempt that begins elsewhere, now. */
    void add(Execution execution) {
        held.put(execution.lease(), execution);
        execution.begin();
        lock.lock();
        try {
            begun++;
        } finally {
            lock.unlock();
        }
    }

    /** Holds attempts and begins them, in this order, as slots are free. */
    public void admit(List<Execution> executions) {
        executions.forEach(execution -> held.put(execution.lease(), execution));
        lock.lock();
        try {
            waiting.addAll(executions);
        } finally {
            lock.unlock();
        }
        beginWaiting();
    }

    private void beginWaiting() {
        for (Execution next = next(); next != null; next = next()) {
            Execution first = next;
            try {
                threads.execute(() -> runFrom(first));
            } catch (RuntimeException | Error e) {
                // No thread is left: it waits again, and is returned in time.
                putBack(first);
                throw e;
            }
        }
    }

    private void putBack(Execution unbegun) {
        lock.lock();
        try {
            begun--;
            unbegun.putBack();
            waiting.addFirst(unbegun);
        } finally {
            lock.unlock();
        }
    }

    private void runFrom(Execution first) {
        for (Execution next = first; next != null; next = next()) {
            next.run();
        }
    }

    private Execution next() {
        lock.lock();
        try {
            Execution next = begun < slots ? waiting.poll() : null;
            if (next != null) {
                begun++;
                next.begin();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back the attempts that have waited this long for a slot: nothing was done for them. */
    List<Execution> takeWaiting(Duration atLeast) {
        List<Execution> taken = new ArrayList<>();
        lock.lock();
        try {
            waiting.removeIf(execution -> execution.sinceClaim().compareTo(atLeast) >= 0 && taken.add(execution));
        } finally {
            lock.unlock();
        }
        return taken;
    }

    void forget(List<Execution> unbegun) {
        unbegun.forEach(execution -> held.remove(execution.lease()));
        signalChange();
    }

    /** Frees the slot of an attempt whose outcome is on its way, or that was left behind. */
    public void remove(Execution execution) {
        if (held.remove(execution.lease()) == null) {
            return;
        }
        boolean someoneWaits;
        lock.lock();
        try {
            begun--;
            someoneWaits = awaiting > 0;
        } finally {
            lock.unlock();
        }
        if (someoneWaits) {
            signalChange();
        }
        if (held.size() <= enough) {
            slotFreed.raise();
        }
    }

    /** To be called after {@link #remove} of an attempt whose thread does not come back. */
    public void replaceThread() {
        beginWaiting();
    }

    public Collection<Execution> all() {
        return List.copyOf(held.values());
    }

    public void stop(Predicate<Lease> which, StopReason reason) {
        for (Execution execution : held.values()) {
            if (which.test(execution.lease())) {
                stopper.stop(execution, reason);
            }
        }
    }

    public void stopAll(StopReason reason) {
        stop(any -> true, reason);
    }

    /** Waits until no attempt is held, or the time is over. */
    public boolean awaitNone(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lock();
        awaiting++;
        try {
            while (!held.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return held.isEmpty();
        } finally {
            awaiting--;
            lock.unlock();
        }
    }

    private void signalChange() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
