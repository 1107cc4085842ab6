package io.longhaul.events;

import io.longhaul.loops.PollingLoop;
import java.time.Duration;

/**
 * Finds the ends of awaited jobs and batches that this node did not write. A loop looks at all of them now and then, which is
 * the poll behind notifications; in between, notifications make it look at recent ends.
 */
public final class EndPoll {
    private static final Duration POLL = Duration.ofMillis(500);

    /** The time of an end is that at which its statement began. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final JobEnds jobs;
    private final BatchEnds batches;
    private final PollingLoop loop = new PollingLoop("ends-elsewhere", this::look, Duration.ZERO, POLL);
    private long lookedAtAllNanos = System.nanoTime();

    public EndPoll(JobEnds jobs, BatchEnds batches) {
        this.jobs = jobs;
        this.batches = batches;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    /** Called when other nodes may have ended jobs. */
    public void lookSoon() {
        if (jobs.isAwaited() || batches.isAwaited()) {
            loop.lookSoon();
        }
    }

    private void look() {
        long now = System.nanoTime();
        Duration since = Duration.ofNanos(now - lookedAtAllNanos);
        if (since.compareTo(POLL) >= 0) {
            lookedAtAllNanos = now;
            jobs.lookAgain();
        } else {
            jobs.lookForNew(since.plus(MARGIN));
        }
        batches.lookAgain();
    }
}
