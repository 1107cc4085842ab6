package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The outcome of a batch.
 *
 * @param batchId the batch of the new jobs, or null
 * @param created number of new jobs
 * @param replayed number of jobs that an earlier submit had made
 * @param rejected number of jobs that were not accepted
 * @param items one for each job, in the order of the request
 * @param warnings what the server took for mistakes
 */
public record BatchResult(
        UUID batchId, long created, long replayed, long rejected, List<Item> items, List<Warning> warnings) {
    /**
     * The outcome of one job of a batch.
     *
     * @param index position in the request, from 0
     * @param job the job, or null if it was rejected
     * @param errorCode stable code of the reason for a rejection; else null
     * @param message the problem and its cure; else null
     */
    public record Item(int index, Job job, String errorCode, String message) {
        static Item of(JsonNode json) {
            JsonNode job = Json.value(json, "job");
            return new Item(
                    json.path("index").intValue(),
                    job == null ? null : Job.of(job),
                    Json.text(json.path("error"), "error_code"),
                    Json.text(json.path("error"), "message"));
        }
    }

    static BatchResult of(JsonNode json) {
        List<Item> items = new ArrayList<>();
        json.path("results").forEach(item -> items.add(Item.of(item)));
        String id = Json.text(json, "batch_id");
        return new BatchResult(
                id == null ? null : UUID.fromString(id),
                json.path("created").longValue(),
                json.path("replayed").longValue(),
                json.path("rejected").longValue(),
                List.copyOf(items),
                Warning.of(json));
    }
}
