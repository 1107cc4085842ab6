package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/**
 * An action on all jobs that match a filter, as it was when the server was asked.
 *
 * @param id its id
 * @param kind cancel or retry
 * @param state pending, running, completed or cancelled
 * @param createdAt time when it began
 * @param matched number of its jobs so far
 * @param done number of jobs that were changed
 * @param skipped number of jobs that needed no change, or were gone
 * @param failed number of jobs that could not be changed
 * @param waitsFor why it does not go on at the moment, or null
 * @param json the server's whole answer, with members that this record does not name
 */
public record Operation(
        UUID id,
        String kind,
        String state,
        Instant createdAt,
        long matched,
        long done,
        long skipped,
        long failed,
        String waitsFor,
        JsonNode json) {
    /**
     * A job of an operation.
     *
     * @param jobId the job
     * @param outcome pending, done, skipped or failed
     * @param errorCode why it was skipped or failed, as a stable code, or null
     * @param error the same for people, or null
     * @param newJobId the job that repeats it, or null
     */
    public record Outcome(UUID jobId, String outcome, String errorCode, String error, UUID newJobId) {
        static Outcome of(JsonNode json) {
            String newJob = Json.text(json, "new_job_id");
            return new Outcome(
                    UUID.fromString(Json.text(json, "job_id")),
                    Json.text(json, "outcome"),
                    Json.text(json, "error_code"),
                    Json.text(json, "error_message"),
                    newJob == null ? null : UUID.fromString(newJob));
        }
    }

    static Operation of(JsonNode json) {
        return new Operation(
                UUID.fromString(Json.text(json, "operation_id")),
                Json.text(json, "kind"),
                Json.text(json, "state"),
                Json.time(json, "created_at"),
                json.path("matched").longValue(),
                json.path("done").longValue(),
                json.path("skipped").longValue(),
                json.path("failed").longValue(),
                Json.text(json, "waits_for"),
                json);
    }

    /**
     * Whether nothing more will change.
     *
     * @return true if it is completed or cancelled
     */
    public boolean hasEnded() {
        return state.equals("completed") || state.equals("cancelled");
    }
}
