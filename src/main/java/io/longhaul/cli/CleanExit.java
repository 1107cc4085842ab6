package io.longhaul.cli;

import io.dropwizard.lifecycle.ServerLifecycleListener;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the server on SIGTERM and Ctrl-C, and ends the process with 0 then: a stop that was asked for must not look like
 * a crash to whoever restarts crashed processes.
 */
final class CleanExit implements ServerLifecycleListener {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    @Override
    public void serverStarted(Server server) {
        // Jetty's own hook would stop it as well, but leave the exit code to the signal: 143 or 130.
        server.setStopAtShutdown(false);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop-server"));
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
