package io.longhaul.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.backup.Export;
import io.longhaul.backup.Import;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.ConfiguredSessions;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.SessionDataSource;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import javax.sql.DataSource;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;

/** {@code data}: all data of a database as one file, and the way to a newer PostgreSQL. Exits 0 if it worked, else 1. */
public final class DataCommand extends Command {
    private static final String NAME = "longhaul-data";

    public DataCommand() {
        super("data", "Exports all data into a file, imports one, upgrades the embedded PostgreSQL.");
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        Subparsers actions = parser.addSubparsers().dest("action");
        Subparser export = actions.addParser("export")
                .help("writes all data into one file, as of one moment; servers may run")
                .description("Writes a zip of CSV files, one for each table, and a manifest (docs/backups.md).");
        export.addArgument("into").metavar("FILE").help("the file to write; it must not exist");
        Examples.add(export, "data export");
        configurationFile(export);
        Subparser read = actions.addParser("import")
                .help("reads such a file into a database without jobs")
                .description(
                        "Without a configuration file the database is the embedded one of LONGHAUL_DATA, or the one"
                                + " that DATABASE_URL names. It must hold no data; the schema is made if it is missing.");
        read.addArgument("from").metavar("FILE").help("a file that data export wrote");
        Examples.add(read, "data import");
        configurationFile(read);
        Subparser upgrade = actions.addParser("upgrade")
                .help("brings the folder of an embedded PostgreSQL of an older major version to this jar's")
                .description("No server may run on the folder. The old data stays in its folder beside the new.");
        Examples.add(upgrade, "data upgrade");
        upgrade.addArgument("--programs")
                .metavar("PATH")
                .help("the older PostgreSQL: a folder with bin/postgres, or a jar that holds one (found by itself if an"
                        + " earlier jar left it in the folder, or the system has it)");
        configurationFile(upgrade);
    }

    private static void configurationFile(Subparser parser) {
        parser.addArgument("file").nargs("?").help("application configuration file");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        ServiceConfiguration configuration = ConfigurationFiles.read(bootstrap, arguments.getString("file"));
        Cures cures = Cures.of(arguments);
        String done = switch (String.valueOf(arguments.getString("action"))) {
            case "export" -> export(configuration, Path.of(arguments.getString("into")), cures);
            case "import" -> read(configuration, Path.of(arguments.getString("from")), cures);
            case "upgrade" -> upgrade(configuration, arguments.getString("programs"), cures);
            default ->
                throw new CommandFailure(CommandFailure.CANNOT_TELL, "write data export, data import or data upgrade");
        };
        System.out.println(done);
    }

    private static String export(ServiceConfiguration configuration, Path file, Cures cures) throws Exception {
        CommandDataSources.requireMade(configuration);
        DatabaseConfiguration database = CommandDataSources.reached(configuration);
        try (Connection connection = database.openConnection(NAME)) {
            return Export.write(connection, file, cures);
        }
    }

    private static String read(ServiceConfiguration configuration, Path file, Cures cures) throws Exception {
        DatabaseConfiguration database =
                CommandDataSources.reached(configuration).forMigrations();
        return Import.read(new ConfiguredSessions(database, NAME), file, System.err::println, cures);
    }

    private static String upgrade(ServiceConfiguration configuration, String programs, Cures cures) throws Exception {
        if (!configuration.database().isEmbedded()) {
            throw new CommandFailure(
                    "data upgrade is for the embedded PostgreSQL: upgrade another one with its own tools"
                            + " (pg_upgrade), or take DATABASE_URL away");
        }
        Path folder = Path.of(configuration.dataFolder());
        return EmbeddedPostgres.upgrade(
                folder,
                programs == null ? null : Path.of(programs),
                (from, to) -> carry(from, to, folder.resolve("upgrade.zip"), cures));
    }

    private static void carry(EmbeddedPostgres from, EmbeddedPostgres to, Path file, Cures cures) throws Exception {
        // A run that was killed may have left one.
        Files.deleteIfExists(file);
        try (Connection connection = sessions(from).getConnection()) {
            System.err.println(Export.write(connection, file, cures));
            System.err.println(Import.read(sessions(to), file, System.err::println, cures));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static DataSource sessions(EmbeddedPostgres postgres) {
        return new SessionDataSource(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr()
                .println("data: " + Diagnosis.of(error, Cures.of(arguments)).text());
    }
}
