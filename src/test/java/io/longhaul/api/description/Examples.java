package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longhaul.streams.EventStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Makes the examples of the API's description: values of {@code examples.yaml} in the shape of a schema. */
public final class Examples {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonNode TABLE = table();

    private final Function<String, JsonNode> schemas;

    /** Finds schemas by name. */
    Examples(Function<String, JsonNode> schemas) {
        this.schemas = schemas;
    }

    private static JsonNode table() {
        try (InputStream in = Examples.class.getResourceAsStream("/openapi/examples.yaml")) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The example of every member with this name; missing if there is none. */
    public static JsonNode member(String name) {
        return TABLE.path("members").path(name);
    }

    /** The example of an operation's body. */
    JsonNode of(String operation, JsonNode schema) {
        JsonNode own = TABLE.path("operations").path(operation);
        return named(schema).isEmpty() ? value(schema, "", "") : object(named(schema), own);
    }

    /** The example of a body that no record describes. */
    static JsonNode text(String type) {
        return type.equals("application/json")
                ? NODES.objectNode().put("openapi", "3.1.0")
                : required(TABLE.path("texts").path(type), "a body of " + type);
    }

    /** The example of lines or events, with one of each kind. */
    JsonNode lines(String operation, String type, List<ObjectNode> refs) {
        StringBuilder text = new StringBuilder();
        for (JsonNode ref : refs) {
            String json = of(operation, ref).toString();
            text.append(type.equals(EventStreams.MEDIA_TYPE) ? event(named(ref), json) : json + "\n");
        }
        return TextNode.valueOf(text.toString());
    }

    private static String event(String schema, String json) {
        return switch (schema) {
            case "JobProgress" -> "id: 1.running.1\nevent: progress\ndata: " + json + "\n\n";
            case "JobLogLine" -> "id: 1.running.1\nevent: log\ndata: " + json + "\n\n";
            case "JobStreamEnd" -> "id: 1.completed.1\nevent: end\ndata: " + json + "\n\n";
            default -> "id: 1.running.0\nevent: state\ndata: " + json + "\n\n";
        };
    }

    private static String named(JsonNode schema) {
        return schema.path("$ref").asText().replaceFirst(".*/", "");
    }

    private ObjectNode object(String name, JsonNode own) {
        JsonNode schema = schemas.apply(name);
        JsonNode shape = TABLE.path("shapes").path(name);
        Set<String> shown = new HashSet<>();
        schema.path("required").forEach(member -> shown.add(member.asText()));
        shape.fieldNames().forEachRemaining(shown::add);
        own.fieldNames().forEachRemaining(shown::add);
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
            String key = member.getKey();
            if (shown.contains(key)) {
                JsonNode given = own.has(key) ? own.get(key) : shape.path(key);
                object.set(
                        key,
                        given.isMissingNode() ? value(member.getValue(), name, key) : given(given, member.getValue()));
            }
        }
        return object;
    }

    /** An empty object in the examples means a complete one of its schema. */
    private JsonNode given(JsonNode given, JsonNode schema) {
        return given.isObject() && given.isEmpty() && schema.has("$ref") ? of("", schema) : given;
    }

    private JsonNode value(JsonNode schema, String owner, String name) {
        if (schema.has("$ref")) {
            return object(named(schema), NODES.missingNode());
        }
        if (schema.has("anyOf")) {
            return isNullable(schema)
                    ? NullNode.instance
                    : value(schema.get("anyOf").get(0), owner, name);
        }
        if (isNullable(schema)) {
            return NullNode.instance;
        }
        if (schema.has("items") && schema.get("items").has("$ref")) {
            return NODES.arrayNode().add(value(schema.get("items"), owner, name));
        }
        if (!member(name).isMissingNode()) {
            return member(name);
        }
        if (schema.has("default")) {
            return schema.get("default");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(0);
        }
        return plain(schema, owner + "." + name);
    }

    private static boolean isNullable(JsonNode schema) {
        if (schema.path("type") instanceof ArrayNode types) {
            return types.toString().contains("\"null\"");
        }
        return schema.path("anyOf").toString().contains("{\"type\":\"null\"}");
    }

    private static JsonNode plain(JsonNode schema, String place) {
        return switch (schema.path("type").asText()) {
            case "boolean" -> NODES.booleanNode(false);
            case "integer", "number" -> NODES.numberNode(schema.path("minimum").asInt());
            case "array" -> NODES.arrayNode();
            case "object" -> NODES.objectNode();
            default -> required(NODES.missingNode(), place);
        };
    }

    private static JsonNode required(JsonNode value, String place) {
        if (value.isMissingNode()) {
            throw new AssertionError("no example of " + place + ": add it to src/test/resources/openapi/examples.yaml");
        }
        return value;
    }
}
