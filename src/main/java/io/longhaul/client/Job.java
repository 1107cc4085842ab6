package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The state of a job when the server was asked.
 *
 * @param id its id
 * @param tool name of its tool
 * @param status its status
 * @param createdAt time when it was accepted
 * @param startedAt begin of the latest attempt, or null
 * @param completedAt its end, or null
 * @param attempt number of attempts begun
 * @param progress latest progress, or null
 * @param params input of the tool; null if a list or an event left it out
 * @param result JSON of any type once completed, else null; also null if a list or an event left it out
 * @param error reason of the failure, for people; null unless failed
 * @param errorCode reason of the failure, as a stable code; null unless failed
 * @param traceId W3C trace id of its submit
 * @param json the server's whole answer, with members that this record does not name
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
     * Progress of a job.
     *
     * @param fraction 0.0 to 1.0, or null if unknown
     * @param message current work, or null
     * @param updatedAt time when it was stored
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
     * Whether its tool has asked something that nobody has answered; {@link LonghaulClient#inputs} shows what.
     *
     * @return false for servers that know no questions
     */
    public boolean isWaitingForInput() {
        return json.path("waiting_for_input").asBoolean();
    }

    /** What the server took for mistakes in the request that made the job. */
    public List<Warning> warnings() {
        return Warning.of(json);
    }

    /**
     * Converts the result to a Java class.
     *
     * @param <T> the class
     * @param type such as a record that Jackson can fill
     * @return null if there is no result
     * @throws IllegalArgumentException if the result does not fit
     */
    public <T> T resultAs(Class<T> type) {
        return result == null ? null : Json.convert(result, type);
    }
}
