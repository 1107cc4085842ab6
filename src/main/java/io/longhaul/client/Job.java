package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/**
 * A job as it stood when the server was asked.
 *
 * @param id its id
 * @param tool name of its tool
 * @param status where it stands
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt began, or null
 * @param completedAt when it ended, or null
 * @param attempt how many attempts have begun
 * @param progress how far it is, or null
 * @param params what the tool is given; null where a list or an event has left it out
 * @param result JSON of any type once completed, else null; null, too, where a list or an event has left it out
 * @param error why it failed, for people; null unless failed
 * @param errorCode why it failed, as a stable code; null unless failed
 * @param traceId W3C trace id of its submit
 * @param json all that the server said, also what this record has no name for
 */
public record Job(
        UUID id,
        String tool,
        JobStatus status,
        Instant createdAt,
        Instant startedAt,
        Instant completedAt,
        int attempt,
        Progress progress,
        JsonNode params,
        JsonNode result,
        String error,
        String errorCode,
        String traceId,
        JsonNode json) {

    /**
     * How far a job is.
     *
     * @param fraction 0.0 to 1.0, or null when unknown
     * @param message what is being done, or null
     * @param updatedAt when that was stored
     */
    public record Progress(Double fraction, String message, Instant updatedAt) {
        static Progress of(JsonNode json) {
            return json.isObject()
                    ? new Progress(
                            json.path("fraction").isNumber()
                                    ? json.path("fraction").doubleValue()
                                    : null,
                            Json.text(json, "message"),
                            Json.time(json, "updated_at"))
                    : null;
        }
    }

    static Job of(JsonNode json) {
        return new Job(
                UUID.fromString(json.path("job_id").textValue()),
                Json.text(json, "tool"),
                JobStatus.of(json.path("status").textValue()),
                Json.time(json, "created_at"),
                Json.time(json, "started_at"),
                Json.time(json, "completed_at"),
                json.path("attempt").intValue(),
                Progress.of(json.path("progress")),
                Json.value(json, "params"),
                Json.value(json, "result"),
                Json.text(json, "error"),
                Json.text(json, "error_code"),
                Json.text(json, "trace_id"),
                json);
    }

    /**
     * The result as a class of yours.
     *
     * @param <T> the class
     * @param type such as a record that Jackson can fill
     * @return null where there is no result
     * @throws IllegalArgumentException if the result does not fit
     */
    public <T> T resultAs(Class<T> type) {
        return result == null ? null : Json.convert(result, type);
    }
}
