package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.workers.housekeeping.QuarantiningBatches;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Lets jobs into the queue whose delay is over. For one thread. */
public final class DelayedJobs implements QuarantiningBatches.Rows {
    /** The name under which rows are set aside. */
    static final String TASK = "delay";

    private static final int BATCH = 500;

    private final Node node;
    private final QuarantiningBatches batches;
    private final Duration interval;
    private long nextNanos = System.nanoTime();
    private int failures;

    /**
     * Makes the release of delayed jobs.
     *
     * @param poll they are looked for twice in this time, and not at every claim, because delays are counted in seconds and
     *     claims in thousands a second
     */
    public DelayedJobs(Node node, Duration poll) {
        this.node = node;
        this.batches = new QuarantiningBatches(TASK, BATCH, node, this);
        this.interval = poll.dividedBy(2);
    }

    /**
     * Releases a batch if it is time. A failure is only reported: claims must go on, and the next look comes by itself.
     */
    public void release() {
        if (System.nanoTime() - nextNanos < 0) {
            return;
        }
        boolean more = false;
        try {
            more = batches.step();
            failures = 0;
        } catch (RuntimeException e) {
            node.telemetry().loopFailed("delays", ++failures, e);
        }
        nextNanos = System.nanoTime() + (more ? 0 : interval.toNanos());
    }

    @Override
    public int apply(int limit, UUID[] only) {
        return node.jdbi().withExtension(JobTransitions.class, t -> t.releaseDelayed(limit, only));
    }

    @Override
    public List<UUID> next(int limit) {
        return node.jdbi().withExtension(Candidates.class, c -> c.delayed(limit));
    }
}
