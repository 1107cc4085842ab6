package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.settings.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The body of a request. */
sealed interface BodyTemplate {
    /** Its media type; null without a body. */
    default String type() {
        return null;
    }

    /** Its text; null without a body. */
    default String fill(PlaceholderValues values) {
        return null;
    }

    /** The params that placeholders in it name. */
    default Stream<ParamPath> paths() {
        return Stream.empty();
    }

    record None() implements BodyTemplate {}

    /** The params as submitted. */
    record Params() implements BodyTemplate {
        @Override
        public String type() {
            return "application/json";
        }

        @Override
        public String fill(PlaceholderValues values) {
            return values.paramsJson();
        }
    }

    record Form(FieldTemplates fields) implements BodyTemplate {
        @Override
        public String type() {
            return "application/x-www-form-urlencoded";
        }

        @Override
        public String fill(PlaceholderValues values) {
            return FieldTemplates.encoded(fields.fill(values));
        }

        @Override
        public Stream<ParamPath> paths() {
            return fields.paths();
        }
    }

    /**
     * JSON whose strings may hold placeholders. A string that is one placeholder becomes the param's own JSON; a member
     * or element is left out when a param it names is absent.
     */
    record Json(JsonNode template) implements BodyTemplate {
        @Override
        public String type() {
            return "application/json";
        }

        @Override
        public String fill(PlaceholderValues values) {
            JsonNode filled = fill(template, values);
            return filled.isMissingNode() ? "null" : filled.toString();
        }

        private static JsonNode fill(JsonNode node, PlaceholderValues values) {
            if (node instanceof ObjectNode object) {
                ObjectNode filled = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(member -> {
                    JsonNode value = fill(member.getValue(), values);
                    if (!value.isMissingNode()) {
                        filled.set(member.getKey(), value);
                    }
                });
                return filled;
            }
            if (node instanceof ArrayNode array) {
                ArrayNode filled = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> {
                    JsonNode value = fill(element, values);
                    if (!value.isMissingNode()) {
                        filled.add(value);
                    }
                });
                return filled;
            }
            return node.isTextual() ? text(parsed(node.textValue()), values) : node;
        }

        private static JsonNode text(Template template, PlaceholderValues values) {
            if (template.isPlaceholder()) {
                JsonNode value = template.paths().findFirst().orElseThrow().in(values.tree());
                return Template.isAbsent(value) ? MissingNode.getInstance() : value;
            }
            List<String> filled = template.fill(values.tree());
            return filled.isEmpty() ? MissingNode.getInstance() : TextNode.valueOf(filled.get(0));
        }

        private static Template parsed(String text) {
            return Template.parse("body element", text);
        }

        @Override
        public Stream<ParamPath> paths() {
            List<ParamPath> paths = new ArrayList<>();
            collect(template, paths);
            return paths.stream();
        }

        private static void collect(JsonNode node, List<ParamPath> paths) {
            node.forEach(child -> collect(child, paths));
            if (node.isTextual()) {
                parsed(node.textValue()).paths().forEach(paths::add);
            }
        }
    }
}
