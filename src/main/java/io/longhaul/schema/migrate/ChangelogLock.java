package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Liquibase's own lock, a row of {@code databasechangeloglock}. The migration lock admits one migrator of this service
 * at a time, so a row that an earlier one left behind belongs to a dead process. Another application that shares the
 * table may hold the row, too.
 */
final class ChangelogLock {
    /** Marks rows of this program, besides the name of the host. */
    static final String MARK = "longhaul";

    private static final Duration POLL = Duration.ofMillis(500);
    private static final String HOLDER = """
            SELECT lockedby || ' since ' || to_char(lockgranted, 'YYYY-MM-DD HH24:MI:SS')
            FROM databasechangeloglock
            WHERE locked
            """;
    private static final String OF_OTHERS = """
            SELECT lockedby
            FROM databasechangeloglock
            WHERE locked
              AND lockedby NOT LIKE '%#longhaul (%'
              AND EXISTS (SELECT FROM databasechangelog WHERE author <> 'longhaul' AND filename <> 'liquibase-internal')
            """;

    private ChangelogLock() {}

    /**
     * Frees the lock of a dead migrator of this service; waits for another application's.
     *
     * @param connection in autocommit mode, holding the migration lock
     * @throws CommandFailure if another application held it for longer than the patience
     */
    static void settle(Connection connection, Duration patience, Consumer<String> report)
            throws SQLException, CommandFailure {
        long end = System.nanoTime() + patience.toNanos();
        boolean told = false;
        while (exists(connection) && Queries.first(connection, OF_OTHERS) != null) {
            String holder = "the changelog is locked by another application, " + Queries.first(connection, HOLDER);
            if (System.nanoTime() - end >= 0) {
                throw new CommandFailure(holder
                        + ". Wait for it (--wait), or if it is gone, free the lock with db locks --force-release.");
            }
            if (!told) {
                report.accept("waiting: " + holder);
                told = true;
            }
            MigrationLock.pause(POLL);
        }
        if (exists(connection)) {
            release(connection, report);
        }
    }

    private static void release(Connection connection, Consumer<String> report) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int released = statement.executeUpdate("""
                    UPDATE databasechangeloglock
                    SET locked = FALSE, lockgranted = NULL, lockedby = NULL
                    WHERE locked
                    """);
            if (released > 0) {
                report.accept("released the changelog lock of a migration that was killed");
            }
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        return Queries.isTrue(
                connection,
                "SELECT to_regclass('databasechangeloglock') IS NOT NULL AND to_regclass('databasechangelog') IS NOT NULL");
    }
}
