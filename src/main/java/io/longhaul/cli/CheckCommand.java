package io.longhaul.cli;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code check}: reads the configuration, tools included, and starts nothing. Exits 0 if it is valid, else 1. */
public final class CheckCommand extends Command {
    public interface Check {
        /**
         * Builds everything that can be built without starting anything, and returns a summary.
         *
         * @param file null for the one inside the jar
         * @param text content of the file, with values of the environment
         * @throws ToolConfigurationException if tools are wrong
         * @throws CommandFailure if a server would refuse to start with it
         */
        String check(ServiceConfiguration configuration, String file, String text) throws CommandFailure;
    }

    private final Check check;
    private final UnaryOperator<String> substitute;

    /** @param substitute puts values of the environment into a file's text */
    public CheckCommand(UnaryOperator<String> substitute, Check check) {
        super("check", "Says whether a configuration is valid, tools included.");
        this.substitute = substitute;
        this.check = check;
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        Examples.add(parser, "check");
        parser.addArgument("file").nargs("?").help("application configuration file");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        String file = arguments.getString("file");
        String text = file == null || !Files.isRegularFile(Path.of(file))
                ? ""
                : substitute.apply(Files.readString(Path.of(file)));
        ServiceConfiguration configuration;
        try {
            configuration = ConfigurationFiles.read(bootstrap, file);
        } catch (ConfigurationException e) {
            List<String> mistakes = new ToolFiles().mistakes(text, file, null);
            throw mistakes.isEmpty() ? e : new ToolConfigurationException(mistakes);
        }
        FreePorts.requirePossible(configuration.getServerFactory());
        ConnectorKeys.requireReadable(configuration.getServerFactory());
        System.out.println("The configuration is valid. " + check.check(configuration, file, text));
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        if (error instanceof ToolConfigurationException wrong) {
            wrong.problems().forEach(problem -> cli.getStdErr().println("check: " + problem));
            return;
        }
        cli.getStdErr()
                .println("check: " + Diagnosis.of(error, Cures.of(arguments)).text());
    }
}
