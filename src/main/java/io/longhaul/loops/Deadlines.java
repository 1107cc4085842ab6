package io.longhaul.loops;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs actions at their times, unless they are cancelled before. An action must not take long. */
public final class Deadlines {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "deadlines");
        thread.setDaemon(true);
        return thread;
    });

    public Deadlines() {
        // Otherwise the deadline of a job that ended in time, and the job with it, stays in memory for days.
        timer.setRemoveOnCancelPolicy(true);
    }

    public Future<?> after(Duration wait, Runnable action) {
        return timer.schedule(action, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The number of actions to come. */
    int ahead() {
        return timer.getQueue().size();
    }

    public void stop() {
        timer.shutdownNow();
    }
}
