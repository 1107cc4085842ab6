package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import io.dropwizard.logging.json.EventAttribute;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import io.dropwizard.logging.json.layout.EventJsonLayout;
import io.dropwizard.logging.json.layout.JsonFormatter;
import io.dropwizard.logging.json.layout.TimestampFormatter;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import org.slf4j.event.KeyValuePair;

/** One event a line, with the node's name and the members that a call named. */
final class JsonEvents extends EventJsonLayout {
    /** The logging context's property with the name of this node. */
    static final String NODE = "node";

    static final String TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

    static final Map<String, String> NAMES = Map.of("timestamp", "time");

    private static final EnumSet<EventAttribute> MEMBERS = EnumSet.of(
            EventAttribute.TIMESTAMP,
            EventAttribute.LEVEL,
            EventAttribute.LOGGER_NAME,
            EventAttribute.THREAD_NAME,
            EventAttribute.MESSAGE,
            EventAttribute.MDC,
            EventAttribute.EXCEPTION);

    /** Those of this service, and those that OpenTelemetry's agent adds. Others could replace the event's own members. */
    private static final Set<String> CONTEXT =
            Set.of("trace_id", "job_id", "tool", "attempt", "task", "webhook", "span_id", "trace_flags");

    private JsonEvents(JsonFormatter json, TimestampFormatter times, ThrowableHandlingConverter exceptions) {
        super(json, times, exceptions, MEMBERS, NAMES, Map.of(), CONTEXT, true);
    }

    @Override
    protected Map<String, Object> toJsonMap(ILoggingEvent event) {
        Map<String, Object> members = super.toJsonMap(event);
        String node = getContext().getProperty(NODE);
        if (node != null) {
            members.put(NODE, node);
        }
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                members.putIfAbsent(pair.key, pair.value);
            }
        }
        return members;
    }

    /** Makes the layout with the parts of Dropwizard's. */
    static final class Factory extends EventJsonLayoutBaseFactory {
        @Override
        public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone zone) {
            setTimestampFormat(TIME_FORMAT);
            JsonEvents layout = new JsonEvents(
                    createDropwizardJsonFormatter(),
                    createTimestampFormatter(zone),
                    createThrowableProxyConverter(context));
            layout.setContext(context);
            return layout;
        }
    }
}
