package io.longhaul.tools.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The place in the params from which a placeholder takes its value.
 *
 * @param segments names of nested objects, outermost first
 */
public record ParamPath(List<String> segments) {
    private static final Pattern NAME = Pattern.compile("[\\w-]+(\\.[\\w-]+)*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern DOT = Pattern.compile("\\.");

    /** Keywords that allow properties beyond those listed. */
    private static final List<String> OPENING = List.of(
            "patternProperties", "additionalProperties", "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if");

    /** Reads the text between the braces of a placeholder. */
    static ParamPath parse(String text, String where, String element) {
        if (!NAME.matcher(text).matches()) {
            throw new ToolConfigurationException(
                    "%s '%s': '%s' is no param's name: write {name} or {outer.inner}, and {{ or }} for a literal brace"
                            .formatted(where, element, text));
        }
        return new ParamPath(List.of(DOT.split(text)));
    }

    /** The value at this place, or a missing node. */
    public JsonNode in(JsonNode params) {
        JsonNode value = params;
        for (String segment : segments) {
            value = value.path(segment);
        }
        return value;
    }

    /**
     * Refuses a path that no valid params could have, most likely a misspelt one.
     *
     * @param setting names the setting in the message
     * @param schema JSON Schema of the params
     * @throws ToolConfigurationException if there can be no such param
     */
    public void checkAgainst(String setting, JsonNode schema) {
        JsonNode here = schema;
        for (String segment : segments) {
            if (!mayHave(here, segment)) {
                throw new ToolConfigurationException(
                        "%s uses {%s}, but params has no '%s', only %s: correct the name or add it to params"
                                .formatted(setting, this, segment, names(here)));
            }
            here = here.path("properties").path(segment);
        }
    }

    private static boolean mayHave(JsonNode schema, String property) {
        if (schema.path("properties").has(property)) {
            return true;
        }
        JsonNode additional = schema.path("additionalProperties");
        if (additional.isBoolean() && !additional.booleanValue() && !schema.has("patternProperties")) {
            return false;
        }
        return !schema.has("properties") || OPENING.stream().anyMatch(schema::has);
    }

    private static TreeSet<String> names(JsonNode schema) {
        TreeSet<String> names = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Override
    public String toString() {
        return String.join(".", segments);
    }
}
