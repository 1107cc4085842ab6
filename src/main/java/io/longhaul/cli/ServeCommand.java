package io.longhaul.cli;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Environment;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import java.net.BindException;
import net.sourceforge.argparse4j.inf.Namespace;

/** {@code server}: serves until it is told to stop. A start that fails says why in one line. */
public final class ServeCommand extends ServerCommand<ServiceConfiguration> {
    /**
     * The command, to be added to the bootstrap.
     *
     * @param application what is served
     */
    public ServeCommand(Application<ServiceConfiguration> application) {
        super(application, "server", "Serves the job API and works on jobs.");
    }

    @Override
    protected void run(Environment environment, Namespace arguments, ServiceConfiguration configuration)
            throws Exception {
        environment.lifecycle().addServerLifecycleListener(new CleanExit());
        super.run(environment, arguments, configuration);
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr().println("server: " + reason(arguments, error));
        if (System.getenv("LONGHAUL_DEBUG") != null) {
            error.printStackTrace(cli.getStdErr());
        }
    }

    private static String reason(Namespace arguments, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getCause() instanceof BindException) {
                return cause.getMessage() + ". Another program uses that port:"
                        + " end it, or choose another by LONGHAUL_PORT and LONGHAUL_ADMIN_PORT.";
            }
        }
        String file = arguments == null ? null : arguments.getString("file");
        return Diagnosis.of(error, new Cures(file == null ? "" : file)).text();
    }
}
