package io.longhaul.jobs.intake;

import io.longhaul.jobs.Backlog;
import io.longhaul.jobs.sql.QueueDepth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jdbi.v3.core.Jdbi;

/**
 * Rejects submissions while too many jobs wait. The count is read a few times a second and incremented in between, so
 * several nodes may exceed a limit by the jobs they accept in a tenth of a second.
 */
public final class QueueLimit implements SubmissionCheck {
    private final Jdbi jdbi;
    private final Function<String, Integer> ofTool;
    private final Integer ofAll;
    private final Map<String, CountedQueue> tools = new ConcurrentHashMap<>();
    private final CountedQueue all;

    /**
     * Limits the queues.
     *
     * @param ofTool number of jobs of a tool that may wait, or null for no limit
     * @param ofAll number of all jobs that may wait, or null for no limit
     */
    public QueueLimit(Jdbi jdbi, Function<String, Integer> ofTool, Integer ofAll) {
        this.jdbi = jdbi;
        this.ofTool = ofTool;
        this.ofAll = ofAll;
        this.all = new CountedQueue(limit -> depth(q -> q.ofAll(limit)));
    }

    @Override
    public void check(Submission submission) throws SubmissionRejected {
        String tool = submission.tool();
        Integer limit = ofTool.apply(tool);
        if (limit != null && !queue(tool).enter(limit)) {
            throw full("The queue of the tool " + tool, tool, false, limit);
        }
        if (ofAll != null && !all.enter(ofAll)) {
            throw full("The queue", tool, true, ofAll);
        }
    }

    /** The limit of a tool changes when its entry is read again, so each read gets the present one. */
    private CountedQueue queue(String tool) {
        return tools.computeIfAbsent(tool, name -> new CountedQueue(limit -> depth(q -> q.ofTool(name, limit))));
    }

    private int depth(Function<QueueDepth, Integer> count) {
        return jdbi.withExtension(QueueDepth.class, count::apply);
    }

    private SubmissionRejected full(String queue, String tool, boolean all, int limit) {
        Duration wait = jdbi.withExtension(QueueDepth.class, q -> q.endsPerSecond(tool, all))
                .map(rate -> Duration.ofMillis((long) (limit / rate * 1000)))
                .orElse(null);
        return new SubmissionRejected(
                SubmissionRejected.Reason.QUEUE_FULL,
                queue + " is full: " + limit + " jobs wait, which is its limit (max_queue). Try again later.",
                List.of(),
                new Backlog(limit, all, wait));
    }

    /**
     * The depth of a queue as this node knows it: read now and then, and incremented by each submission in
     * between.
     */
    private static final class CountedQueue {
        private static final long AGE_NANOS = 100_000_000;

        /** Counting a long queue takes time; it may take at most this fraction of one connection's time. */
        private static final int SHARE = 10;

        private final IntUnaryOperator read;
        private final AtomicInteger depth = new AtomicInteger();
        private final AtomicBoolean reading = new AtomicBoolean();
        private volatile long dueNanos = System.nanoTime();

        /** How far was counted; what waits beyond another limit is not known. */
        private volatile int readUpTo = -1;

        /**
         * Nothing is read yet.
         *
         * @param read counts the jobs that wait, up to a limit
         */
        CountedQueue(IntUnaryOperator read) {
            this.read = read;
        }

        /** Counts one more job, if fewer than the limit wait. */
        boolean enter(int limit) {
            if (limit != readUpTo || System.nanoTime() - dueNanos >= 0) {
                readAgain(limit);
            }
            if (depth.incrementAndGet() <= limit) {
                return true;
            }
            depth.decrementAndGet();
            return false;
        }

        // One thread reads while the others use the old value; before the first read to a limit all of them read.
        private void readAgain(int limit) {
            if (!reading.compareAndSet(false, true) && limit == readUpTo) {
                return;
            }
            try {
                long begun = System.nanoTime();
                depth.set(read.applyAsInt(limit));
                readUpTo = limit;
                long now = System.nanoTime();
                dueNanos = now + Math.max(AGE_NANOS, SHARE * (now - begun));
            } finally {
                reading.set(false);
            }
        }
    }
}
