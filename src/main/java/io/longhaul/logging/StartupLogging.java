package io.longhaul.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logging before the configuration is read, and the last line of a program that cannot go on. */
public final class StartupLogging {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    private StartupLogging() {}

    /** Logs on stdout in the format that the environment asks for. */
    public static void begin(Level level) {
        BootstrapLogging.bootstrap(level, new EventLayout(LogFormat.ofEnvironment()));
        SecretsFilter.install();
    }

    /** Logs exceptions that end a thread: Java would print them on several lines, with all that they hold. */
    public static void logUncaughtExceptions() {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> LOG.error("Thread {} has ended by an exception", thread.getName(), failure));
    }

    /** Says why a command failed: on one line of stderr, or as the last event of the log where that is JSON. */
    public static void fail(PrintWriter err, String command, String reason) {
        String line = command + ": " + SecretsFilter.SECRETS.without(reason);
        if (LogFormat.current() == LogFormat.TEXT) {
            err.println(line);
            return;
        }
        LOG.error("{}", line);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            // Waits for what is still in queues.
            context.stop();
        }
    }
}
