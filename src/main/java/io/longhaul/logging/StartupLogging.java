package io.longhaul.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.PrintWriter;
import java.util.TimeZone;
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

    /**
     * Logs on stderr, because the stdout of a command other than {@code server} is its result. A pool that cannot connect says
     * so with all that Java knows of it; the last line of the command says it in a sentence.
     */
    public static void ofCommand() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            onStderr(context);
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
            context.getLogger("org.apache.tomcat.jdbc.pool").setLevel(Level.OFF);
        }
    }

    /**
     * Replaces where log lines go by stderr.
     *
     * @param context whose lines
     */
    public static void onStderr(LoggerContext context) {
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(stderr(context));
        SecretsFilter.install();
    }

    private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext context) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout(context));
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private static Layout<ILoggingEvent> layout(LoggerContext context) {
        LayoutBase<ILoggingEvent> layout = new EventLayout(LogFormat.current()).build(context, TimeZone.getDefault());
        layout.start();
        return layout;
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
