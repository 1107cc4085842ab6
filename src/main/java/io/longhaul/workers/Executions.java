package io.longhaul.workers;

import io.longhaul.jobs.Lease;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The attempts that run on this node now, and the slots they take. */
final class Executions {
    private final int slots;
    private final Map<Lease, Execution> running = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable slotFreed;

    Executions(int slots, Runnable slotFreed) {
        this.slots = slots;
        this.slotFreed = slotFreed;
    }

    int freeSlots() {
        return Math.max(0, slots - running.size());
    }

    /** How many attempts of each tool run now. */
    Map<String, Long> perTool() {
        return running.values().stream().collect(Collectors.groupingBy(Execution::tool, Collectors.counting()));
    }

    boolean holds(Lease lease) {
        return running.containsKey(lease);
    }

    void add(Execution execution) {
        running.put(execution.lease(), execution);
    }

    /** Frees the slot of an attempt whose outcome is on its way, or that was left behind. */
    void remove(Execution execution) {
        if (running.remove(execution.lease()) != null) {
            signalChange();
            slotFreed.run();
        }
    }

    Collection<Execution> all() {
        return List.copyOf(running.values());
    }

    void stop(Predicate<Lease> which, StopReason reason) {
        for (Execution execution : running.values()) {
            if (which.test(execution.lease())) {
                execution.stop(reason);
            }
        }
    }

    void stopAll(StopReason reason) {
        all().forEach(execution -> execution.stop(reason));
    }

    /** Waits until nothing runs, or the time is over. */
    boolean awaitNone(java.time.Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lock();
        try {
            while (!running.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return running.isEmpty();
        } finally {
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
