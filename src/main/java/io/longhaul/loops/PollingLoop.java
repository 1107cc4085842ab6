package io.longhaul.loops;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the database for many who wait, on one thread: soon after it is told to, and now and then without. However
 * often it is told, it rests as long as a look has taken, so that it never takes more than half of a connection.
 */
public final class PollingLoop {
    private static final Logger LOG = LoggerFactory.getLogger(PollingLoop.class);

    private final Runnable look;
    private final Duration least;
    private final Duration most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Thread thread;
    private boolean due;

    /**
     * Wires it; it looks from {@link #start} on.
     *
     * @param name of the thread
     * @param look what to do
     * @param least rest between two looks
     * @param most time between two looks if nobody tells
     */
    public PollingLoop(String name, Runnable look, Duration least, Duration most) {
        this.look = look;
        this.least = least;
        this.most = most;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts to look. */
    public void start() {
        thread.start();
    }

    /** Stops looking. */
    public void stop() {
        thread.interrupt();
    }

    /** Asks for a look as soon as may be. */
    public void lookSoon() {
        lock.lock();
        try {
            due = true;
            told.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                awaitDue();
                long begun = System.nanoTime();
                lookQuietly();
                TimeUnit.NANOSECONDS.sleep(Math.max(least.toNanos(), System.nanoTime() - begun));
            }
        } catch (InterruptedException e) {
            // stop() interrupts; nothing is left to do.
            Thread.currentThread().interrupt();
        }
    }

    private void awaitDue() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (long left = most.toNanos(); !due && left > 0; ) {
                left = told.awaitNanos(left);
            }
            due = false;
        } finally {
            lock.unlock();
        }
    }

    private void lookQuietly() {
        try {
            look.run();
        } catch (RuntimeException e) {
            // Whoever waits is served by a later look.
            LOG.debug("{} could not look", thread.getName(), e);
        }
    }
}
