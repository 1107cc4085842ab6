package io.longhaul.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.util.Locale;

/** An answer of the server under test. */
public record Answer(int status, java.net.http.HttpHeaders headers, String body) {
    private static final ObjectMapper JSON = JsonMapper.builder(longNumbers())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Accepts numbers with as many digits as PostgreSQL stores. */
    static JsonFactory longNumbers() {
        return JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNumberLength(150_000).build())
                .build();
    }

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    /** The body, or its member at a JSON Pointer. */
    public JsonNode json(String pointer) {
        try {
            return JSON.readTree(body).at(pointer);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + body, e);
        }
    }

    public JsonNode json() {
        return json("");
    }

    /** A job as lists and answers to submits show it, which do not tell why it waits. */
    JsonNode asSubmitted() {
        return ((ObjectNode) json()).without("waiting");
    }

    public String text(String pointer) {
        return json(pointer).asText();
    }

    public String header(String name) {
        return headers.firstValue(name.toLowerCase(Locale.ROOT)).orElse(null);
    }
}
