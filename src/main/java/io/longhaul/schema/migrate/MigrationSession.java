package io.longhaul.schema.migrate;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Queries;
import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.SqlStates;
import io.longhaul.schema.catalog.SearchPath;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The one session that may change a schema: it holds the migration lock until it is closed. */
public final class MigrationSession implements AutoCloseable {
    /** What {@code pg_stat_activity} shows. */
    static final String APPLICATION = "longhaul-migrate";

    /** What waits for a lock makes every later writer wait behind it: two seconds is what clients may notice. */
    static final String LOCK_TIMEOUT = "SET lock_timeout = '2s'";

    private static final List<String> SETTINGS = List.of(
            "SET application_name = '" + APPLICATION + "'",
            LOCK_TIMEOUT,
            "SET statement_timeout = 0",
            "SET idle_in_transaction_session_timeout = 0",
            // A migrator that died must not leave an index build behind. Since PostgreSQL 14, and not on every system.
            "DO $$ BEGIN SET client_connection_check_interval = '2s'; EXCEPTION WHEN OTHERS THEN NULL; END $$");

    private final Connection connection;
    private final DataSource side;
    private final Duration patience;
    private final Consumer<String> report;
    private final int networkTimeout;
    private Map<String, String> found = Map.of();

    private MigrationSession(Connection connection, DataSource side, Duration patience, Consumer<String> report)
            throws SQLException {
        this.connection = connection;
        this.side = side;
        this.patience = patience;
        this.report = report;
        this.networkTimeout = connection.getNetworkTimeout();
    }

    /**
     * Takes a connection, prepares it and waits for the migration lock.
     *
     * @param work where the migrating connection comes from
     * @param side where a second connection comes from, used only to see who blocks the first
     * @param patience how long to wait for other migrators, and again for locks that others hold
     * @param report told what is waited for, one line each
     * @return the session; nobody else migrates this schema until it is closed
     * @throws CommandFailure if another migrator held the lock for longer than the patience
     */
    public static MigrationSession open(DataSource work, DataSource side, Duration patience, Consumer<String> report)
            throws Exception {
        MigrationSession session = new MigrationSession(work.getConnection(), side, patience, report);
        try {
            session.prepare();
            session.requireFitServer();
            MigrationLock.acquire(session.connection, patience, report);
            session.makeChangeable();
            ChangelogLock.settle(session.connection, patience, report);
            return session;
        } catch (Exception e) {
            session.close();
            throw e;
        }
    }

    public Connection connection() {
        return connection;
    }

    /**
     * Runs an action of Liquibase, and again when a lock it needs was held by somebody else for too long.
     *
     * @param root class path name of the root changelog
     * @param action what to do; must stand being repeated
     * @param changes told of each changeset
     */
    public void run(String root, QuietLiquibase.Action action, ChangeReport changes) throws Exception {
        repeat(() -> QuietLiquibase.run(connection, root, action, changes));
        identifyIfFree();
    }

    /** Something that a lock of somebody else may stop. */
    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    private void repeat(Step step) throws Exception {
        LockRetry retry = new LockRetry(patience, report);
        boolean done = false;
        while (!done) {
            done = attempt(retry, step);
        }
    }

    private boolean attempt(LockRetry retry, Step step) throws Exception {
        BlockerWatch watch = BlockerWatch.start(side, pid(), patience, report);
        try (watch) {
            step.take();
            return true;
        } catch (Exception e) {
            retry.after(e, watch.last(), watch.cancelled());
            return false;
        }
    }

    /** Gives the connection back as it was. */
    @Override
    public void close() throws SQLException {
        try (Connection closing = connection) {
            closing.setAutoCommit(true);
            MigrationLock.release(closing);
            restore();
            closing.setNetworkTimeout(Runnable::run, networkTimeout);
        }
    }

    private void prepare() throws SQLException, CommandFailure {
        connection.setAutoCommit(true);
        // An index may take hours to build.
        connection.setNetworkTimeout(Runnable::run, 0);
        found = settings("context IN ('user', 'superuser')");
        for (String setting : SETTINGS) {
            Queries.execute(connection, setting);
        }
        SearchPath.read(connection).enterToChange(connection);
    }

    /** Without a replica identity a tag or a rollback would be refused in the middle, once the database is published. */
    private void makeChangeable() throws Exception {
        ChangelogTables tables = new ChangelogTables(connection);
        repeat(() -> {
            if (tables.refuse()) {
                tables.identify();
                tables.requireChangeable();
            }
        });
        identifyIfFree();
    }

    /** Not needed as long as nobody publishes the table: whoever uses it now is not waited for. */
    private void identifyIfFree() throws SQLException {
        try {
            new ChangelogTables(connection).identify();
        } catch (SQLException e) {
            if (!SqlStates.lockTimeout(e)) {
                throw e;
            }
        }
    }

    private Map<String, String> settings(String condition) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, setting FROM pg_settings WHERE " + condition)) {
            while (row.next()) {
                settings.put(row.getString(1), row.getString(2));
            }
        }
        return settings;
    }

    /** Takes back what Liquibase and we have set, and nothing else: a reset would bring back what the role has set. */
    private void restore() throws SQLException {
        Map<String, String> changed = settings("source = 'session'");
        changed.entrySet().removeAll(found.entrySet());
        changed.keySet().retainAll(found.keySet());
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            for (String name : changed.keySet()) {
                statement.setString(1, name);
                statement.setString(2, found.get(name));
                statement.execute();
            }
        }
    }

    /** Before anything is made: on such a server the first statement would fail, or much later one that stores text. */
    private void requireFitServer() throws SQLException, CommandFailure {
        Optional<Diagnosis> problem = ServerTraits.read(connection).problem();
        if (problem.isPresent()) {
            throw new CommandFailure(problem.get().cause() + " Nothing was changed. Cure: "
                    + problem.get().cure());
        }
    }

    private int pid() throws SQLException {
        return Integer.parseInt(Queries.first(connection, "SELECT pg_backend_pid()"));
    }
}
