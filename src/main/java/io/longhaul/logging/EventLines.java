package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.spi.LifeCycle;

/** A layout that leaves exceptions to something that starts and stops with it. */
abstract class EventLines extends LayoutBase<ILoggingEvent> {
    private final LifeCycle exceptions;

    EventLines(LoggerContext context, LifeCycle exceptions) {
        setContext(context);
        this.exceptions = exceptions;
    }

    @Override
    public final void start() {
        exceptions.start();
        super.start();
    }

    @Override
    public final void stop() {
        super.stop();
        exceptions.stop();
    }
}
