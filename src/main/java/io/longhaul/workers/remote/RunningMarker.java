package io.longhaul.workers.remote;

import io.longhaul.jobs.Lease;
import io.longhaul.workers.run.RunningMarks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Marks jobs of workers as running in {@code jobs}, once they run long enough for somebody to look. For one thread. */
final class RunningMarker {
    /** The same as for jobs on nodes. */
    private static final Duration LONG_RUNNING = Duration.ofMillis(200);

    private static final Duration NEVER = Duration.ofMinutes(1);
    private static final int BATCH = 500;

    private record Claimed(Lease lease, long dueNanos) {}

    private final RunningMarks marks;
    private final Deque<Claimed> claimed = new ArrayDeque<>();

    RunningMarker(Jdbi jdbi) {
        marks = new RunningMarks(jdbi);
    }

    void add(Collection<Lease> leases) {
        long due = System.nanoTime() + LONG_RUNNING.toNanos();
        leases.forEach(lease -> claimed.add(new Claimed(lease, due)));
    }

    /** Marks the jobs that are due and returns the wait until the next. If that fails, they stay due. */
    Duration step() {
        long now = System.nanoTime();
        List<Lease> due = claimed.stream()
                .limit(BATCH)
                .takeWhile(one -> one.dueNanos() - now <= 0)
                .map(Claimed::lease)
                .toList();
        if (!due.isEmpty()) {
            Set<Lease> marked = Set.copyOf(marks.show(due));
            due.forEach(one -> claimed.remove());
            add(due.stream().filter(lease -> !marked.contains(lease)).toList());
        }
        return next();
    }

    Duration next() {
        return claimed.isEmpty()
                ? NEVER
                : Duration.ofNanos(Math.max(0, claimed.peek().dueNanos() - System.nanoTime()));
    }
}
