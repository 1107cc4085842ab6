package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A question of a job's tool.
 *
 * @param key names it within the job
 * @param message what people are asked
 * @param schema JSON Schema of the answer, or null if any JSON is right
 * @param askedAt when it was first asked
 * @param expiresAt until when it can be answered
 * @param action what somebody did with it: {@code accept}, {@code decline} or {@code cancel}; null without an answer
 * @param content the answer; null unless the action is {@code accept}
 * @param answeredBy who answered, or null
 */
public record Input(
        String key,
        String message,
        JsonNode schema,
        Instant askedAt,
        Instant expiresAt,
        String action,
        JsonNode content,
        String answeredBy) {
    static Input of(JsonNode json) {
        return new Input(
                Json.text(json, "key"),
                Json.text(json, "message"),
                Json.value(json, "schema"),
                Json.time(json, "asked_at"),
                Json.time(json, "expires_at"),
                Json.text(json.path("answer"), "action"),
                Json.value(json.path("answer"), "content"),
                Json.text(json, "answered_by"));
    }

    /**
     * Whether somebody has answered or refused.
     *
     * @return false while the job waits for it
     */
    public boolean isAnswered() {
        return action != null;
    }
}
