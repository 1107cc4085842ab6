package io.longhaul.tools;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longhaul.tools.params.Storable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * A line of a tool's output that is meant for the server: one JSON object with one of the names below and no other. Any
 * other line, also an object that has such a name among others, is ordinary output.
 */
public sealed interface ProtocolLine {
    /**
     * <code>{"progress": 0.4, "message": "..."}</code>.
     *
     * @param fraction 0 to 1, NaN for unknown
     * @param message null if absent
     */
    record Progress(double fraction, String message) implements ProtocolLine {}

    /**
     * <code>{"log": "..."}</code>.
     *
     * @param text may have several lines
     */
    record Log(String text) implements ProtocolLine {}

    /**
     * <code>{"result": any JSON}</code>.
     *
     * @param json the value's own text, so that every digit stays
     */
    record Result(String json) implements ProtocolLine {}

    /**
     * <code>{"error": {"message": "...", "retryable": false}}</code> or <code>{"error": "..."}</code>. An object without
     * a message that is text fails the job, too.
     *
     * @param message says as well what the object should not hold
     * @param retryable null if absent, or neither true nor false
     */
    record Failed(String message, Boolean retryable) implements ProtocolLine {}

    /**
     * <code>{"ask": {"key": "...", "message": "..."}}</code>, and more members that {@link Questions} knows.
     *
     * @param question its members, as they were sent
     */
    record Ask(JsonNode question) implements ProtocolLine {}

    /**
     * Reads a line.
     *
     * @param line a line of output, from its opening brace
     * @return empty if it is ordinary output
     */
    static Optional<ProtocolLine> parse(String line) {
        try {
            return Parsing.parse(line);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Reads lines; a class of its own because an interface cannot have private classes. */
    final class Parsing {
        private static final ObjectReader JSON = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .reader();
        private static final Set<String> SMALL = Set.of("progress", "message", "log", "error", "ask");

        private Parsing() {}

        private static Optional<ProtocolLine> parse(String line) throws IOException {
            String first = firstName(line);
            if ("result".equals(first)) {
                return result(line);
            }
            return first != null && SMALL.contains(first) ? small(JSON.readTree(line)) : Optional.empty();
        }

        private static String firstName(String line) throws IOException {
            try (JsonParser parser = Storable.syntaxParser(line)) {
                parser.nextToken();
                return parser.nextFieldName();
            }
        }

        private static Optional<ProtocolLine> result(String line) throws IOException {
            try (JsonParser parser = Storable.syntaxParser(line)) {
                parser.nextToken();
                parser.nextToken();
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int end = (int) parser.currentLocation().getCharOffset();
                boolean alone = parser.nextToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
                return alone ? Optional.of(new Result(line.substring(start, end).strip())) : Optional.empty();
            }
        }

        private static Optional<ProtocolLine> small(JsonNode object) {
            if (hasOnly(object, "log") && object.get("log").isTextual()) {
                return Optional.of(new Log(object.get("log").textValue()));
            }
            if (hasOnly(object, "progress") || hasOnly(object, "progress", "message")) {
                return progress(object.get("progress"), object.path("message"));
            }
            if (hasOnly(object, "ask") && object.get("ask").isObject()) {
                return Optional.of(new Ask(object.get("ask")));
            }
            return hasOnly(object, "error") ? failed(object.get("error")) : Optional.empty();
        }

        private static Optional<ProtocolLine> progress(JsonNode fraction, JsonNode message) {
            boolean said = fraction.isNumber() || fraction.isNull();
            boolean text = message.isTextual() || message.isNull() || message.isMissingNode();
            return said && text
                    ? Optional.of(new Progress(fraction.asDouble(Double.NaN), message.textValue()))
                    : Optional.empty();
        }

        private static Optional<ProtocolLine> failed(JsonNode error) {
            if (error.isTextual()) {
                return Optional.of(new Failed(error.textValue(), null));
            }
            return error.isObject() ? Optional.of(failed(error.path("message"), error)) : Optional.empty();
        }

        private static Failed failed(JsonNode message, JsonNode error) {
            JsonNode retryable = error.path("retryable");
            String said = message.isTextual()
                    ? message.textValue()
                    : "The tool reported an error whose message is no text: " + error;
            if (retryable.isBoolean()) {
                return new Failed(said, retryable.booleanValue());
            }
            boolean absent = retryable.isMissingNode() || retryable.isNull();
            return new Failed(
                    absent ? said : said + " (its retryable is " + retryable + ", neither true nor false)", null);
        }

        private static boolean hasOnly(JsonNode object, String... names) {
            return object.size() == names.length && Set.of(names).stream().allMatch(object::has);
        }
    }
}
