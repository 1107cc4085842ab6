package io.longhaul.events;

import io.longhaul.loops.Loop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks other nodes to look again. However much happens here, one notification goes out per pause: PostgreSQL commits
 * notifying transactions one after the other, so one per job would halve the rate of submits. A notification says only
 * where to look again; a lost one costs a poll interval.
 */
public final class Notifier {
    /** The channel of jobs that may be ready to be claimed. */
    static final String READY = "longhaul_ready";

    /** The channel of jobs that may have ended. */
    static final String ENDED = "longhaul_ended";

    /** The channel of cancelled jobs, each named in the payload; statements that cancel write to it. */
    static final String CANCEL = "longhaul_cancel";

    /** The channel of answers to questions: the payload names the job. Statements that answer write to it. */
    static final String INPUT = "longhaul_input";

    /** Other nodes that could be listening. */
    public interface Peers {
        boolean any();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    /** Short compared with the time that a node needs to pick a job up. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    /** Under load notifications take no more than one part in this many of the time. */
    private static final int SHARE = 20;

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    /** There is nothing to send without being asked. */
    private static final Duration UNTIL_TOLD = Duration.ofDays(1);

    private final Jdbi jdbi;
    private final Peers peers;
    private final AtomicBoolean jobsReady = new AtomicBoolean();
    private final AtomicBoolean jobsEnded = new AtomicBoolean();
    private final Loop loop = Loop.exact("notifier", UNTIL_TOLD, this::send);

    public Notifier(Jdbi jdbi, Peers peers) {
        this.jdbi = jdbi;
        this.peers = peers;
    }

    public void start() {
        loop.start();
    }

    /** Stops sending; an unsent notification costs other nodes a poll interval. */
    public void stop() {
        loop.interrupt();
    }

    /** Notifies that there may be jobs to claim. */
    public void jobsReady() {
        raise(jobsReady);
    }

    /** Notifies that jobs may have ended. */
    public void jobsEnded() {
        raise(jobsEnded);
    }

    private void raise(AtomicBoolean news) {
        if (peers.any() && news.compareAndSet(false, true)) {
            loop.wakeUp();
        }
    }

    private Duration send() throws InterruptedException {
        long begun = System.nanoTime();
        send(jobsReady, READY);
        send(jobsEnded, ENDED);
        long took = System.nanoTime() - begun;
        // Within the step, so that nobody cuts it short.
        TimeUnit.NANOSECONDS.sleep(Math.min(LONGEST_PAUSE.toNanos(), Math.max(PAUSE.toNanos(), SHARE * took)));
        return UNTIL_TOLD;
    }

    private void send(AtomicBoolean news, String channel) {
        if (!news.getAndSet(false)) {
            return;
        }
        try {
            // Does not wait for the disk: a notification that is lost with the database is made up for by polling.
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
