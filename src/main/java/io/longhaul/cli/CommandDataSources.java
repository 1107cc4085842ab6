package io.longhaul.cli;

import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.bench.Target;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.database.embedded.PrivateFolder;
import io.longhaul.logging.SecretsFilter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the database that a command works on. */
public final class CommandDataSources {
    private CommandDataSources() {}

    /**
     * For a command on the embedded database: the running server, or one that runs as long as the command.
     *
     * @throws IllegalStateException if no server has made it yet
     */
    public static PooledDataSourceFactory ofCommand(ServiceConfiguration configuration) {
        requireMade(configuration);
        return single(configuration);
    }

    private static PooledDataSourceFactory single(ServiceConfiguration configuration) {
        DatabaseConfiguration database = reached(configuration);
        database.asSingleConnectionPool();
        return database;
    }

    /** True if it is the embedded one and its folder has none: attaching would make a new database. */
    static boolean isNotMadeYet(ServiceConfiguration configuration) {
        return configuration.database().isEmbedded()
                && Files.notExists(Path.of(configuration.dataFolder()).resolve("password"));
    }

    /** Refuses to make a database for a command that needs what is in it. */
    static void requireMade(ServiceConfiguration configuration) {
        if (isNotMadeYet(configuration)) {
            throw new IllegalStateException("No server has run on "
                    + Path.of(configuration.dataFolder()).toAbsolutePath()
                    + " yet: start one, name the folder by LONGHAUL_DATA, or a database by DATABASE_URL");
        }
    }

    /** The same database, with the settings that a server uses. */
    static DatabaseConfiguration reached(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            // The server's exit hook stops it together with the command.
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(Path.of(configuration.dataFolder()));
            database.connectTo(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        hidePasswords(database);
        return database;
    }

    /** For commands that change the schema: their role may differ from the server's, and they bypass a pooler. */
    public static PooledDataSourceFactory ofMigration(ServiceConfiguration configuration) {
        if (configuration.database().isEmbedded()) {
            return single(configuration);
        }
        hidePasswords(configuration.database());
        DatabaseConfiguration database = configuration.database().forMigrations();
        database.asSingleConnectionPool();
        return database;
    }

    /** Names the database of {@link #ofCommand} to whoever gave no file. */
    public static String nameOfCommand(ServiceConfiguration configuration) {
        return withoutFile(configuration, configuration.database(), "DATABASE_URL");
    }

    /** Names the database of {@link #ofMigration} to whoever gave no file. */
    public static String nameOfMigration(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        return withoutFile(configuration, database.forMigrations(), database.variableOfMigrations());
    }

    private static String withoutFile(
            ServiceConfiguration configuration, DatabaseConfiguration database, String variable) {
        return "No configuration file is named, so this is about "
                + (database.isEmbedded()
                        ? "the PostgreSQL inside the jar, with its data in "
                                + Path.of(configuration.dataFolder()).toAbsolutePath()
                        : "the database " + database + ", which " + variable + " names")
                + ".";
    }

    /** For measuring: the embedded database gets a second server, so that a running one is not disturbed. */
    public static Target ofBench(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(PrivateFolder.make(Path.of(
                    System.getProperty("java.io.tmpdir"), "longhaul-bench-" + System.getProperty("user.name"))));
            return new Target(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        DatabaseConfiguration direct = database.direct();
        return new Target(direct.getUrl(), direct.getUser(), direct.getPassword());
    }

    /** Passwords cannot be recognized by their form. */
    private static void hidePasswords(DatabaseConfiguration database) {
        database.passwords().forEach(SecretsFilter::hide);
    }
}
