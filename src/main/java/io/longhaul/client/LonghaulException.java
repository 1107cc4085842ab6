package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The server refused a request, and repeating it was pointless, or did not help in time. */
public class LonghaulException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String errorCode;
    private final String traceId;
    private final Duration retryAfter;
    private final transient List<FieldError> errors;
    private boolean outcomeUnknown;

    /**
     * A part of the request that is wrong.
     *
     * @param pointer JSON Pointer into the body, or {@code /name} for a query parameter
     * @param message the problem
     */
    public record FieldError(String pointer, String message) {}

    LonghaulException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
        this.errorCode = null;
        this.traceId = null;
        this.retryAfter = null;
        this.errors = List.of();
    }

    private LonghaulException(int status, JsonNode problem, String message, Duration retryAfter) {
        super(message);
        this.status = status;
        this.errorCode = Json.text(problem, "error_code");
        this.traceId = Json.text(problem, "trace_id");
        this.retryAfter = retryAfter;
        List<FieldError> places = new ArrayList<>();
        problem.path("errors")
                .forEach(e -> places.add(new FieldError(Json.text(e, "pointer"), Json.text(e, "message"))));
        this.errors = List.copyOf(places);
    }

    static LonghaulException of(int status, String body, Duration retryAfter) {
        JsonNode problem = Json.objectIn(body).orElseGet(Json::object);
        String message = Json.text(problem, "message");
        return new LonghaulException(
                status, problem, message == null ? "The server answered " + status + "." : message, retryAfter);
    }

    /** The HTTP status; 0 if there was no answer. */
    public int status() {
        return status;
    }

    /** The problem as a stable code such as {@code INVALID_PARAMS}; null if the answer did not come from Longhaul. */
    public String errorCode() {
        return errorCode;
    }

    /** The trace id by which the server's log names the request; null if the answer did not come from Longhaul. */
    public String traceId() {
        return traceId;
    }

    /** The time after which the server expects that the same request may succeed; null if it gave none. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Whether the server may have done what it was asked: a request that was sent, this one or one before it that it repeated,
     * had no answer that says.
     */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    LonghaulException outcomeUnknown(boolean unknown) {
        this.outcomeUnknown = unknown;
        return this;
    }

    /** The wrong parts of the request; empty if no single part is wrong. */
    public List<FieldError> errors() {
        return errors == null ? List.of() : errors;
    }
}
