package io.longhaul.schema.commands;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.logging.StartupLogging;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.SqlStates;
import java.io.IOException;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * A command on the database of a configuration file. Its failures are one line with cause and cure.
 *
 * <p>Dropwizard's own configured commands start the server's logging on stdout; this class does not.
 *
 * @param <T> the configuration
 */
abstract class DatabaseCommand<T extends Configuration> extends Command {
    private final Class<T> configurationClass;
    private final NamedDatabase<T> database;

    DatabaseCommand(String name, String description, Class<T> configurationClass, NamedDatabase<T> database) {
        super(name, description);
        this.configurationClass = configurationClass;
        this.database = database;
    }

    /** Checks the arguments before the database is used. */
    abstract void check(Namespace arguments, T configuration) throws Exception;

    /**
     * Does the work.
     *
     * @param database null if the command needs none
     */
    abstract void run(Namespace arguments, CommandDatabase database) throws Exception;

    /** The database for these arguments. */
    NamedDatabase<T> database(Namespace arguments) {
        return database;
    }

    /** True if the command opens the configured database; an embedded one is started for it. */
    boolean needsDatabase(Namespace arguments) {
        return true;
    }

    /** True if the command works as the role that is to own the schema. */
    abstract boolean worksAsOwner(Namespace arguments);

    /** The exit code of the process if the command fails. */
    abstract int failureCode(Namespace arguments);

    @Override
    public final void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        CommandConsole.quietLogs(CommandConsole.verbose(arguments));
        try {
            T configuration = configuration(bootstrap, arguments.getString("file"));
            check(arguments, configuration);
            if (arguments.getString("file") == null && needsDatabase(arguments)) {
                CommandConsole.progress(database(arguments).withoutFile().apply(configuration));
            }
            if (!needsDatabase(arguments)) {
                run(arguments, (CommandDatabase) null);
                return;
            }
            try (CommandDatabase opened = new CommandDatabase(
                    database(arguments).source().getDataSourceFactory(configuration), failureCode(arguments))) {
                runOn(opened, arguments);
            }
        } catch (CommandFailure e) {
            throw e;
        } catch (Exception e) {
            String text = Diagnosis.of(e, Cures.of(arguments)).text();
            throw new CommandFailure(failureCode(arguments), text, e);
        }
    }

    private void runOn(CommandDatabase opened, Namespace arguments) throws Exception {
        try {
            run(arguments, opened);
        } catch (Exception e) {
            if (worksAsOwner(arguments) && SqlStates.forbidden(e)) {
                ForeignOwner.explain(e, opened, arguments, failureCode(arguments));
            }
            throw e;
        }
    }

    /** Prints one line, and with {@code -v} the stack trace. */
    @Override
    public final void onError(Cli cli, Namespace arguments, Throwable error) {
        String message = error instanceof CommandFailure
                ? error.getMessage()
                : Diagnosis.of(error, Cures.of(arguments)).text();
        if (!message.isEmpty()) {
            StartupLogging.fail(cli.getStdErr(), getName(), message);
        }
        if (CommandConsole.verbose(arguments) && !message.isEmpty()) {
            error.printStackTrace(cli.getStdErr());
        }
    }

    @SuppressWarnings("unchecked")
    private T configuration(Bootstrap<?> bootstrap, String file) throws IOException, ConfigurationException {
        Bootstrap<T> ours = (Bootstrap<T>) bootstrap;
        ConfigurationFactory<T> factory = ours.getConfigurationFactoryFactory()
                .create(configurationClass, ours.getValidatorFactory().getValidator(), ours.getObjectMapper(), "dw");
        return file == null ? factory.build() : factory.build(ours.getConfigurationSourceProvider(), file);
    }
}
