package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A job to submit: a tool, its params, and options. Each method gives a new request, so one may be shared. */
public final class JobRequest {
    private final ObjectNode body;

    private JobRequest(ObjectNode body) {
        this.body = body;
    }

    /** A job without params. */
    public static JobRequest of(String tool) {
        return new JobRequest(Json.object().put("tool", tool));
    }

    /** A job with params: a Map, a record, a JsonNode, or anything that Jackson can write. */
    public static JobRequest of(String tool, Object params) {
        return of(tool).with("params", Json.of(params));
    }

    /**
     * Makes repeated submits with the same key, of 1 to 255 characters, create one job, also from other programs.
     * Without a key the client makes a new one for each submit.
     */
    public JobRequest idempotencyKey(String key) {
        return with("idempotency_key", Json.of(key));
    }

    /** Sets the priority: 0 to 10; 10 runs first. */
    public JobRequest priority(int priority) {
        return with("priority", Json.of(priority));
    }

    /** Lets the job start at this time of the server's clock at the earliest. */
    public JobRequest runAt(Instant time) {
        return with("run_at", Json.of(time.toString()));
    }

    /** Limits the duration of one attempt, in whole seconds; parts of one are cut off. */
    public JobRequest timeout(Duration timeout) {
        return with("timeout_seconds", Json.of(timeout.toSeconds()));
    }

    /**
     * Fails the job with {@code EXPIRED} if its first attempt has not begun in this time, in whole seconds; parts of one are
     * cut off. Without it, a job waits for as long as it must.
     */
    public JobRequest startWithin(Duration limit) {
        return with("start_within_seconds", Json.of(limit.toSeconds()));
    }

    /** Limits the number of attempts, from 1 on. */
    public JobRequest maxAttempts(int attempts) {
        return with("max_attempts", Json.of(attempts));
    }

    /** Sets how long the job is kept after its end, in whole hours; parts of one are cut off. */
    public JobRequest keptFor(Duration ttl) {
        return with("ttl_hours", Json.of(ttl.toHours()));
    }

    /** Makes jobs with the same key, of 1 to 255 characters, run one after the other. */
    public JobRequest concurrencyKey(String key) {
        return with("concurrency_key", Json.of(key));
    }

    /** Shares the capacity of the tool fairly among keys of 1 to 255 characters, such as tenants. */
    public JobRequest fairnessKey(String key) {
        return with("fairness_key", Json.of(key));
    }

    /** Makes the job wait until other jobs have completed. */
    public JobRequest after(UUID... jobs) {
        ArrayNode ids = body.arrayNode();
        for (UUID job : jobs) {
            ids.add(job.toString());
        }
        return with("after", ids);
    }

    /** Sets any other member of the request, named as in the API. */
    public JobRequest with(String name, JsonNode value) {
        ObjectNode changed = body.deepCopy();
        changed.set(name, value);
        return new JobRequest(changed);
    }

    String keyOr(String other) {
        return body.path("idempotency_key").asText(other);
    }

    ObjectNode body() {
        return body;
    }
}
