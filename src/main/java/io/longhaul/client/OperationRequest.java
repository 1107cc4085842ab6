package io.longhaul.client;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** An operation to begin. Each method gives a new request. */
public final class OperationRequest {
    private final ObjectNode body;
    private final String key;

    private OperationRequest(ObjectNode body, String key) {
        this.body = body;
        this.key = key;
    }

    /** Cancels pending and running jobs that match. */
    public static OperationRequest cancel(JobFilter filter) {
        return of("cancel", filter);
    }

    /** Repeats failed jobs that match, or those of the filter's statuses, as new jobs. */
    public static OperationRequest retry(JobFilter filter) {
        return of("retry", filter);
    }

    private static OperationRequest of(String kind, JobFilter filter) {
        ObjectNode body = Json.object().put("kind", kind);
        body.set("filter", filter.body());
        return new OperationRequest(body, null);
    }

    /** Says that a filter with nothing but statuses is meant. */
    public OperationRequest all() {
        return new OperationRequest(body.deepCopy().put("all", true), key);
    }

    /** Begins the same operation however often it is sent. */
    public OperationRequest idempotencyKey(String text) {
        return new OperationRequest(body, text);
    }

    ObjectNode body() {
        return body.deepCopy();
    }

    String keyOr(String other) {
        return key == null ? other : key;
    }
}
