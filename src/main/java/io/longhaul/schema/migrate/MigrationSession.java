package io.longhaul.schema.migrate;

import io.longhaul.database.probe.EngineProbe;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The one session that may change a schema: it holds the migration lock until it is closed. */
public final class MigrationSession implements AutoCloseable {
    /** The name shown in {@code pg_stat_activity}. */
    static final String APPLICATION = "longhaul-migrate";

    /** Later writers queue behind a waiting lock request: two seconds is a delay that clients may notice. */
    static final String LOCK_TIMEOUT = "SET lock_timeout = '2s'";

    private static final List<String> SETTINGS = List.of(
            "SET application_name = '" + APPLICATION + "'",
            LOCK_TIMEOUT,
            "SET statement_timeout = 0",
            "SET idle_in_transaction_session_timeout = 0",
            // A dead migrator must not leave an index build running. PostgreSQL 14 and newer, and not on every system.
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
     * @param work gives the migrating connection
     * @param side gives a second connection, used only to see which session blocks the first
     * @param patience how long to wait for other migrators, and again for locks of other sessions
     * @param report receives one line for each thing waited for
     * @return the session; no other migrator works on this schema until it is closed
     * @throws CommandFailure if another migrator held the lock for longer than the patience
     */
    public static MigrationSession open(DataSource work, DataSource side, Duration patience, Consumer<String> report)
            throws Exception {
        MigrationSession session = new MigrationSession(work.getConnection(), side, patience, report);
        try {
            session.requireOwnSession();
            session.prepare();
            session.requireFitServer();
            session.lock();
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
     * Runs an action of Liquibase, and repeats it if another session held a lock it needs for too long.
     *
     * @param root class path name of the root changelog
     * @param action must be repeatable
     * @param changes receives each changeset
     */
    public void run(String root, QuietLiquibase.Action action, ChangeReport changes) throws Exception {
        repeat(() -> QuietLiquibase.run(connection, root, action, changes));
        identifyIfFree();
    }

    /**
     * Looks at the database, and again while another session holds a lock that the look needs: PostgreSQL locks a table
     * to show its definitions.
     */
    public <T> T look(Callable<T> query) throws Exception {
        List<T> found = new ArrayList<>(1);
        repeat(() -> found.add(query.call()));
        return found.get(0);
    }

    /** Work that another session's lock may stop. */
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

    /** Gives the connection back with the settings it had. */
    @Override
    public void close() throws SQLException {
        try (Connection closing = connection) {
            closing.setAutoCommit(true);
            MigrationLock.release(closing);
            restore();
            closing.setNetworkTimeout(Runnable::run, networkTimeout);
        }
    }

    /** Checked before any setting is made, which a pooler would hand on to other clients. */
    private void requireOwnSession() throws SQLException, CommandFailure {
        connection.setAutoCommit(true);
        Optional<Diagnosis> pooler;
        try (Connection other = side.getConnection()) {
            other.setAutoCommit(true);
            pooler = EngineProbe.refusalOfPooler(connection, other);
        } catch (SQLException e) {
            // A server without a connection left for the trial is believed; what else fails will fail again.
            pooler = Optional.empty();
        }
        if (pooler.isPresent()) {
            throw refused(pooler.get());
        }
    }

    private void prepare() throws SQLException, CommandFailure {
        // Building an index may take hours.
        connection.setNetworkTimeout(Runnable::run, 0);
        found = settings("context IN ('user', 'superuser')");
        for (String setting : SETTINGS) {
            Queries.execute(connection, setting);
        }
        SearchPath.read(connection).enterToChange(connection);
    }

    /** Without a replica identity, a published database would refuse a tag or a rollback in the middle. */
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

    /** Does not wait for a lock: without a publication the replica identity is not needed yet. */
    private void identifyIfFree() throws SQLException {
        try {
            // A changeset outside a transaction waits without a limit, and leaves the session so.
            Queries.execute(connection, LOCK_TIMEOUT);
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

    /**
     * Restores exactly the settings that Liquibase and this class changed: RESET would restore the role's settings
     * instead.
     */
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

    /** Checked first: on such a server the first statement would fail, or a much later one that stores text. */
    private void requireFitServer() throws SQLException, CommandFailure {
        Optional<Diagnosis> problem = ServerTraits.read(connection).problem();
        if (problem.isEmpty()) {
            problem = EngineProbe.refusal(connection);
        }
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
    }

    private static CommandFailure refused(Diagnosis problem) {
        return new CommandFailure(problem.cause() + " Nothing was changed. Cure: " + problem.cure());
    }

    private void lock() throws SQLException, CommandFailure {
        try {
            MigrationLock.acquire(connection, patience, report);
        } catch (SQLException e) {
            if (EngineProbe.isLacking(e)) {
                throw refused(EngineProbe.refusalOfLocks(connection, String.valueOf(e.getMessage())));
            }
            throw e;
        }
        if (!MigrationLock.holdsOff(side)) {
            throw refused(EngineProbe.refusalOfLocks(connection, "Two connections held the lock of migrations."));
        }
    }

    private int pid() throws SQLException {
        return Integer.parseInt(Queries.first(connection, "SELECT pg_backend_pid()"));
    }
}
