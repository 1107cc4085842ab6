package io.longhaul.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;

/**
 * What a server answered.
 *
 * @param status the HTTP status
 * @param contentType its media type; empty for none
 * @param retryAfter the header Retry-After; empty for none
 * @param text the body
 */
public record Answer(int status, String contentType, String retryAfter, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer of(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("Retry-After").orElse(""),
                response.body());
    }

    /**
     * The body.
     *
     * @return as JSON
     */
    public JsonNode json() {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + this, e);
        }
    }

    /**
     * A member of the body.
     *
     * @param name the member
     * @return its value as text, or the empty string
     */
    public String field(String name) {
        return json().path(name).asText();
    }
}
