package io.longhaul.schema;

import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.QuietLiquibase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * The effect of a changeset on concurrent sessions.
 *
 * @param name of the changeset
 * @param rows number of rows of the table
 * @param locks on tables that existed before, as {@code mode on table}, at each commit
 * @param rewritten tables and indexes whose file changed
 * @param read rows of jobs that were read one after the other while the lock was held
 * @param longestWriteMillis longest duration of a write
 * @param longestReadMillis longest duration of a read
 */
record MigrationCost(
        String name,
        int rows,
        Set<String> locks,
        Set<String> rewritten,
        long read,
        long longestWriteMillis,
        long longestReadMillis) {
    /** A delay that clients may notice. */
    private static final long BUDGET_MILLIS = 2_000;

    private static final String FILES = """
            SELECT relname, pg_relation_filenode(oid)
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND relname NOT LIKE 'databasechangelog%'
            """;

    /** Work under a lock. */
    interface Work {
        void run(DataSource tapped) throws Exception;
    }

    static MigrationCost of(DataSource source, String name, int rows, Changelog changelog, QuietLiquibase.Action action)
            throws Exception {
        return measured(source, name, rows, tapped -> {
            try (MigrationSession session = MigrationSession.open(tapped, source, Duration.ofSeconds(30), line -> {})) {
                session.run(changelog.root(), action, new ChangeReport(line -> {}));
            }
        });
    }

    static MigrationCost ofStatements(DataSource source, String name, int rows, String statements) throws Exception {
        return measured(source, name, rows, tapped -> {
            try (Connection connection = tapped.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(statements);
                connection.commit();
            }
        });
    }

    private static MigrationCost measured(DataSource source, String name, int rows, Work work) throws Exception {
        Map<String, String> before = files(source);
        LockTap tap = new LockTap(before.keySet());
        try (Traffic traffic = Traffic.start(source)) {
            traffic.awaitRunning();
            work.run(Tapped.source(source, tap));
            traffic.awaitRunning();
            traffic.close();
            return new MigrationCost(
                    name,
                    rows,
                    tap.locks,
                    rewritten(before, files(source)),
                    tap.read,
                    traffic.longestWriteMillis(),
                    traffic.longestReadMillis());
        }
    }

    /** Reasons not to release the changeset. */
    List<String> complaints(boolean mayReadAll, boolean touchesNoRow) {
        List<String> all = new ArrayList<>();
        if (!rewritten.isEmpty()) {
            all.add("rewrites " + String.join(", ", rewritten));
        }
        // These locks are held during the whole work, and block writers.
        locks.stream()
                .filter(lock -> !touchesNoRow || read > 0)
                .filter(lock -> lock.matches("(Share|ShareRowExclusive|Exclusive)Lock on .*"))
                .forEach(lock -> all.add("takes " + lock));
        boolean exclusive = locks.contains("AccessExclusiveLock on jobs");
        if (exclusive && read >= rows && !mayReadAll) {
            all.add("reads " + read + " rows while nobody else can");
        }
        if (longestWriteMillis > BUDGET_MILLIS) {
            all.add("a write waited " + longestWriteMillis + " ms");
        }
        return all;
    }

    private static Set<String> rewritten(Map<String, String> before, Map<String, String> after) {
        Set<String> changed = new TreeSet<>();
        after.forEach((relation, file) -> {
            if (before.containsKey(relation) && !before.get(relation).equals(file)) {
                changed.add(relation);
            }
        });
        return changed;
    }

    private static Map<String, String> files(DataSource source) throws SQLException {
        Map<String, String> files = new TreeMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FILES)) {
            while (row.next()) {
                files.put(row.getString(1), row.getString(2));
            }
        }
        return files;
    }

    /** Reads the locks of the migrating session just before they are released. */
    private static final class LockTap implements Tapped.Tap {
        private final Set<String> existing;
        private final Set<String> locks = new TreeSet<>();
        private long read;

        LockTap(Set<String> existing) {
            this.existing = existing;
        }

        @Override
        public void committing(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                readLocks(statement);
                try (ResultSet row = statement.executeQuery(
                        "SELECT coalesce(max(seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname = 'jobs'")) {
                    row.next();
                    read = Math.max(read, row.getLong(1));
                }
            }
        }

        private void readLocks(Statement statement) throws SQLException {
            try (ResultSet row = statement.executeQuery("""
                    SELECT l.mode, c.relname
                    FROM pg_locks l
                    JOIN pg_class c ON c.oid = l.relation
                    WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind = 'r'
                    """)) {
                while (row.next()) {
                    boolean harmless = row.getString(1).matches("(AccessShare|RowShare|RowExclusive)Lock");
                    if (existing.contains(row.getString(2)) && !harmless) {
                        locks.add(row.getString(1) + " on " + row.getString(2));
                    }
                }
            }
        }
    }
}
