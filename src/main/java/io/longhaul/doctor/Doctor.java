package io.longhaul.doctor;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.SessionSettings;
import io.longhaul.database.probe.Capability;
import io.longhaul.database.probe.Engine;
import io.longhaul.database.probe.EngineProbe;
import io.longhaul.database.probe.Finding;
import io.longhaul.database.watch.TransactionWatch;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** Makes all checks. One that cannot be made says so, and the others go on. */
public final class Doctor {
    private static final String NAME = "longhaul-doctor";
    private static final int PATIENCE_MILLIS = 2_000;

    private final Setup setup;
    private final Cures cures;
    private final List<Result> results = new ArrayList<>();

    private Doctor(Setup setup) {
        this.setup = setup;
        this.cures = new Cures(setup.configuration()).toCaller();
    }

    /** Checks everything about this machine and the database. */
    public static Report look(Setup setup) {
        return new Doctor(setup).look();
    }

    /** The first key store that cannot be read at all: a server with it cannot start. */
    public static Optional<Result> unreadable(List<Setup.Keys> keys) {
        return CertificateChecks.unreadable(keys);
    }

    /**
     * Checks this machine only.
     *
     * @param why the reason why the database is not checked
     */
    public static Report lookHere(Setup setup, Result why) {
        Doctor doctor = new Doctor(setup);
        doctor.here();
        doctor.results.add(why);
        return new Report(doctor.results);
    }

    private Report look() {
        here();
        hosts();
        try (Connection connection = open()) {
            engine();
            onDatabase(connection);
        } catch (SQLException e) {
            Diagnosis why = Diagnosis.of(e, cures);
            results.add(Result.fail("database", why.cause(), why.cure()));
        }
        return new Report(results);
    }

    private void here() {
        results.addAll(MachineChecks.ofThisMachine().look(setup));
        results.addAll(CertificateChecks.look(setup.keys(), Instant.now()));
    }

    /** A session as requests have it. */
    private Connection open() throws SQLException {
        DatabaseConfiguration database = setup.database();
        Connection connection = database.openPlain(NAME);
        if (!database.usesPooler()) {
            SessionSettings.prepare(connection);
        }
        return connection;
    }

    private void onDatabase(Connection connection) {
        DatabaseConfiguration database = setup.database();
        add("schema", () -> List.of(SchemaChecks.schema(connection, cures)));
        if (setup.dataFolder().isEmpty()) {
            add("role", () -> List.of(SchemaChecks.role(connection, cures)));
        }
        if (database.hasMigrationLogin()) {
            add("owner", () -> List.of(owner(database)));
        }
        add("settings", () -> ServerChecks.settings(connection));
        add("connections", () -> ServerChecks.connections(connection, database.connectionsOfANode()));
        add("checkpoints", () -> List.of(ServerChecks.checkpoints(connection)));
        add("clock", () -> List.of(Clock.look(connection, Instant::now)));
        add("oldest-transaction", () -> List.of(oldestTransaction()));
        add("tables", () -> TableChecks.look(connection));
        Jdbi jdbi = Jdbi.create(connection).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin());
        WorkChecks work = new WorkChecks(jdbi, cures);
        add("nodes", work::nodes);
        add("queues", work::queues);
        add("webhooks", () -> List.of(work.webhooks()));
    }

    private Result owner(DatabaseConfiguration database) throws SQLException {
        try (Connection connection = database.forMigrations().openPlain(NAME)) {
            return SchemaChecks.owner(connection, cures);
        }
    }

    /** Some checks of one subject. */
    private interface Checks {
        List<Result> look() throws SQLException;
    }

    private void add(String name, Checks checks) {
        try {
            results.addAll(checks.look());
        } catch (SQLException | JdbiException e) {
            results.add(Result.unknown(name, Diagnosis.of(e, cures)));
        }
    }

    private void engine() {
        add("engine", () -> {
            DatabaseConfiguration database = setup.database();
            boolean pooler = !EngineProbe.givesSessions(() -> database.openPlain(NAME));
            Engine engine = EngineProbe.look(() -> database.direct().openPlain(NAME));
            List<Result> all = new ArrayList<>();
            all.add(engine.refusal()
                    .map(lack -> Result.fail("engine", lack.cause(), lack.cure()))
                    .orElseGet(() -> tried(engine)));
            engine.findings().stream()
                    .filter(one -> one.answer() == Finding.Answer.UNKNOWN && isWritable(engine))
                    .forEach(one -> all.add(
                            Result.ok("engine", one.capability().label() + " was not tried: " + one.message())));
            all.add(pooler(pooler, database));
            return all;
        });
    }

    private static Result tried(Engine engine) {
        String cure = "Make the database writable, and ask again.";
        return isWritable(engine)
                ? Result.ok("engine", engine.summary())
                : Result.unknown(
                        "engine",
                        new Diagnosis("Not tried in a database that is read-only. " + engine.summary(), cure));
    }

    private static boolean isWritable(Engine engine) {
        return engine.findings().stream()
                .noneMatch(one -> one.capability() == Capability.WRITABLE && one.answer() == Finding.Answer.NO);
    }

    private static Result pooler(boolean seen, DatabaseConfiguration database) {
        if (seen && !database.usesPooler()) {
            return Result.warn(
                    "pooler",
                    "DATABASE_URL is a pooler's, in transaction mode, and the configuration does not say so.",
                    "Set DATABASE_POOLED=true, and DATABASE_DIRECT_URL to the server's own address.");
        }
        if (!database.canListen()) {
            return Result.warn(
                    "pooler",
                    "Without a direct address this node polls: a job waits up to workers.poll.",
                    "Set DATABASE_DIRECT_URL to the server's own address.");
        }
        return Result.ok("pooler", seen ? "One is in between, and the direct address bypasses it." : "None was seen.");
    }

    private Result oldestTransaction() {
        ManagedDataSource pool = setup.database().direct().build(new MetricRegistry(), NAME);
        try {
            TransactionWatch watch = new TransactionWatch(pool, setup.oldTransaction());
            watch.look();
            return Result.of(watch.condition());
        } finally {
            stop(pool);
        }
    }

    private static void stop(ManagedDataSource pool) {
        try {
            pool.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of several servers each should answer: the others are there for the day on which the first does not. */
    private void hosts() {
        List<String> servers = setup.database().servers();
        if (servers.size() < 2) {
            return;
        }
        for (String server : servers) {
            results.add(refusal(server)
                    .map(reason -> Result.warn(
                            "hosts",
                            server + " does not answer: " + reason + ".",
                            "Start PostgreSQL there, or take it out of DATABASE_URL."))
                    .orElseGet(() -> Result.ok("hosts", server + " answers.")));
        }
    }

    private static Optional<String> refusal(String server) {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1))), PATIENCE_MILLIS);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
