package io.longhaul.cli;

import ch.qos.logback.classic.Level;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.ServerLifecycleListener;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.logging.StartupLogging;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import io.longhaul.startup.ArchiveMaker;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code server}: serves until it is told to stop. A failed start gives its reason in one line. */
public final class ServeCommand extends ServerCommand<ServiceConfiguration> {
    public ServeCommand(Application<ServiceConfiguration> application) {
        super(application, "server", "Serves the job API and works on jobs.");
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        super.configure(parser);
        Examples.add(parser, "server");
    }

    /** Before the application is made, which begins with its database. */
    @Override
    protected void run(
            Bootstrap<ServiceConfiguration> bootstrap, Namespace arguments, ServiceConfiguration configuration)
            throws Exception {
        FreePorts.requirePossible(configuration.getServerFactory());
        ConnectorKeys.requireReadable(configuration.getServerFactory());
        boolean hasEmbedded = configuration.database().isEmbedded() && !CommandDataSources.isNotMadeYet(configuration);
        if (!hasEmbedded) {
            // Of a database whose server runs, the message that it is in use says more than that the port is.
            FreePorts.check(configuration.getServerFactory());
        }
        super.run(bootstrap, arguments, configuration);
    }

    @Override
    protected void run(Environment environment, Namespace arguments, ServiceConfiguration configuration)
            throws Exception {
        environment.lifecycle().addServerLifecycleListener(new CleanExit());
        // Dropwizard logs whatever ends a start with its stack trace, and then throws it.
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(ServerCommand.class)).setLevel(Level.OFF);
        try {
            super.run(environment, arguments, configuration);
        } catch (Exception e) {
            if (BindFailure.of(e).isEmpty()) {
                LoggerFactory.getLogger("longhaul").error("The server could not be started", e);
            }
            throw e;
        }
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        StartupLogging.fail(cli.getStdErr(), "server", reason(arguments, error));
        if (System.getenv("LONGHAUL_DEBUG") != null) {
            error.printStackTrace(cli.getStdErr());
        }
    }

    private static String reason(Namespace arguments, Throwable error) {
        return BindFailure.of(error)
                .orElseGet(() -> Diagnosis.of(error, Cures.of(arguments)).text());
    }

    /**
     * Stops the server on SIGTERM and Ctrl-C, and then ends the process with 0: a requested stop must not look like a
     * crash to a supervisor that restarts crashed processes.
     */
    private static final class CleanExit implements ServerLifecycleListener {
        private static final Logger LOG = LoggerFactory.getLogger("longhaul");

        @Override
        public void serverStarted(Server server) {
            // Jetty's own hook would stop it as well, but leave the exit code to the signal: 143 or 130.
            server.setStopAtShutdown(false);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop-server"));
            ArchiveMaker.start(System.getenv());
        }

        private static void stop(Server server) {
            try {
                server.stop();
                Runtime.getRuntime().halt(0);
            } catch (Exception e) {
                LOG.error("The server could not be stopped in order", e);
            }
        }
    }
}
