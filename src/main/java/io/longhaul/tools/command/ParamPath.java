package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.ToolConfigurationException;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where a placeholder finds its value in the params.
 *
 * @param segments names of nested objects, outermost first
 */
record ParamPath(List<String> segments) {
    private static final Pattern NAME = Pattern.compile("[\\w-]+(\\.[\\w-]+)*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern DOT = Pattern.compile("\\.");

    /** Keywords that let an object have properties beyond those listed. */
    private static final List<String> OPENING = List.of(
            "patternProperties", "additionalProperties", "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if");

    static ParamPath parse(String text, String element) {
        if (!NAME.matcher(text).matches()) {
            throw new ToolConfigurationException(
                    "command element '%s': '%s' is no param's name: write {name} or {outer.inner}, and {{ or }} for a literal brace"
                            .formatted(element, text));
        }
        return new ParamPath(List.of(DOT.split(text)));
    }

    JsonNode in(JsonNode params) {
        JsonNode value = params;
        for (String segment : segments) {
            value = value.path(segment);
        }
        return value;
    }

    /** Refuses a path that no valid params could have, most likely a misspelt one. */
    void checkAgainst(JsonNode schema) {
        JsonNode here = schema;
        for (String segment : segments) {
            if (!mayHave(here, segment)) {
                throw new ToolConfigurationException(
                        "command uses {%s}, but params has no '%s', only %s: correct the name or add it to params"
                                .formatted(this, segment, names(here)));
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
