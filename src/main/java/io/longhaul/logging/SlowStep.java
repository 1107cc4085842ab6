package io.longhaul.logging;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Logs the begin of a step that may take long, and from time to time that it goes on. */
public final class SlowStep implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Logger log;
    private final String what;
    private final long pauseNanos;
    private final long begunNanos = System.nanoTime();
    private final CountDownLatch over = new CountDownLatch(1);

    private SlowStep(Logger log, String what, Duration pause) {
        this.log = log;
        this.what = what;
        this.pauseNanos = pause.toNanos();
    }

    /**
     * Begins a step.
     *
     * @param what such as "Unpacking PostgreSQL"
     */
    public static SlowStep begin(Logger log, String what) {
        return begin(log, what, PAUSE);
    }

    static SlowStep begin(Logger log, String what, Duration pause) {
        SlowStep step = new SlowStep(log, what, pause);
        log.info("{}", what);
        Thread thread = new Thread(step::tell, "slow-step");
        thread.setDaemon(true);
        thread.start();
        return step;
    }

    private void tell() {
        try {
            while (!over.await(pauseNanos, TimeUnit.NANOSECONDS)) {
                log.info("{}: goes on after {} s", what, seconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The seconds since it began, with one digit after the point. */
    public String seconds() {
        return String.valueOf(Math.round((System.nanoTime() - begunNanos) / 1e8) / 10.0);
    }

    @Override
    public void close() {
        over.countDown();
    }
}
