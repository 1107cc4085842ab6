package io.longhaul.tools.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Reports each unknown setting and continues: a misspelt setting is an error, not a default. */
public final class UnknownSettings extends DeserializationProblemHandler {
    private final Told told;

    /** Takes unknown settings. */
    public interface Told {
        /**
         * Takes one setting.
         *
         * @param line of the setting, or less than 1 if unknown
         * @param path within its entry, such as {@code .retry.backof}
         * @param reason the problem and its cure
         */
        void unknown(int line, String path, String reason);
    }

    public UnknownSettings(Told told) {
        this.told = told;
    }

    @Override
    public boolean handleUnknownProperty(
            DeserializationContext context,
            JsonParser parser,
            JsonDeserializer<?> deserializer,
            Object beanOrClass,
            String property)
            throws IOException {
        Collection<Object> known = deserializer == null ? null : deserializer.getKnownPropertyNames();
        told.unknown(
                parser.currentTokenLocation().getLineNr(),
                path(parser.getParsingContext(), property),
                "there is no setting '%s': write one of %s"
                        .formatted(property, known == null ? List.of() : new TreeSet<>(known)));
        parser.skipChildren();
        return true;
    }

    // The value may be an object or a list, which is then the innermost context.
    private static String path(JsonStreamContext context, String property) {
        StringBuilder path = new StringBuilder("." + property);
        JsonStreamContext at = context;
        while (at != null && !property.equals(at.getCurrentName())) {
            at = at.getParent();
        }
        for (at = at == null ? null : at.getParent(); at != null && !at.inArray(); at = at.getParent()) {
            path.insert(0, at.hasCurrentName() ? "." + at.getCurrentName() : "");
        }
        return path.toString();
    }
}
