package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.util.CachingDateFormatter;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import org.slf4j.event.KeyValuePair;

/**
 * One event a line, with the node's name and the members that a call named. It writes the members itself: Dropwizard's
 * layout makes a map of them first and formats the time anew, which takes four times as long.
 */
final class JsonEvents extends EventLines {
    /** The logging context's property with the name of this node. */
    static final String NODE = "node";

    static final String TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

    static final Map<String, String> NAMES = Map.of("timestamp", "time");

    /** Those of this service, and those that OpenTelemetry's agent adds. Others could replace the event's own members. */
    private static final Set<String> CONTEXT =
            Set.of("trace_id", "job_id", "tool", "attempt", "task", "webhook", "span_id", "trace_flags");

    private static final Set<String> OWN = Set.of("time", "level", "thread", "logger", "message", "exception", NODE);

    /** Most lines are shorter. */
    private static final int LENGTH = 512;

    private final ObjectMapper json = Jackson.newObjectMapper();
    private final CachingDateFormatter times;
    private final ThrowableHandlingConverter exceptions;

    private JsonEvents(LoggerContext context, TimeZone zone, ThrowableHandlingConverter exceptions) {
        super(context, exceptions);
        this.times = new CachingDateFormatter(TIME_FORMAT, zone.toZoneId());
        this.exceptions = exceptions;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringWriter line = new StringWriter(LENGTH);
        try (JsonGenerator members = json.createGenerator(line)) {
            members.writeStartObject();
            write(event, members);
            members.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append(System.lineSeparator()).toString();
    }

    private void write(ILoggingEvent event, JsonGenerator members) throws IOException {
        members.writeStringField("time", times.format(event.getTimeStamp()));
        members.writeStringField("level", event.getLevel().toString());
        members.writeStringField("thread", event.getThreadName());
        members.writeStringField("logger", event.getLoggerName());
        members.writeStringField("message", event.getFormattedMessage());
        List<String> written = new ArrayList<>();
        for (Map.Entry<String, String> value : event.getMDCPropertyMap().entrySet()) {
            if (CONTEXT.contains(value.getKey())) {
                members.writeStringField(value.getKey(), value.getValue());
                written.add(value.getKey());
            }
        }
        if (event.getThrowableProxy() != null) {
            members.writeStringField("exception", exceptions.convert(event));
        }
        String node = getContext().getProperty(NODE);
        if (node != null) {
            members.writeStringField(NODE, node);
        }
        if (event.getKeyValuePairs() != null) {
            write(event.getKeyValuePairs(), written, members);
        }
    }

    /** Those of a call, but for members that are there already. */
    private static void write(List<KeyValuePair> pairs, List<String> written, JsonGenerator members)
            throws IOException {
        for (KeyValuePair pair : pairs) {
            if (OWN.contains(pair.key) || written.contains(pair.key)) {
                continue;
            }
            written.add(pair.key);
            members.writeFieldName(pair.key);
            if (pair.value instanceof UUID id) {
                members.writeString(id.toString());
            } else {
                members.writePOJO(pair.value);
            }
        }
    }

    /** Makes the layout with Dropwizard's way to show exceptions. */
    static final class Factory extends EventJsonLayoutBaseFactory {
        @Override
        public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone zone) {
            return new JsonEvents(context, zone, createThrowableProxyConverter(context));
        }
    }
}
