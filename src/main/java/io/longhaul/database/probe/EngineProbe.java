package io.longhaul.database.probe;

import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Queries;
import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tries out an engine with two connections. Everything that it does is rolled back, so that no table, row or setting is
 * changed.
 */
public final class EngineProbe {
    /** The oldest version with all that the statements use. */
    private static final int OLDEST = 130_000;

    private static final String PRODUCT = """
            SELECT CASE WHEN version() ~ '^PostgreSQL .*-YB-' THEN 'YugabyteDB, PostgreSQL '
                        WHEN EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') THEN 'Aurora PostgreSQL '
                        WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN 'Citus, PostgreSQL '
                        WHEN version() LIKE 'PostgreSQL %' THEN 'PostgreSQL '
                        ELSE split_part(version(), ' ', 1) || ', compatible with PostgreSQL ' END
                   || split_part(current_setting('server_version'), ' ', 1)
            """;

    /** Not supported, no such syntax, no such function. Any other error says nothing about the engine. */
    private static final Set<String> LACKING = Set.of("0A000", "42601", "42883");

    /** A function that the role may not call. */
    private static final String NO_RIGHT = "42501";

    /** Opens connections. */
    public interface Connections {
        /** A new connection in autocommit mode, as the driver opens it: no setting is made in it. */
        Connection open() throws SQLException;
    }

    private final Connections connections;
    private final List<Finding> findings = new ArrayList<>();

    private EngineProbe(Connections connections) {
        this.connections = connections;
    }

    /**
     * Tries everything.
     *
     * @throws SQLException if the database does not answer
     */
    public static Engine look(Connections connections) throws SQLException {
        return new EngineProbe(connections).look();
    }

    /**
     * Tries only whether each connection is a session of its own; false behind a pooler in transaction mode.
     *
     * @throws SQLException if the database does not answer
     */
    public static boolean givesSessions(Connections connections) throws SQLException {
        try (Connection one = connections.open();
                Connection other = connections.open()) {
            return Sessions.areApart(one, other);
        }
    }

    /**
     * Why a connection whose sessions others may use cannot migrate, and what to do; empty if it has a session of its own.
     *
     * @param one in autocommit mode, and so again afterwards
     * @param other as that
     */
    public static Optional<Diagnosis> refusalOfPooler(Connection one, Connection other) throws SQLException {
        return Sessions.areApart(one, other)
                ? Optional.empty()
                : Optional.of(new Diagnosis(
                        "Migrations need a session of their own, and the address is a pooler's, in transaction mode.",
                        "Set DATABASE_MIGRATION_URL or DATABASE_DIRECT_URL to the server's own address."));
    }

    /**
     * Tries what a migration needs, in the connection that it will use.
     *
     * @param connection in autocommit mode, and so again afterwards
     * @return why the engine cannot be used, and what to do; empty if it can
     */
    public static Optional<Diagnosis> refusal(Connection connection) throws SQLException {
        List<Finding> found = new ArrayList<>(List.of(version(connection)));
        try {
            found.add(TransactionalDdl.trial(connection));
        } catch (SQLException e) {
            connection.rollback();
            found.add(failed(Capability.TRANSACTIONAL_DDL, e));
        } finally {
            connection.setAutoCommit(true);
        }
        return new Engine(name(connection), found, false).refusal();
    }

    /** Why an engine whose advisory locks hold nobody off cannot be migrated, and what to do. */
    public static Diagnosis refusalOfLocks(Connection connection, String reason) throws SQLException {
        return new Diagnosis(
                name(connection) + " cannot be migrated, because it lacks " + Capability.ADVISORY_LOCKS.label() + ": "
                        + reason,
                Finding.otherEngine(Capability.ADVISORY_LOCKS));
    }

    /** True if an error says that the engine does not know what was asked of it. */
    public static boolean isLacking(SQLException error) {
        return LACKING.contains(String.valueOf(error.getSQLState()));
    }

    private static String name(Connection connection) throws SQLException {
        return Queries.first(connection, PRODUCT);
    }

    /** True if the database says that nodes shall lock rows. */
    static boolean rowsAreChosen(Connections connections) throws SQLException {
        try (Connection connection = connections.open()) {
            return RowsChosen.isSet(connection);
        }
    }

    /** A trial of one capability. */
    private interface Trial {
        Finding of(Connection one, Connection other) throws SQLException;
    }

    private Engine look() throws SQLException {
        String name;
        ServerTraits traits;
        boolean sessions;
        boolean rowsChosen;
        try (Connection one = connections.open();
                Connection other = connections.open()) {
            name = name(one);
            traits = ServerTraits.read(one);
            findings.add(version(one));
            findings.add(encoding(traits));
            findings.add(writable(traits));
            sessions = Sessions.areApart(one, other);
            findings.add(Sessions.finding(sessions));
            rowsChosen = RowsChosen.isSet(one);
        }
        boolean writable = !traits.standby() && traits.readOnlyBy().isEmpty();
        tryOut(Capability.SKIP_LOCKED, writable, inTransactions(RowLocks::trial));
        tryOut(Capability.TRANSACTIONAL_DDL, writable, (one, other) -> TransactionalDdl.trial(one));
        tryOut(Capability.ADVISORY_LOCKS, writable, inTransactions(AdvisoryLocks::trial));
        notifications(writable, sessions);
        return new Engine(name, findings, rowsChosen);
    }

    /** Rolls both back: a pooler would otherwise give sessions with open transactions to others. */
    private static Trial inTransactions(Trial trial) {
        return (one, other) -> {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            try {
                return trial.of(one, other);
            } finally {
                giveBack(one);
                giveBack(other);
            }
        };
    }

    private static void giveBack(Connection connection) throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    private void notifications(boolean writable, boolean sessions) throws SQLException {
        if (sessions) {
            tryOut(Capability.NOTIFICATIONS, writable, Notifications::trial);
        } else {
            findings.add(Finding.no(
                    Capability.NOTIFICATIONS,
                    "A pooler gives out a session for one transaction only, so that none can listen.",
                    "To have notifications, set DATABASE_DIRECT_URL to the server's own address."));
        }
    }

    /** Takes new connections for each trial: a failed one may leave them unusable. */
    private void tryOut(Capability capability, boolean writable, Trial trial) throws SQLException {
        if (!writable) {
            findings.add(Finding.unknown(capability, "The database is read-only."));
            return;
        }
        try (Connection one = connections.open();
                Connection other = connections.open()) {
            findings.add(trial.of(one, other));
        } catch (SQLException e) {
            if (SqlStates.connectionLost(e)) {
                throw e;
            }
            findings.add(failed(capability, e));
        }
    }

    private static Finding failed(Capability capability, SQLException error) {
        String reason = Diagnosis.of(error, new Cures("")).cause();
        // Of all that is tried, rows replace advisory locks alone, so nothing is lost with a right that may come back.
        boolean forbidden = capability == Capability.ADVISORY_LOCKS && NO_RIGHT.equals(error.getSQLState());
        return isLacking(error) || forbidden
                ? Finding.no(capability, reason, Finding.cure(capability))
                : Finding.unknown(capability, "It could not be tried: " + reason);
    }

    private static Finding version(Connection connection) throws SQLException {
        int number = Integer.parseInt(
                Optional.ofNullable(Queries.first(connection, "SELECT current_setting('server_version_num')"))
                        .orElse("0"));
        return number >= OLDEST
                ? Finding.yes(Capability.VERSION, "The version is " + number / 10_000 + "; 13 is the oldest.")
                : Finding.no(
                        Capability.VERSION,
                        "The version is " + number / 10_000 + ", and 13 is the oldest that works.",
                        "Upgrade PostgreSQL (pg_upgrade, or pg_dump and a new server).");
    }

    private static Finding encoding(ServerTraits traits) {
        return traits.problem()
                .filter(problem -> !traits.storesAllText())
                .map(problem -> Finding.no(Capability.ENCODING, problem.cause(), problem.cure()))
                .orElseGet(() -> Finding.yes(Capability.ENCODING, "The encoding is UTF8."));
    }

    private static Finding writable(ServerTraits traits) {
        return traits.problem()
                .filter(problem -> traits.storesAllText())
                .map(problem -> Finding.no(Capability.WRITABLE, problem.cause(), problem.cure()))
                .orElseGet(() -> Finding.yes(Capability.WRITABLE, "It takes writes."));
    }
}
