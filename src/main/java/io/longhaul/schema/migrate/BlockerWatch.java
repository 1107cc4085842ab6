package io.longhaul.schema.migrate;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches from a second connection which session blocks a migration: once its lock timed out, PostgreSQL no longer
 * knows. Concurrent index builds wait without a timeout; this class cancels one that is blocked for too long. It has a
 * thread of its own and no loop of steps, because it keeps one connection over many looks.
 */
final class BlockerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockerWatch.class);

    /** Several checks within the two seconds of a lock timeout. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /** Five seconds of cancels. */
    private static final int MOST_CANCELS = 20;

    private final DataSource source;
    private final int pid;
    private final Duration patience;
    private final Consumer<String> report;
    private final Thread thread = new Thread(this::watch, "blocker-watch");
    private volatile boolean open = true;
    private volatile String last = "";
    private volatile boolean cancelled;
    private long freeAt = System.nanoTime();
    private int cancels;

    private BlockerWatch(DataSource source, int pid, Duration patience, Consumer<String> report) {
        this.source = source;
        this.pid = pid;
        this.patience = patience;
        this.report = report;
    }

    /**
     * Starts watching.
     *
     * @param source gives the second connection
     * @param pid the server process of the migration
     * @param patience how long one statement may be blocked
     * @param report receives the blocking session, once
     */
    static BlockerWatch start(DataSource source, int pid, Duration patience, Consumer<String> report) {
        BlockerWatch watch = new BlockerWatch(source, pid, patience, report);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** The session last seen blocking, in words; empty if none was. */
    String last() {
        return last;
    }

    /** True if the migration was cancelled after being blocked for too long. */
    boolean cancelled() {
        return cancelled;
    }

    @Override
    public void close() {
        open = false;
        thread.interrupt();
        try {
            thread.join(LOOK_EVERY.toMillis() * 4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (open) {
                // Most work is done before that: it needs no second connection.
                Thread.sleep(LOOK_EVERY.toMillis());
                watchUntilItFails();
            }
        } catch (InterruptedException e) {
            open = false;
        }
    }

    // Keeps watching after any error: without this watch a blocked index build waits for ever.
    private void watchUntilItFails() throws InterruptedException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(true);
            while (open) {
                look(connection);
                Thread.sleep(LOOK_EVERY.toMillis());
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Could not see who blocks the migration", e);
        }
    }

    /** Used only in the list of a SELECT without FROM: in a WHERE PostgreSQL may call it for each session there is. */
    private void end(Connection connection, String how) throws SQLException {
        Queries.execute(connection, "SELECT " + how + "(" + pid + ")");
    }

    private void look(Connection connection) throws SQLException {
        List<String> blockers = DatabaseSessions.blocking(connection, pid);
        if (blockers.isEmpty()) {
            freeAt = System.nanoTime();
            return;
        }
        boolean news = last.isEmpty();
        last = String.join("; ", blockers);
        if (news) {
            report.accept("blocked by " + last);
        }
        if (System.nanoTime() - freeAt > patience.toNanos()) {
            cancelled = true;
            // A session that ignores cancels for seconds is ended: waiting for ever would be worse.
            String end = ++cancels > MOST_CANCELS ? "pg_terminate_backend" : "pg_cancel_backend";
            end(connection, end);
        }
    }
}
