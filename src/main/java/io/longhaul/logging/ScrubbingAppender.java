package io.longhaul.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/**
 * Stands before an appender, behind the queue if it has one, because looking for secrets is work for the thread that
 * writes; and replaces each event that holds secrets by one without them.
 */
final class ScrubbingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int BUFFER = 1 << 16;

    private final Appender<ILoggingEvent> target;
    private final LoggedSecrets secrets;

    private ScrubbingAppender(Appender<ILoggingEvent> target, LoggedSecrets secrets) {
        this.target = target;
        this.secrets = secrets;
        setName(target.getName());
        setContext(target.getContext());
        start();
    }

    /** Puts one before each appender that has none yet. */
    static void before(LoggerContext context, LoggedSecrets secrets) {
        for (Logger logger : context.getLoggerList()) {
            before(logger, secrets);
        }
    }

    private static void before(Logger logger, LoggedSecrets secrets) {
        List<Appender<ILoggingEvent>> all = new ArrayList<>();
        logger.iteratorForAppenders().forEachRemaining(all::add);
        for (Appender<ILoggingEvent> one : all) {
            if (!isCovered(one)) {
                logger.detachAppender(one);
                logger.addAppender(
                        one instanceof AsyncAppender async
                                ? LineQueue.insteadOf(async, secrets)
                                : new ScrubbingAppender(one, secrets));
            }
        }
    }

    private static boolean isCovered(Appender<ILoggingEvent> appender) {
        return appender instanceof ScrubbingAppender || appender instanceof LineQueue;
    }

    /** One that keeps what it writes to the console until {@link #flush}. */
    static ScrubbingAppender gathering(Appender<ILoggingEvent> target, LoggedSecrets secrets) {
        if (target instanceof ConsoleAppender<ILoggingEvent> console) {
            console.setImmediateFlush(false);
            console.setOutputStream(new BufferedOutputStream(console.getOutputStream(), BUFFER));
        }
        return new ScrubbingAppender(target, secrets);
    }

    /** Writes what is still kept. */
    void flush() {
        if (target instanceof ConsoleAppender<ILoggingEvent> console && console.isStarted()) {
            try {
                console.getOutputStream().flush();
            } catch (IOException e) {
                addError("Nothing can be written to the console", e);
            }
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        target.doAppend(!isOurs(event) && hasSecret(event) ? clean(event) : event);
    }

    @Override
    public void stop() {
        target.stop();
        super.stop();
    }

    private static boolean isOurs(ILoggingEvent event) {
        return event.getMarkerList() != null && event.getMarkerList().contains(SecretsFilter.NO_SECRETS);
    }

    private boolean hasSecret(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        // Threads of requests are named after their addresses.
        return differs(message)
                || differs(event.getThreadName())
                || throwable(event) != ScrubbedThrowable.of(throwable(event), secrets)
                || event.getMDCPropertyMap().values().stream().anyMatch(this::differs)
                || pairs(event).stream().anyMatch(pair -> differs(String.valueOf(pair.value)));
    }

    private boolean differs(String text) {
        return text != null && !Objects.equals(secrets.without(text), text);
    }

    private static Throwable throwable(ILoggingEvent event) {
        return event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
    }

    private ILoggingEvent clean(ILoggingEvent event) {
        LoggingEvent clean = new LoggingEvent();
        clean.setLoggerContextRemoteView(event.getLoggerContextVO());
        clean.setLoggerName(event.getLoggerName());
        clean.setLevel(event.getLevel());
        clean.setThreadName(secrets.without(event.getThreadName()));
        clean.setInstant(event.getInstant());
        clean.setMessage(secrets.without(String.valueOf(event.getFormattedMessage())));
        Throwable thrown = ScrubbedThrowable.of(throwable(event), secrets);
        if (thrown != null) {
            clean.setThrowableProxy(new ThrowableProxy(thrown));
        }
        clean.setMDCPropertyMap(clean(event.getMDCPropertyMap()));
        pairs(event)
                .forEach(pair ->
                        clean.addKeyValuePair(new KeyValuePair(pair.key, secrets.without(String.valueOf(pair.value)))));
        if (event.getMarkerList() != null) {
            event.getMarkerList().forEach(clean::addMarker);
        }
        return clean;
    }

    private Map<String, String> clean(Map<String, String> texts) {
        Map<String, String> clean = new HashMap<>(texts);
        clean.replaceAll((name, text) -> text == null ? null : secrets.without(text));
        return clean;
    }
}
