package io.longhaul.logging;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.LayoutBase;
import io.dropwizard.logging.json.AccessAttribute;
import io.dropwizard.logging.json.AccessJsonLayoutBaseFactory;
import io.dropwizard.logging.json.layout.AccessJsonLayout;
import io.dropwizard.logging.json.layout.JsonFormatter;
import io.dropwizard.logging.json.layout.TimestampFormatter;
import java.util.EnumSet;
import java.util.Map;
import java.util.TimeZone;

/** One answered request a line, with its trace. No headers: they hold credentials. */
final class JsonRequests extends AccessJsonLayout {
    private static final EnumSet<AccessAttribute> MEMBERS = EnumSet.of(
            AccessAttribute.TIMESTAMP,
            AccessAttribute.REMOTE_ADDRESS,
            AccessAttribute.PROTOCOL,
            AccessAttribute.METHOD,
            AccessAttribute.REQUEST_URI,
            AccessAttribute.STATUS_CODE,
            AccessAttribute.REQUEST_TIME,
            AccessAttribute.CONTENT_LENGTH,
            AccessAttribute.USER_AGENT);

    private static final int TRACE_ID_FROM = 3;
    private static final int TRACE_ID_TO = 35;

    private JsonRequests(JsonFormatter json, TimestampFormatter times) {
        super(json, times, MEMBERS, JsonEvents.NAMES, Map.of("logger", "http.request", "level", "INFO"));
    }

    @Override
    protected Map<String, Object> toJsonMap(IAccessEvent event) {
        Map<String, Object> members = super.toJsonMap(event);
        String node = getContext().getProperty(JsonEvents.NODE);
        if (node != null) {
            members.put(JsonEvents.NODE, node);
        }
        // The answer to each request carries its trace.
        String traceparent = event.getResponseHeaderMap().get("traceparent");
        if (traceparent != null && traceparent.length() >= TRACE_ID_TO) {
            members.put("trace_id", traceparent.substring(TRACE_ID_FROM, TRACE_ID_TO));
        }
        members.replaceAll((name, value) -> value instanceof String text ? SecretsFilter.SECRETS.without(text) : value);
        return members;
    }

    /** Makes the layout with the parts of Dropwizard's. */
    static final class Factory extends AccessJsonLayoutBaseFactory {
        @Override
        public LayoutBase<IAccessEvent> build(LoggerContext context, TimeZone zone) {
            setTimestampFormat(JsonEvents.TIME_FORMAT);
            JsonRequests layout = new JsonRequests(createDropwizardJsonFormatter(), createTimestampFormatter(zone));
            layout.setContext(context);
            return layout;
        }
    }
}
