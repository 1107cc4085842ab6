package io.longhaul.events;

import io.longhaul.loops.Loop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other nodes to look again. However much happens here, one notification goes out per pause: PostgreSQL
 * commits notifying transactions one after the other, so one per job would halve the rate of submits.
 */
public final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    /** Short beside what a node needs to pick a job up. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    /** Under load notifications take no more than this part of the time. */
    private static final int SHARE = 20;

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    /** There is nothing to send without being told. */
    private static final Duration UNTIL_TOLD = Duration.ofDays(1);

    private final Jdbi jdbi;
    private final BooleanSupplier anybodyThere;
    private final AtomicBoolean jobsReady = new AtomicBoolean();
    private final AtomicBoolean jobsEnded = new AtomicBoolean();
    private final Loop loop = Loop.exact("notifier", UNTIL_TOLD, this::send);

    /**
     * Wires it; it runs from {@link #start} on.
     *
     * @param jdbi the database
     * @param anybodyThere whether another node could be listening
     */
    public Notifier(Jdbi jdbi, BooleanSupplier anybodyThere) {
        this.jdbi = jdbi;
        this.anybodyThere = anybodyThere;
    }

    /** Starts the thread that sends. */
    public void start() {
        loop.start();
    }

    /** Stops it; what was not sent yet costs others a poll interval. */
    public void stop() {
        loop.interrupt();
    }

    /** There may be jobs to claim. */
    public void jobsReady() {
        raise(jobsReady);
    }

    /** There may be jobs that have ended. */
    public void jobsEnded() {
        raise(jobsEnded);
    }

    private void raise(AtomicBoolean what) {
        if (anybodyThere.getAsBoolean() && what.compareAndSet(false, true)) {
            loop.wakeUp();
        }
    }

    private Duration send() throws InterruptedException {
        long begun = System.nanoTime();
        send(jobsReady, Channel.READY);
        send(jobsEnded, Channel.ENDED);
        long took = System.nanoTime() - begun;
        // Within the step, so that nobody cuts it short.
        TimeUnit.NANOSECONDS.sleep(Math.min(LONGEST_PAUSE.toNanos(), Math.max(PAUSE.toNanos(), SHARE * took)));
        return UNTIL_TOLD;
    }

    private void send(AtomicBoolean what, String channel) {
        if (!what.getAndSet(false)) {
            return;
        }
        try {
            // Not waited for until it is on the disk: what is lost with the database is made up for by polling.
            jdbi.useHandle(handle -> handle.createQuery("""
                            SELECT set_config('synchronous_commit', 'off', TRUE) || pg_notify(:channel, '')::text
                            """)
                    .bind("channel", channel)
                    .mapTo(String.class)
                    .one());
        } catch (RuntimeException e) {
            // Nothing is lost: the others poll.
            LOG.debug("Could not notify {}", channel, e);
        }
    }
}
