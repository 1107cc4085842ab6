package io.longhaul.console.forms;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One member, as the form shows it.
 *
 * @param id of its input, unlike all others on the page
 * @param input name of its input
 * @param name what people call it
 * @param kind how it is entered
 * @param required whether it must be given
 * @param hint its description and bounds, or null
 * @param choices the possible values as JSON, with their words; empty for any
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
        Map<String, String> choices,
        String value,
        String former,
        List<String> errors) {
    private static final String CONSTANT = "const";

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

    /** The only values that a schema allows, as JSON, with their words; empty if it has no list of them. */
    static Map<String, String> choices(JsonNode schema) {
        Map<String, String> choices = new LinkedHashMap<>();
        schema.path("enum").forEach(choice -> choices.put(choice.toString(), words(choice)));
        for (String several : List.of("oneOf", "anyOf")) {
            boolean areConstants = schema.path(several).valueStream().allMatch(one -> one.has(CONSTANT));
            if (choices.isEmpty() && areConstants) {
                schema.path(several).forEach(one -> put(one, choices));
            }
        }
        if (choices.isEmpty() && schema.has(CONSTANT)) {
            put(schema, choices);
        }
        return choices;
    }

    private static void put(JsonNode constant, Map<String, String> choices) {
        JsonNode value = constant.get(CONSTANT);
        choices.put(value.toString(), constant.path("title").asText(words(value)));
    }

    private static String words(JsonNode value) {
        return value.isTextual() ? value.asText() : value.toString();
    }

    static Kind kind(JsonNode schema) {
        if (!choices(schema).isEmpty()) {
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
