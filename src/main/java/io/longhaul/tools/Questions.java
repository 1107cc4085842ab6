package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import java.time.Duration;
import java.util.Set;

/** Questions and answers as JSON, in the form in which programs and workers send and receive them. */
public final class Questions {
    private static final Set<String> MEMBERS = Set.of("key", "message", "schema", "timeout_seconds", "mcp");
    private static final long LONGEST_SECONDS = 365L * 24 * 3600;

    private Questions() {}

    /**
     * Reads {@code {key, message, schema, timeout_seconds, mcp}}, of which only key and message must be there.
     *
     * @throws IllegalArgumentException if it is no question; the message says why
     */
    public static Question read(JsonNode json) {
        json.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("A question has no member \"" + Storable.text(name) + "\", only "
                        + MEMBERS.stream().sorted().toList() + ".");
            }
        });
        return new Question(
                text(json, "key"),
                text(json, "message"),
                schema(json.get("schema")),
                timeout(json.path("timeout_seconds")),
                mcp(json.get("mcp")));
    }

    private static String text(JsonNode json, String name) {
        if (!json.path(name).isTextual()) {
            throw new IllegalArgumentException("A question needs the member \"" + name + "\", a text.");
        }
        return Storable.text(json.path(name).textValue());
    }

    private static JsonNode schema(JsonNode schema) {
        if (schema == null || schema.isNull()) {
            return null;
        }
        if (!schema.isObject()) {
            throw new IllegalArgumentException("The schema of a question must be an object.");
        }
        return schema;
    }

    private static Duration timeout(JsonNode seconds) {
        if (seconds.isMissingNode() || seconds.isNull()) {
            return null;
        }
        if (!seconds.isNumber() || seconds.asDouble() < 1 || seconds.asDouble() > LONGEST_SECONDS) {
            throw new IllegalArgumentException(
                    "The timeout_seconds of a question must be a number from 1 to " + LONGEST_SECONDS + ".");
        }
        return Duration.ofMillis((long) (seconds.asDouble() * 1000));
    }

    private static JsonNode mcp(JsonNode request) {
        if (request == null || request.isNull()) {
            return null;
        }
        boolean fits = request.path("method").isTextual()
                && (!request.has("params") || request.path("params").isObject());
        if (!fits) {
            throw new IllegalArgumentException("The mcp of a question must be {\"method\": ..., \"params\": {...}}.");
        }
        return request;
    }

    /** Writes {@code {key, action, content}}. */
    public static ObjectNode written(String key, Answer answer) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", key).put("action", answer.action().label());
        if (answer.isAccepted()) {
            json.set("content", answer.content());
        }
        return json;
    }
}
