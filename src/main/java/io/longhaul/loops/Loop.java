package io.longhaul.loops;

import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A thread that takes one step after the other. Whatever a step throws is told and ends that step only; the
 * next one comes after a wait that grows while steps go on failing.
 */
public final class Loop {
    /** Long enough not to flood a database that is down, short enough to be back at once when it is. */
    private static final Duration LONGEST_WAIT_AFTER_FAILURE = Duration.ofSeconds(2);

    /** One step. */
    public interface Step {
        /**
         * Does what there is to do.
         *
         * @return how long to wait for the next step, unless woken
         */
        Duration run() throws Exception;
    }

    private final String name;
    private final Step step;
    private final Telemetry telemetry;
    private final WakeUp signal = new WakeUp();
    private final Thread thread;
    private volatile boolean stopping;
    private int failuresInARow;

    /**
     * Wires it; it runs from {@link #start} on.
     *
     * @param name of the thread, and for log lines
     * @param telemetry told of steps that fail
     * @param step what to do
     */
    public Loop(String name, Telemetry telemetry, Step step) {
        this.name = name;
        this.step = step;
        this.telemetry = telemetry;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Takes the next step now. */
    public void wakeUp() {
        signal.raise();
    }

    /** Lets the step under way end, and takes no other. */
    public void stop() {
        stopping = true;
        signal.raise();
        join();
    }

    private void join() {
        try {
            // A step waits for the database at the longest; past this the thread is left behind, it is a daemon.
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                signal.await(jittered(runStep()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration runStep() throws InterruptedException {
        try {
            Duration wait = step.run();
            failuresInARow = 0;
            return wait;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            telemetry.loopFailed(name, ++failuresInARow, e);
            long wait = Math.min(LONGEST_WAIT_AFTER_FAILURE.toMillis(), 50L << Math.min(failuresInARow, 10));
            return Duration.ofMillis(wait);
        }
    }

    // Nodes started together must not all come to the database at the same moment for ever.
    private static Duration jittered(Duration wait) {
        return Duration.ofNanos(
                (long) (wait.toNanos() * ThreadLocalRandom.current().nextDouble(0.8, 1.0)));
    }
}
