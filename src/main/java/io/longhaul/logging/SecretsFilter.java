package io.longhaul.logging;

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
 * Keeps secrets out of the log, for every logger, level, appender and layout: it sees every event before it is made,
 * and replaces one that holds secrets. Loggers that show the bytes of connections are silenced, because a secret may be
 * cut there and not be recognized.
 */
public final class SecretsFilter extends TurboFilter {
    /** Libraries that log the content of connections below INFO: headers, bodies, bound values. */
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

    /** True while this thread logs a replacement. */
    private final ThreadLocal<Boolean> cleaning = ThreadLocal.withInitial(() -> false);

    private SecretsFilter() {}

    /** Installs the filter for good: it stays when logging is configured again. */
    public static void install() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context && !isIn(context)) {
            context.addTurboFilter(new SecretsFilter());
            context.addListener(new Again());
        }
    }

    /** Adds a password, which cannot be recognized by its form. Null and very short ones are ignored. */
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

    /** Logs the event without its secrets; false if it has none. */
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

    /** Installs the filter again after logging is configured again. */
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
            // The filter reads the level each time.
        }
    }
}
