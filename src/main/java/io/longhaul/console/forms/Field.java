package io.longhaul.console.forms;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One member, as the form shows it.
 *
 * @param id of its input, unlike all others on the page
 * @param input name of its input
 * @param name what people call it
 * @param kind how it is entered
 * @param required whether it must be given
 * @param hint its description and bounds, or null
 * @param choices the possible values as JSON; empty for any
 * @param value what is in it: JSON, or plain text for a text; empty for nothing
 * @param former what the former run had, if that differs; else null
 * @param errors what is wrong with it
 */
public record Field(
        String id,
        String input,
        String name,
        Kind kind,
        boolean required,
        String hint,
        List<String> choices,
        String value,
        String former,
        List<String> errors) {
    /** How a member is entered. */
    public enum Kind {
        /** A text, mostly of one line. */
        TEXT,
        /** A number, as it is written. */
        NUMBER,
        /** True, false, or neither. */
        FLAG,
        /** One of some values. */
        CHOICE,
        /** A time of UTC. */
        TIME,
        /** Any JSON. */
        JSON
    }

    public boolean isWrong() {
        return !errors.isEmpty();
    }

    static Kind kind(JsonNode schema) {
        if (schema.path("enum").isArray() && !schema.path("enum").isEmpty()) {
            return Kind.CHOICE;
        }
        return switch (schema.path("type").asText()) {
            case "string" -> Kind.TEXT;
            case "integer", "number" -> Kind.NUMBER;
            case "boolean" -> Kind.FLAG;
            default -> Kind.JSON;
        };
    }
}
