package io.longhaul.schema.commands;

import io.dropwizard.core.Configuration;
import io.longhaul.schema.Changelog;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Examples;
import io.longhaul.schema.watch.SchemaExpectation;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;

/**
 * {@code schema verify}, {@code show}, {@code diff} and {@code adopt}: compare the live catalog with what this jar's
 * migrations make. All but adopt only read, and need no right but SELECT on {@code databasechangelog}.
 *
 * <p>They exit with 2 if they cannot tell: no server, no permission, no configuration.
 *
 * @param <T> the configuration
 */
public final class SchemaCommand<T extends Configuration> extends DatabaseCommand<T> {
    /** One command after {@code schema}. */
    abstract static class Action {
        final String name;
        final SchemaExpectation expectation;

        Action(String name, SchemaExpectation expectation) {
            this.name = name;
            this.expectation = expectation;
        }

        /** Adds description and arguments. */
        abstract void configure(Subparser parser);

        /** True if it opens the configured database. */
        boolean needsDatabase(Namespace arguments) {
            return true;
        }

        /** True if it writes, as the role that owns the schema. */
        boolean changes() {
            return false;
        }

        /**
         * Does the work.
         *
         * @param database null if none is needed
         */
        abstract void run(Namespace arguments, CommandDatabase database) throws Exception;
    }

    private static final String ACTION = "subcommand";

    private final NamedDatabase<T> migration;
    private final Map<String, Action> actions;

    /**
     * The command.
     *
     * @param database finds the database in a configuration
     * @param migration the same for commands that change the schema
     */
    public SchemaCommand(Class<T> configurationClass, NamedDatabase<T> database, NamedDatabase<T> migration) {
        super("schema", "Compares the database schema with what this release makes.", configurationClass, database);
        this.migration = migration;
        SchemaExpectation expectation = SchemaExpectation.packed();
        this.actions = List.of(
                        new SchemaAdopt(expectation),
                        new SchemaChanges(expectation),
                        new SchemaShow(expectation),
                        new SchemaVerify(expectation))
                .stream()
                .collect(Collectors.toMap(action -> action.name, Function.identity()));
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        Subparsers commands = parser.addSubparsers();
        actions.values().stream()
                .sorted(java.util.Comparator.comparing(action -> action.name))
                .forEach(action -> configure(commands.addParser(action.name), action));
    }

    private static void configure(Subparser command, Action action) {
        command.setDefault(ACTION, action.name);
        command.addArgument("file").nargs("?").help("application configuration file");
        command.addArgument("-v", "--verbose").action(Arguments.storeTrue()).help("show warnings and stack traces");
        action.configure(command);
        Examples.add(command, "schema " + action.name);
    }

    @Override
    void check(Namespace arguments, T configuration) throws CommandFailure {
        int most = Changelog.packed().level();
        for (String name : List.of("level", "from", "to")) {
            Integer level = arguments.getInt(name);
            if (level != null && (level < 0 || level > most)) {
                throw CommandFailure.cannotTell("this release knows the levels 0 to " + most + ", not " + level + ".");
            }
        }
    }

    @Override
    NamedDatabase<T> database(Namespace arguments) {
        return action(arguments).changes() ? migration : super.database(arguments);
    }

    @Override
    boolean needsDatabase(Namespace arguments) {
        return action(arguments).needsDatabase(arguments);
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        action(arguments).run(arguments, database);
    }

    @Override
    boolean worksAsOwner(Namespace arguments) {
        return action(arguments).changes();
    }

    @Override
    int failureCode(Namespace arguments) {
        return CommandFailure.CANNOT_TELL;
    }

    private Action action(Namespace arguments) {
        return actions.get(arguments.getString(ACTION));
    }
}
