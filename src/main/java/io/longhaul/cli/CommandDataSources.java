package io.longhaul.cli;

import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.bench.Target;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.ops.SecretsFilter;
import java.nio.file.Path;

/** Which database a command works on. */
public final class CommandDataSources {
    private CommandDataSources() {}

    /** A command on the embedded database uses the server that runs, or starts one for as long as the command lasts. */
    public static PooledDataSourceFactory ofCommand(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            // Its exit hook ends it with the command.
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(Path.of(configuration.dataFolder()));
            database.connectTo(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        hidePasswords(database);
        database.asSingleConnectionPool();
        return database;
    }

    /** Whoever changes the schema may be another role than the server's, past a pooler. */
    public static PooledDataSourceFactory ofMigration(ServiceConfiguration configuration) {
        if (configuration.database().isEmbedded()) {
            return ofCommand(configuration);
        }
        hidePasswords(configuration.database());
        DatabaseConfiguration database = configuration.database().forMigrations();
        database.asSingleConnectionPool();
        return database;
    }
    /** Measuring on the embedded database starts another one, so that a server which runs is not disturbed. */
    public static Target ofBench(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(
                    Path.of(System.getProperty("java.io.tmpdir"), "longhaul-bench-" + System.getProperty("user.name")));
            return new Target(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        DatabaseConfiguration direct = database.direct();
        return new Target(direct.getUrl(), direct.getUser(), direct.getPassword());
    }

    /** Nothing in its form tells that a password is one. */
    public static void hidePasswords(DatabaseConfiguration database) {
        database.passwords().forEach(SecretsFilter::hide);
    }
}
