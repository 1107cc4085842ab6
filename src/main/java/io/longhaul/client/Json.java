package io.longhaul.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads and writes JSON with every digit of its numbers. */
final class Json {
    /** More digits than PostgreSQL stores, before and after the point. */
    private static final int MOST_DIGITS = 150_000;

    /** The server bounds what it stores, and a page of jobs has that some levels deeper. */
    private static final int DEEPEST = 2_000;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(MOST_DIGITS)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode read(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** A proxy in front of the server may answer with something that is not JSON. */
    static Optional<JsonNode> objectIn(String text) {
        try {
            return Optional.ofNullable(MAPPER.readTree(text)).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    static String write(JsonNode json) {
        return json.toString();
    }

    /** @throws IllegalArgumentException for what JSON has no number for, such as NaN; Jackson would write it as a text */
    static JsonNode of(Object value) {
        JsonNode json = MAPPER.valueToTree(value);
        requireFinite(json);
        return json;
    }

    private static void requireFinite(JsonNode json) {
        if ((json.isDouble() || json.isFloat()) && !Double.isFinite(json.doubleValue())) {
            throw new IllegalArgumentException("JSON has no number " + json.doubleValue() + ".");
        }
        json.forEach(Json::requireFinite);
    }

    static <T> T convert(JsonNode json, Class<T> type) {
        return MAPPER.convertValue(json, type);
    }

    static String text(JsonNode json, String name) {
        return json.path(name).textValue();
    }

    static Instant time(JsonNode json, String name) {
        String text = text(json, name);
        return text == null ? null : OffsetDateTime.parse(text).toInstant();
    }

    static JsonNode value(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isMissingNode() || value.isNull() ? null : value;
    }
}
