package io.longhaul.logging;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayoutFactory;
import java.util.TimeZone;

/** The layout {@code longhaul-requests} of a request log: the common log format, or one JSON object a line. */
@JsonTypeName("longhaul-requests")
public final class RequestLayout implements DiscoverableLayoutFactory<IAccessEvent> {
    private final LogFormat format;

    /** @param format text if null */
    public RequestLayout(@JsonProperty("format") LogFormat format) {
        this.format = format == null ? LogFormat.TEXT : format;
    }

    @Override
    public LayoutBase<IAccessEvent> build(LoggerContext context, TimeZone zone) {
        return format == LogFormat.JSON
                ? new JsonRequests.Factory().build(context, zone)
                : new LogbackAccessRequestLayoutFactory().build(context, zone);
    }
}
