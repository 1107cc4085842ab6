package io.longhaul.loops;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes one step after the other. Nothing that a step throws ends the loop: the failure is reported, and the
 * next step comes after a wait that grows while steps go on failing.
 */
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** Long enough not to flood a database that is down, short enough to be back at once when it is. */
    private static final Duration LONGEST_WAIT_AFTER_FAILURE = Duration.ofSeconds(2);

    /** One step of a loop. */
    public interface Step {
        /**
         * Takes the step.
         *
         * @return how long to wait for the next step, unless woken
         */
        Duration run() throws Exception;
    }

    /** Reports steps that failed. */
    public interface Failures {
        /**
         * Reports one failure.
         *
         * @param loop the name of the loop
         * @param inARow 1 for the first failure since a step succeeded
         * @param failure any error, memory that ran out included
         */
        void failed(String loop, int inARow, Throwable failure);
    }

    /** Ends a wait early. Raised any number of times while nobody waits, it ends one wait. */
    public static final class WakeUp {
        private final Semaphore raised = new Semaphore(0);

        public void raise() {
            // A race between two raisers can leave two permits: one needless step, never a missed one.
            if (raised.availablePermits() == 0) {
                raised.release();
            }
        }

        void await(Duration most) throws InterruptedException {
            if (raised.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                raised.drainPermits();
            }
        }
    }

    private final String name;
    private final Duration firstWait;
    private final double leastJitter;
    private final Failures failures;
    private final Step step;
    private final WakeUp wakeUp;
    private final Thread thread;
    private volatile boolean stopping;
    private int failuresInARow;

    /**
     * Makes a loop whose waits are up to a fifth shorter than the steps ask for: nodes that were started together must not
     * all come to the database at the same moment for ever.
     *
     * @param name the name of the thread, also passed to {@code failures}
     */
    public Loop(String name, Failures failures, Step step) {
        this(name, new WakeUp(), failures, step);
    }

    /** The same, with a wake-up that others may already have. */
    public Loop(String name, WakeUp wakeUp, Failures failures, Step step) {
        this(name, wakeUp, Duration.ZERO, 0.8, failures, step);
    }

    private Loop(String name, WakeUp wakeUp, Duration firstWait, double leastJitter, Failures failures, Step step) {
        this.name = name;
        this.wakeUp = wakeUp;
        this.firstWait = firstWait;
        this.leastJitter = leastJitter;
        this.failures = failures;
        this.step = step;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /**
     * Makes a loop whose waits are exact. Its steps catch their own errors where they can; all others are logged.
     *
     * @param firstWait the wait before the first step, unless woken
     */
    public static Loop exact(String name, Duration firstWait, Step step) {
        return new Loop(name, new WakeUp(), firstWait, 1, Loop::log, step);
    }

    private static void log(String loop, int inARow, Throwable failure) {
        LOG.warn("{} failed {} times in a row and goes on", loop, inARow, failure);
    }

    public void start() {
        thread.start();
    }

    /** Takes the next step now, or right after the step under way. */
    public void wakeUp() {
        wakeUp.raise();
    }

    /** Ends the loop, and waits for the end of the step under way. */
    public void stop() {
        stopping = true;
        wakeUp.raise();
        try {
            // A step waits for the database at the longest; past this the thread is left behind, it is a daemon.
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the loop, interrupts the step under way and does not wait for its end. */
    public void interrupt() {
        stopping = true;
        wakeUp.raise();
        thread.interrupt();
    }

    private void run() {
        try {
            wakeUp.await(firstWait);
            while (!stopping) {
                wakeUp.await(jittered(runStep()));
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
            report(++failuresInARow, e);
            long wait = Math.min(LONGEST_WAIT_AFTER_FAILURE.toMillis(), 50L << Math.min(failuresInARow, 10));
            return Duration.ofMillis(wait);
        }
    }

    private void report(int inARow, Throwable failure) {
        try {
            failures.failed(name, inARow, failure);
        } catch (Throwable e) {
            // Memory that ran out for the step may be short for the report too. Without its thread, a node would keep
            // the tasks that it leads, and do none of them.
        }
    }

    private Duration jittered(Duration wait) {
        double part = leastJitter < 1 ? ThreadLocalRandom.current().nextDouble(leastJitter, 1) : 1;
        return Duration.ofNanos((long) (wait.toNanos() * part));
    }
}
