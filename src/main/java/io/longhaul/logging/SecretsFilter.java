package io.longhaul.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.jetty.io.EofException;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Keeps secrets out of the log, for every logger, level and layout: before each appender stands a {@link
 * ScrubbingAppender}. Loggers that show the bytes of connections are silenced by this filter, because a secret may be cut
 * there and not be recognized. It also drops what Jersey logs of clients that are gone before their answer is complete.
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

    /** Writes answers, and logs what stops it. */
    private static final String ANSWERS = "org.glassfish.jersey.server.ServerRuntime";

    /**
     * Marks events that hold nothing but ids, names and figures of this server, and are so many that looking for secrets
     * would cost more than all else.
     */
    public static final Marker NO_SECRETS = MarkerFactory.getMarker("longhaul-no-secrets");

    static final LoggedSecrets SECRETS = new LoggedSecrets();

    private SecretsFilter() {}

    /**
     * Puts all appenders of now behind the filter. To be called again when there are others; what silences loggers stays
     * when logging is configured again.
     */
    public static void install() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            if (!isIn(context)) {
                context.addTurboFilter(new SecretsFilter());
                context.addListener(new Again());
            }
            ScrubbingAppender.before(context, SECRETS);
        }
    }

    /**
     * Adds a password, which cannot be recognized by its form, for as long as the server runs. Null and very short ones
     * are ignored.
     */
    public static void hide(String secret) {
        SECRETS.add(secret);
    }

    /** The same for a secret that may be replaced. Call it at each use: those used long ago are forgotten. */
    public static void hideRotating(String secret) {
        SECRETS.addRotating(secret);
    }

    private static boolean isIn(LoggerContext context) {
        return context.getTurboFilterList().stream().anyMatch(SecretsFilter.class::isInstance);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable failure) {
        boolean silent = level.levelInt < Level.INFO_INT && isWire(logger.getName());
        return silent || tellsOfClientGone(logger.getName(), failure) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** Whoever closes a connection before the answer is complete is no fault of the server. */
    private static boolean tellsOfClientGone(String logger, Throwable failure) {
        return failure != null
                && logger.startsWith(ANSWERS)
                && Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .limit(20)
                        .anyMatch(EofException.class::isInstance);
    }

    private static boolean isWire(String logger) {
        return WIRES.stream()
                .anyMatch(wire -> logger.startsWith(wire)
                        && (logger.length() == wire.length() || logger.charAt(wire.length()) == '.'));
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
