package io.longhaul.loops;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the database for many callers on one thread: soon after it is asked to, and now and then without. After each look it
 * rests as long as the look took, however often it is asked, so that it takes no more than half of a connection.
 */
public final class PollingLoop {
    private static final Logger LOG = LoggerFactory.getLogger(PollingLoop.class);

    private final Loop loop;

    /**
     * Makes a loop that looks from {@link #start} on, for the first time after {@code most} or when it is asked to.
     *
     * @param least shortest rest between two looks
     * @param most longest wait after a rest
     */
    public PollingLoop(String name, Runnable look, Duration least, Duration most) {
        this.loop = Loop.exact(name, most, () -> {
            long begun = System.nanoTime();
            lookQuietly(name, look);
            // Within the step, so that nobody cuts it short.
            TimeUnit.NANOSECONDS.sleep(Math.max(least.toNanos(), System.nanoTime() - begun));
            return most;
        });
    }

    private static void lookQuietly(String name, Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            // The callers are served by a later look.
            LOG.debug("{} could not look", name, e);
        }
    }

    public void start() {
        loop.start();
    }

    /** Ends the loop and does not wait for the look under way. */
    public void stop() {
        loop.interrupt();
    }

    /** Asks for a look as soon as the rest after the last one is over. */
    public void lookSoon() {
        loop.wakeUp();
    }
}
