package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.SharedConnections;
import io.longhaul.database.SqlObjectCache;
import io.longhaul.jobs.intake.KeptConnections;
import io.longhaul.ops.Condition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.postgres.PostgresPlugin;

/** The pools of a node, and what is known of the database by whoever uses them. */
final class DatabasePools {
    /** All statements of a read-only database fail, and new connections cost it something. */
    private static final long RENEW_NANOS = Duration.ofSeconds(1).toNanos();

    private final DatabaseConfiguration configuration;
    private final Environment environment;
    private final SharedConnections connections = new SharedConnections();
    private final DatabaseCondition condition = new DatabaseCondition(connections);
    private final AtomicLong renewedAtNanos = new AtomicLong(System.nanoTime() - RENEW_NANOS);

    DatabasePools(DatabaseConfiguration configuration, Environment environment) {
        this.configuration = configuration;
        this.environment = environment;
    }

    ManagedDataSource requests() {
        return connections.share(configuration.build(environment.metrics(), "database"));
    }

    ManagedDataSource workers() {
        return connections.share(configuration.buildForWorkers(environment.metrics()));
    }

    /**
     * The way to the database over one of the pools.
     *
     * @param suspect called when a statement finds the database read-only
     * @param schema what is known of the database and its schema
     */
    Jdbi jdbi(ManagedDataSource source, String name, Runnable suspect, Supplier<Condition> schema) {
        Jdbi made = new JdbiFactory().build(environment, configuration, source, name);
        environment.healthChecks().unregister(name);
        environment.healthChecks().register(name, new KnownDatabaseCheck(List.of(schema, this::condition)));
        made.installPlugin(new PostgresPlugin()).installPlugin(new SqlObjectCache());
        made.getConfig(KeptConnections.class).areShortWhen(connections::isShort);
        SqlStatements statements = made.getConfig(SqlStatements.class);
        statements.setSqlLogger(condition.seeing(statements.getSqlLogger(), () -> foundReadOnly(suspect, schema)));
        return made;
    }

    /** A session keeps what it began with: it may be read-only, or lead to a standby, although the database is well again. */
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

    /** Has all pools open new connections. */
    void renewConnections() {
        connections.renew();
    }

    Condition condition() {
        return condition.condition();
    }
}
