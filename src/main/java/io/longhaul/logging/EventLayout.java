package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.TimeZone;

/** The layout {@code longhaul} of the configuration: lines for people, or one JSON object a line. */
@JsonTypeName("longhaul")
public final class EventLayout implements DiscoverableLayoutFactory<ILoggingEvent> {
    private final LogFormat format;

    /** @param format text if null */
    public EventLayout(@JsonProperty("format") LogFormat format) {
        this.format = format == null ? LogFormat.TEXT : format;
    }

    @Override
    public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone zone) {
        format.setCurrentOf(context);
        return format == LogFormat.JSON ? new JsonEvents.Factory().build(context, zone) : new TextEvents(context, zone);
    }
}
