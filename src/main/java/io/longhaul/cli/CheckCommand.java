package io.longhaul.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import java.util.function.Function;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code check}: reads the configuration, tools included, and starts nothing. Exits 0 if it is valid, else 1. */
public final class CheckCommand extends Command {
    private final Function<ServiceConfiguration, String> check;

    /**
     * The command, to be added to the bootstrap.
     *
     * @param check builds what can be built without starting anything, and says what there is
     */
    public CheckCommand(Function<ServiceConfiguration, String> check) {
        super("check", "Says whether a configuration is valid, tools included.");
        this.check = check;
    }

    @Override
    public void configure(Subparser parser) {
        parser.addArgument("file").nargs("?").help("application configuration file");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        ServiceConfiguration configuration = Configured.read(bootstrap, arguments.getString("file"));
        System.out.println("The configuration is valid. " + check.apply(configuration));
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr().println("check: " + Diagnosis.of(error, new Cures("")).text());
    }
}
