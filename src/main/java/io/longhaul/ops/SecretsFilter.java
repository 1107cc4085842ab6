package io.longhaul.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/**
 * Keeps secrets out of the log, whichever logger, level, appender or layout: it sees every event before it is made, and has
 * one without secrets made in its place. What shows the bytes of connections is never logged, because a secret may be cut
 * there so that nothing tells it for one.
 */
public final class SecretsFilter extends TurboFilter {
    /** Libraries that show, below INFO, what goes over connections: headers, bodies, bound values, byte by byte. */
    private static final List<String> WIRES = List.of(
            "org.eclipse.jetty",
            "org.postgresql",
            "org.glassfish.jersey.logging",
            "jdk.httpclient",
            "jdk.internal.httpclient",
            "java.net.http",
            "sun.net",
            "sun.security",
            "javax.net.ssl",
            "jdk.event",
            "org.apache.http",
            "org.apache.hc",
            "io.netty");

    private static final LoggedSecrets SECRETS = new LoggedSecrets();

    /** Whether this thread logs in the place of another event. */
    private final ThreadLocal<Boolean> cleaning = ThreadLocal.withInitial(() -> false);

    private SecretsFilter() {}

    /** Installs it for good: configuring the log anew does not remove it. */
    public static void install() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context && !isIn(context)) {
            context.addTurboFilter(new SecretsFilter());
            context.addListener(new Again());
        }
    }

    /**
     * Makes a password known, which nothing in its form tells.
     *
     * @param secret null and very short ones are passed over
     */
    public static void hide(String secret) {
        SECRETS.add(secret);
    }

    private static boolean isIn(LoggerContext context) {
        return context.getTurboFilterList().stream().anyMatch(SecretsFilter.class::isInstance);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable failure) {
        if (level.levelInt < Level.INFO_INT && isWire(logger.getName())) {
            return FilterReply.DENY;
        }
        if (format == null || cleaning.get() || level.levelInt < logger.getEffectiveLevel().levelInt) {
            return FilterReply.NEUTRAL;
        }
        return replaced(marker, logger, level, format, params, failure) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    private static boolean isWire(String logger) {
        return WIRES.stream()
                .anyMatch(wire -> logger.startsWith(wire)
                        && (logger.length() == wire.length() || logger.charAt(wire.length()) == '.'));
    }

    /** Logs an event without its secrets, if it has any. */
    private boolean replaced(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable failure) {
        FormattingTuple whole = MessageFormatter.arrayFormat(format, params);
        Throwable thrown = failure == null ? whole.getThrowable() : failure;
        String message = whole.getMessage() == null ? "" : whole.getMessage();
        String clean = SECRETS.without(message);
        Throwable cleanFailure = ScrubbedThrowable.of(thrown, SECRETS);
        if (clean.equals(message) && cleanFailure == thrown) {
            return false;
        }
        cleaning.set(true);
        try {
            logger.log(marker, Logger.FQCN, Level.toLocationAwareLoggerInteger(level), clean, null, cleanFailure);
        } finally {
            cleaning.set(false);
        }
        return true;
    }

    /** Installs it again when the log is configured anew. */
    private static final class Again implements LoggerContextListener {
        @Override
        public boolean isResetResistant() {
            return true;
        }

        @Override
        public void onReset(LoggerContext context) {
            context.addTurboFilter(new SecretsFilter());
        }

        @Override
        public void onStart(LoggerContext context) {
            // Nothing to do.
        }

        @Override
        public void onStop(LoggerContext context) {
            // Nothing to do.
        }

        @Override
        public void onLevelChange(Logger logger, Level level) {
            // The filter asks for the level each time.
        }
    }
}
