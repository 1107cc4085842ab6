package io.longhaul.workers.remote;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.workers.run.Leases;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Marks jobs of workers as running in {@code jobs}, once they run long enough for somebody to look. For one thread. */
final class RunningMarker {
    /** The same as for jobs on nodes. */
    private static final Duration LONG_RUNNING = Duration.ofMillis(200);

    private static final Duration NEVER = Duration.ofMinutes(1);
    private static final int BATCH = 500;

    private record Claimed(Lease lease, long dueNanos) {}

    private final Jdbi jdbi;
    private final Deque<Claimed> claimed = new ArrayDeque<>();

    RunningMarker(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void add(Collection<Lease> leases) {
        long due = System.nanoTime() + LONG_RUNNING.toNanos();
        leases.forEach(lease -> claimed.add(new Claimed(lease, due)));
    }

    /** Marks the jobs that are due and returns the wait until the next. */
    Duration step() {
        List<Lease> due = new ArrayList<>();
        while (!claimed.isEmpty() && due.size() < BATCH && claimed.peek().dueNanos() - System.nanoTime() <= 0) {
            due.add(claimed.remove().lease());
        }
        if (!due.isEmpty()) {
            Leases leases = Leases.sorted(due);
            jdbi.useExtension(
                    JobTransitions.class, t -> t.showRunning(leases.ids(), leases.attempts(), leases.nodes()));
        }
        return next();
    }

    Duration next() {
        return claimed.isEmpty()
                ? NEVER
                : Duration.ofNanos(Math.max(0, claimed.peek().dueNanos() - System.nanoTime()));
    }
}
