package io.longhaul.database.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restarts a server on the same port when it dies, and stops it in the end. */
final class PostmasterGuard {
    private static final Logger LOG = LoggerFactory.getLogger(PostmasterGuard.class);

    /** Trying more often would not help against a full disk. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final InstanceLock lock;
    private final PostmasterLauncher launch;
    private final Programs programs;
    private final Postmaster.Stop how;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ServerLogTail messages;
    private Postmaster postmaster;

    /**
     * @param lock freed after the stop, so that the next instance finds the folder unused
     * @param how the first request to stop; if that takes too long, FAST follows
     * @param messages reads the server's log while it is watched
     */
    PostmasterGuard(
            InstanceLock lock,
            PostmasterLauncher launch,
            Programs programs,
            Postmaster postmaster,
            Postmaster.Stop how,
            ServerLogTail messages) {
        this.messages = messages;
        this.lock = lock;
        this.launch = launch;
        this.programs = programs;
        this.postmaster = postmaster;
        this.how = how;
    }

    /**
     * Watches on a daemon thread, which never keeps the JVM alive. It is no loop of steps, because it waits for the end of a
     * process and not for a time.
     */
    void watch() {
        Thread guard = new Thread(this::reviveUntilEnded, "postgres-guard");
        guard.setDaemon(true);
        guard.start();
        messages.start();
    }

    private void reviveUntilEnded() {
        try {
            boolean toEnd = false;
            while (!toEnd) {
                Duration pause = isRevived() ? Duration.ZERO : PAUSE;
                toEnd = ended.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the server's end. */
    private boolean isRevived() throws InterruptedException {
        try {
            ProcessHandle.of(current().pid())
                    .ifPresent(process -> process.onExit().join());
            return revive();
        } catch (RuntimeException | Error e) {
            // Memory that ran out above all. Without this thread the server would never come back.
            LOG.debug("PostgreSQL could not be watched", e);
            return false;
        }
    }

    private synchronized Postmaster current() {
        return postmaster;
    }

    /** True if the server runs again, or is no longer wanted. */
    private synchronized boolean revive() throws InterruptedException {
        if (ended.getCount() == 0) {
            return true;
        }
        LOG.warn("PostgreSQL (process {}) died, starting it again", postmaster.pid());
        try {
            postmaster = launch.again(postmaster.port());
            LOG.info("PostgreSQL is back");
            return true;
        } catch (IOException | EmbeddedPostgresException e) {
            LOG.error("PostgreSQL does not come back: {}", e.getMessage());
            return false;
        }
    }

    synchronized void end() throws IOException, InterruptedException {
        ended.countDown();
        messages.stop();
        try (lock) {
            postmaster = latest();
            if (!postmaster.stop(how, programs) && !postmaster.stop(Postmaster.Stop.FAST, programs)) {
                LOG.warn("PostgreSQL (process {}) still writes; it will end by itself", postmaster.pid());
            }
        }
    }

    /** One that was begun and given up may have come up after all. */
    private Postmaster latest() {
        try {
            return Postmaster.on(postmaster.cluster()).orElse(postmaster);
        } catch (IOException e) {
            LOG.debug("The file of PostgreSQL's process cannot be read", e);
            return postmaster;
        }
    }
}
