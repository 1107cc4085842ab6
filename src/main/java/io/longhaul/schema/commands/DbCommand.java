package io.longhaul.schema.commands;

import io.dropwizard.core.Configuration;
import io.longhaul.schema.Changelog;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Examples;
import io.longhaul.schema.migrate.Migrator;
import java.util.Map;
import java.util.function.Predicate;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;

/**
 * {@code db}: Dropwizard's bundled Liquibase commands on {@code migrations.xml}, made safe: one migrator at a time,
 * lock timeouts with retry, rollbacks that keep rows, one line for each failure, and no {@code drop-all}.
 *
 * <p>Exit codes are 0 for done and 1 for failed; {@code db status} also exits 1 if something is pending and 2 if it
 * cannot tell.
 *
 * @param <T> the configuration
 */
public final class DbCommand<T extends Configuration> extends DatabaseCommand<T> {
    private static final String ACTION = "subcommand";

    private final Map<String, DbActions.Action> actions;
    private final Predicate<T> embedded;

    /**
     * Replaces Dropwizard's MigrationsBundle.
     *
     * @param database finds the database in a configuration
     * @param embedded true if a configuration means the database inside the jar: destructive commands then need
     *     {@code --embedded}, because a missing or mistyped file also means that database
     */
    public DbCommand(Class<T> configurationClass, NamedDatabase<T> database, Predicate<T> embedded) {
        super("db", "Changes and inspects the database schema.", configurationClass, database);
        this.embedded = embedded;
        this.actions = new DbActions<>(database.source(), configurationClass, Changelog.packed()).all();
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        Subparsers commands = parser.addSubparsers();
        for (DbActions.Action action : actions.values()) {
            Subparser command = commands.addParser(action.name())
                    .setDefault(ACTION, action.name())
                    .description(action.description());
            action.configure().accept(command);
            addCommon(command, action);
            Examples.add(command, "db " + action.name());
        }
    }

    @Override
    void check(Namespace arguments, T configuration) throws CommandFailure {
        refuse(
                arguments.getString("migrations-file") != null,
                "--migrations is not supported: this jar applies its own migrations only.");
        refuse(
                arguments.getString("catalog") != null || arguments.getString("schema") != null,
                "--catalog and --schema are not supported: DATABASE_URL names the database, and with ?currentSchema= the schema.");
        Integer count = arguments.getInt("count");
        refuse(count != null && count < 1, "--count takes the number of changesets, 1 or more, not " + count + ".");
        refuse(
                action(arguments).name().equals(DbLocks.NAME) && DbLocks.isUnclear(arguments),
                "use either --list or --force-release.");
        refuse(
                isDestructive(arguments) && embedded.test(configuration) && !arguments.getBoolean("embedded"),
                "this would change the embedded database, because no configuration names another one. Name a file, or add --embedded.");
    }

    private boolean isDestructive(Namespace arguments) {
        boolean readsOnly = DbActions.isSet(arguments, "list") || DbActions.isSet(arguments, "dry-run");
        return action(arguments).destructive() && !readsOnly;
    }

    @Override
    boolean needsDatabase(Namespace arguments) {
        return !action(arguments).name().equals(DbRoles.NAME);
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        action(arguments).body().run(arguments, database);
    }

    @Override
    boolean worksAsOwner(Namespace arguments) {
        return true;
    }

    @Override
    int failureCode(Namespace arguments) {
        return action(arguments).name().equals(DbStatus.NAME) ? CommandFailure.CANNOT_TELL : CommandFailure.FAILED;
    }

    private DbActions.Action action(Namespace arguments) {
        return actions.get(arguments.getString(ACTION));
    }

    private static void addCommon(Subparser command, DbActions.Action action) {
        command.addArgument("-v", "--verbose")
                .dest("verbose")
                .action(Arguments.storeTrue())
                .help("show warnings and stack traces");
        command.addArgument("--wait")
                .dest("wait")
                .type(DbCommand::duration)
                .setDefault(Migrator.PATIENCE)
                .metavar("SECONDS")
                .help("how long to wait for another migration and for locks (default: 300)");
        if (action.name().equals("rollback")) {
            command.addArgument("--discard")
                    .dest("discard")
                    .metavar("DATABASE")
                    .help("lose the rows that would go to the archive; takes the database's name");
        }
        if (action.destructive()) {
            command.addArgument("--embedded")
                    .dest("embedded")
                    .action(Arguments.storeTrue())
                    .help("allow it on the embedded database");
        }
    }

    private static java.time.Duration duration(
            net.sourceforge.argparse4j.inf.ArgumentParser parser,
            net.sourceforge.argparse4j.inf.Argument argument,
            String value)
            throws ArgumentParserException {
        try {
            String text = value.matches("\\d+") ? value + "s" : value;
            return io.dropwizard.util.Duration.parse(text).toJavaDuration();
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException("--wait takes seconds, or a time such as 2m: " + value, e, parser);
        }
    }

    private static void refuse(boolean wrong, String message) throws CommandFailure {
        if (wrong) {
            throw new CommandFailure(message);
        }
    }
}
