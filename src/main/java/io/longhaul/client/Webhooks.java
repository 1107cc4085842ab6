package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Endpoints that are told of the ends of jobs, shown as the HTTP API shows them. {@link WebhookMessage#verify} checks what
 * they receive.
 */
public final class Webhooks {
    private static final String PATH = "/v1/webhooks";

    private final LonghaulClient client;

    Webhooks(LonghaulClient client) {
        this.client = client;
    }

    /**
     * Makes an endpoint. Its {@code secret} is in this answer and never again.
     *
     * @param options other members of {@code POST /v1/webhooks}, such as {@code events} and {@code tools}
     * @throws LonghaulException if it is refused
     */
    public JsonNode create(String url, Map<String, ?> options) {
        ObjectNode body = Json.object().put("url", url);
        options.forEach((option, value) -> body.set(option, Json.of(value)));
        return client.send("POST", PATH, body);
    }

    /** Lists endpoints. Pages are fetched as the stream is read. */
    public Stream<JsonNode> list() {
        return client.pages(PATH + "?limit=100", "webhooks");
    }

    /** Gets an endpoint. */
    public JsonNode get(UUID id) {
        return client.send("GET", path(id), null);
    }

    /** Changes the members that are named. */
    public JsonNode update(UUID id, Map<String, ?> changes) {
        return client.send("PATCH", path(id), Json.of(changes));
    }

    /** Lets messages wait. */
    public JsonNode pause(UUID id) {
        return client.send("POST", path(id) + "/pause", null);
    }

    /** Sends messages again, those that have waited too. */
    public JsonNode resume(UUID id) {
        return client.send("POST", path(id) + "/resume", null);
    }

    /** Sends the event {@code webhook.test}. */
    public JsonNode test(UUID id) {
        return client.send("POST", path(id) + "/test", null);
    }

    /**
     * Makes a new secret, which is in this answer and never again.
     *
     * @param graceHours how long messages are also signed with the old one
     */
    public JsonNode rotateSecret(UUID id, int graceHours) {
        return client.send("POST", path(id) + "/rotate-secret", Json.object().put("grace_hours", graceHours));
    }

    /** Lists messages to an endpoint, with each attempt. Pages are fetched as the stream is read. */
    public Stream<JsonNode> deliveries(UUID id) {
        return client.pages(path(id) + "/deliveries?limit=100", "deliveries");
    }

    /** Removes an endpoint and its messages. */
    public void delete(UUID id) {
        client.send("DELETE", path(id), null);
    }

    private static String path(UUID id) {
        return PATH + "/" + id;
    }
}
