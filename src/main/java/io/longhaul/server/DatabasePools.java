package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.KeptConnections;
import io.longhaul.database.LockMode;
import io.longhaul.database.SessionDataSource;
import io.longhaul.database.SharedConnections;
import io.longhaul.database.SqlObjectCache;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.database.probe.EngineProbe;
import io.longhaul.logging.SecretsFilter;
import io.longhaul.logging.SlowStep;
import io.longhaul.readiness.Condition;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaWatch;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection pools of a node, and what their users have found out about the database. */
final class DatabasePools {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    /** All statements fail on a read-only database, and new connections cost it something. */
    private static final long RENEW_NANOS = Duration.ofSeconds(1).toNanos();

    private final DatabaseConfiguration configuration;
    private final Environment environment;
    private final Supplier<LockMode> lockMode;
    private final SharedConnections connections = new SharedConnections();
    private final DatabaseCondition condition = new DatabaseCondition(connections);
    private final AtomicLong renewedAtNanos = new AtomicLong(System.nanoTime() - RENEW_NANOS);

    private boolean readOnly;

    /** @param lockMode how transactions hold off those of other nodes */
    DatabasePools(DatabaseConfiguration configuration, Environment environment, Supplier<LockMode> lockMode) {
        this.configuration = configuration;
        this.environment = environment;
        this.lockMode = lockMode;
    }

    /**
     * Starts the PostgreSQL inside the jar, migrates it to this release's schema and sets its address in the
     * configuration.
     */
    static EmbeddedPostgres startEmbedded(ServiceConfiguration configuration, Cures cures) throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(configuration.dataFolder()));
        configuration.database().connectTo(postgres.jdbcUrl(), postgres.user(), postgres.password());
        SecretsFilter.hide(postgres.password());
        // Only this node uses this database, so it may migrate it without asking.
        DataSource source = new SessionDataSource(postgres.jdbcUrl(), postgres.user(), postgres.password());
        migrate(source, cures);
        return postgres;
    }

    /**
     * Finds a pooler in transaction mode that nobody told about, and uses it as such: sessions that are not ours would
     * fail at random. If the database does not answer, the configuration counts.
     */
    static void findPooler(DatabaseConfiguration database) {
        try {
            if (!database.isEmbedded()
                    && !database.usesPooler()
                    && !EngineProbe.givesSessions(() -> database.openPlain("longhaul-probe"))) {
                LOG.warn("DATABASE_URL is a pooler's, in transaction mode. Set DATABASE_POOLED=true, and"
                        + " DATABASE_DIRECT_URL to the server's own address: without it this node polls.");
                database.setPooled(true);
            }
        } catch (SQLException e) {
            LOG.debug("Could not see whether there is a pooler", e);
        }
    }

    private static void migrate(DataSource source, Cures cures) throws CommandFailure {
        try (SlowStep step = SlowStep.begin(LOG, "bringing the tables to this release")) {
            int changes = new Migrator(source, line -> LOG.debug("{}", line), line -> LOG.info("{}", line))
                    .with(cures)
                    .migrate();
            if (changes > 0) {
                LOG.info("applied {} changesets to the tables in {} s", changes, step.seconds());
            }
        }
    }

    ManagedDataSource requests() {
        return connections.share(configuration.build(environment.metrics(), "database"));
    }

    ManagedDataSource workers() {
        return connections.share(configuration.buildForWorkers(environment.metrics()));
    }

    /**
     * Makes a Jdbi for one of the pools.
     *
     * @param suspect called when a statement finds the database read-only
     * @param schema the last known state of the database and its schema
     */
    Jdbi jdbi(ManagedDataSource source, String name, Runnable suspect, Supplier<Condition> schema) {
        Jdbi made = new JdbiFactory().build(environment, configuration, source, name);
        environment.healthChecks().unregister(name);
        environment.healthChecks().register(name, new KnownDatabaseCheck(List.of(schema, this::condition)));
        made.installPlugin(new PostgresPlugin()).installPlugin(new SqlObjectCache());
        made.getConfig(LockMode.Setting.class).ask(lockMode);
        made.getConfig(KeptConnections.class).areShortWhen(connections::isShort);
        SqlStatements statements = made.getConfig(SqlStatements.class);
        statements.setSqlLogger(condition.seeing(statements.getSqlLogger(), () -> foundReadOnly(suspect, schema)));
        return made;
    }

    /**
     * A session keeps its settings: it may be read-only, or connected to a standby, although the database is
     * writable again.
     */
    private void foundReadOnly(Runnable suspect, Supplier<Condition> schema) {
        suspect.run();
        long last = renewedAtNanos.get();
        long now = System.nanoTime();
        if (!Condition.DATABASE_READ_ONLY.equals(schema.get().errorCode())
                && now - last >= RENEW_NANOS
                && renewedAtNanos.compareAndSet(last, now)) {
            connections.renew();
        }
    }

    /**
     * Renews all connections when the database becomes read-only, and when it becomes writable again: the old ones may
     * lead to a server that is no longer the primary, or keep the settings they were opened with.
     */
    void renewAtChangesOf(SchemaWatch watch) {
        watch.onChange(state -> {
            boolean now = state.status() == SchemaState.Status.READ_ONLY;
            if (now != readOnly) {
                readOnly = now;
                connections.renew();
            }
        });
    }

    Condition condition() {
        return condition.condition();
    }

    /** Tells whether the database has enough connections and disk space, from the results of recent statements. */
    private static final class DatabaseCondition {
        private static final String NAME = "database";

        /** The heartbeat writes more often. */
        private static final long RECENT_NANOS = Duration.ofSeconds(15).toNanos();

        private final SharedConnections connections;
        private volatile boolean everFull;
        private volatile long fullAtNanos;

        DatabaseCondition(SharedConnections connections) {
            this.connections = connections;
        }

        /** A logger that inspects failures and passes them on. */
        SqlLogger seeing(SqlLogger other, Runnable readOnly) {
            return new SqlLogger() {
                @Override
                public void logBeforeExecution(StatementContext context) {
                    other.logBeforeExecution(context);
                }

                @Override
                public void logAfterExecution(StatementContext context) {
                    other.logAfterExecution(context);
                }

                @Override
                public void logException(StatementContext context, SQLException failure) {
                    saw(failure, readOnly);
                    other.logException(context, failure);
                }
            };
        }

        private void saw(SQLException failure, Runnable readOnly) {
            DatabaseFault fault = DatabaseFault.of(failure);
            if (fault == DatabaseFault.DISK_FULL) {
                fullAtNanos = System.nanoTime();
                everFull = true;
            } else if (fault == DatabaseFault.READ_ONLY) {
                readOnly.run();
            }
        }

        Condition condition() {
            if (everFull && System.nanoTime() - fullAtNanos < RECENT_NANOS) {
                return Condition.fails(
                        NAME,
                        Condition.DATABASE_FULL,
                        "The disk of the database is full (SQLSTATE 53100), so that it takes no writes.",
                        "Make room on the disk of the database.");
            }
            return connections
                    .shortage()
                    .map(DatabaseCondition::shortOf)
                    .orElseGet(() -> Condition.holds(NAME, "No statement was short of a connection or of disk space."));
        }

        /**
         * As long as some requests get a connection the node stays ready: other nodes are as short of
         * connections, so sending requests there would not help.
         */
        private static Condition shortOf(SharedConnections.Shortage shortage) {
            String message = "Connections to the database are short: " + shortage.why() + ". "
                    + (shortage.inVain()
                            ? "A statement waited for one and got none."
                            : "Statements wait for a free one.");
            return new Condition(
                    NAME,
                    shortage.served(),
                    Condition.CONNECTIONS_SHORT,
                    message,
                    "Raise max_connections or the role's CONNECTION LIMIT, end sessions of others, or lower"
                            + " database.maxSize; where only a pool is full, raise that.",
                    Map.of());
        }
    }
}
