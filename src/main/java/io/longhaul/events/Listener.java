package io.longhaul.events;

import io.longhaul.jobs.JobSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the notifications of other nodes on a connection of its own. After a new connection it asks for a look,
 * because notifications may have been missed. Its thread is no {@code Loop}, because it spends the life of a connection
 * in blocking reads and must poll at a fixed pace between connections.
 */
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** The length of one wait for notifications, and the longest time that a stop takes. */
    private static final int WAIT_MILLIS = 500;

    /**
     * Waits without news after which the server is asked whether it is there. A listener only reads: if the server's
     * machine vanished, as in a failover, nothing else would ever tell.
     */
    private static final int QUIET_WAITS = 10;

    private static final int PATIENCE_SECONDS = 2;

    private final Callable<Connection> connections;
    private final JobSignals signals;
    private final Thread thread = new Thread(this::run, "listener");
    private volatile boolean stopping;
    private volatile boolean listening;

    /**
     * Makes a listener that runs from {@link #start} on.
     *
     * @param connections opens a connection that nobody else uses
     * @param signals publishes what other nodes notify; also that jobs may have ended at each wait's end, as the poll
     *     behind the notifications
     */
    public Listener(Callable<Connection> connections, JobSignals signals) {
        this.connections = connections;
        this.signals = signals;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    public void stop() {
        stopping = true;
        thread.interrupt();
    }

    /** Returns false while the connection is broken: then polling alone finds work. */
    public boolean isListening() {
        return listening;
    }

    private void run() {
        while (!stopping) {
            try {
                listenOnce();
            } catch (Throwable e) {
                // Memory ran out again while that was noted. The thread must go on nevertheless.
            }
        }
    }

    private void listenOnce() {
        try (Connection connection = connections.call()) {
            listen(connection);
        } catch (Throwable e) {
            // Also when memory runs out: the thread must go on, and say meanwhile that it does not listen.
            listening = false;
            pause();
            LOG.debug("The listening connection broke; polling goes on", e);
            pollEnds();
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + Notifier.READY);
            statement.execute("LISTEN " + Notifier.ENDED);
            statement.execute("LISTEN " + Notifier.CANCEL);
            statement.execute("LISTEN " + Notifier.INPUT);
        }
        listening = true;
        signals.claimable();
        PGConnection pg = connection.unwrap(PGConnection.class);
        int quiet = 0;
        while (!stopping) {
            PGNotification[] news = pg.getNotifications(WAIT_MILLIS);
            hear(news == null ? new PGNotification[0] : news);
            quiet = news == null || news.length == 0 ? quiet + 1 : 0;
            if (quiet == QUIET_WAITS) {
                quiet = 0;
                checkAnswers(connection);
            }
        }
    }

    private static void checkAnswers(Connection connection) throws SQLException {
        if (!connection.isValid(PATIENCE_SECONDS)) {
            throw new SQLException("The server of the listening connection does not answer", "08006");
        }
    }

    private void hear(PGNotification[] news) {
        boolean ready = false;
        for (PGNotification one : news) {
            ready |= one.getName().equals(Notifier.READY);
            if (one.getName().equals(Notifier.CANCEL)) {
                signals.cancelledElsewhere(UUID.fromString(one.getParameter()));
            } else if (one.getName().equals(Notifier.INPUT)) {
                signals.answered(List.of(UUID.fromString(one.getParameter())));
            }
        }
        if (ready) {
            signals.claimable();
        }
        signals.endedElsewhere();
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            // stop() interrupts, and the loop sees its flag.
            Thread.currentThread().interrupt();
        }
    }

    /** For callers that wait for ends, while there are no notifications. */
    private void pollEnds() {
        try {
            signals.endedElsewhere();
        } catch (RuntimeException e) {
            LOG.debug("Could not look for ended jobs", e);
        }
    }
}
