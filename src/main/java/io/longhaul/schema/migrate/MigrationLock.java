package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The advisory lock that lets one migrator work on a schema at a time.
 *
 * <p>It belongs to the session that migrates, and ends with that session in every case. After a migrator is killed, the
 * lock stays held while the server still works on its last statement, for which the next migrator has to wait. The lock
 * is polled, each time in a separate transaction: a waiter inside a statement or an open transaction would block CREATE
 * INDEX CONCURRENTLY of the migrator it waits for.
 */
public final class MigrationLock {
    /**
     * "LONG" in ASCII; the second key is the schema, so that two schemas of one database do not wait for each other.
     */
    private static final String KEYS = "1280265799, hashtext(current_schema())";

    private static final String OF_LOCK = """
            l.locktype = 'advisory'
              AND l.granted
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.classid = 1280265799
              AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid
              AND l.objsubid = 2
            """;

    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration REMIND = Duration.ofSeconds(10);

    private MigrationLock() {}

    /**
     * Waits for the lock.
     *
     * @param connection in autocommit mode; its session owns the lock afterwards
     * @param report receives the holder of the lock, at once and every ten seconds
     * @throws CommandFailure if the lock was not free within the patience
     */
    static void acquire(Connection connection, Duration patience, Consumer<String> report)
            throws SQLException, CommandFailure {
        long start = System.nanoTime();
        long reminded = start - REMIND.toNanos();
        while (!tryLock(connection)) {
            long now = System.nanoTime();
            String holder = holder(connection).orElse("a session that just ended");
            if (now - start >= patience.toNanos()) {
                throw new CommandFailure("Another migration is running: " + holder
                        + ". Wait for it (--wait), or end it with db locks --force-release.");
            }
            if (now - reminded >= REMIND.toNanos()) {
                report.accept("waiting for another migration: " + holder);
                reminded = now;
            }
            pause(POLL);
        }
    }

    /**
     * True if the lock, which another session holds, cannot be had by a second one. A server that has no connection left for
     * the trial is believed.
     */
    static boolean holdsOff(DataSource second) {
        try (Connection connection = second.getConnection()) {
            boolean missed = !tryLock(connection);
            if (!missed) {
                release(connection);
            }
            return missed;
        } catch (SQLException e) {
            return true;
        }
    }

    /** The session that holds the lock, in words. */
    public static Optional<String> holder(Connection connection) throws SQLException {
        String query = DatabaseSessions.SELECT + "WHERE a.pid IN (SELECT l.pid FROM pg_locks l WHERE " + OF_LOCK + ")";
        return DatabaseSessions.list(connection, query).stream().findFirst();
    }

    /** Ends the session that holds the lock; false if there is none. */
    public static boolean endHolder(Connection connection) throws SQLException {
        return Queries.isTrue(
                connection, "SELECT count(pg_terminate_backend(l.pid)) > 0 FROM pg_locks l WHERE " + OF_LOCK);
    }

    static void release(Connection connection) throws SQLException {
        Queries.isTrue(connection, "SELECT pg_advisory_unlock(" + KEYS + ")");
    }

    public static void pause(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean tryLock(Connection connection) throws SQLException {
        return Queries.isTrue(connection, "SELECT pg_try_advisory_lock(" + KEYS + ")");
    }
}
