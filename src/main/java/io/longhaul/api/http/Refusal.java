package io.longhaul.api.http;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.jobs.Backlog;
import io.longhaul.jobs.intake.SubmissionRejected;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The reason why a request is not served, and its answer.
 *
 * @param status the HTTP status; differs from the code's status only if the status has no code of its own
 * @param code the kind of error
 * @param message the error and its cure
 * @param tool the requested tool, or null
 * @param errors the wrong members
 * @param allow value of the header {@code Allow}, or null
 * @param backlog the full queue, or null
 */
public record Refusal(
        int status,
        ErrorCode code,
        String message,
        String tool,
        List<FieldError> errors,
        String allow,
        Backlog backlog) {
    /** Errors that are named. A body may have a hundred thousand. */
    static final int MOST_ERRORS = 100;

    /** With the standard message of the code. */
    public static Refusal of(ErrorCode code) {
        return of(code, text(code));
    }

    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code.status(), code, message, null, List.of(), null, null);
    }

    public static Refusal of(ErrorCode code, String message, String tool, List<FieldError> errors) {
        return new Refusal(code.status(), code, message, tool, List.copyOf(errors), null, null);
    }

    /** Translates the rejection of a submission. */
    public static Refusal of(SubmissionRejected rejected, String tool) {
        ErrorCode code = switch (rejected.reason()) {
            case UNKNOWN_TOOL -> ErrorCode.UNKNOWN_TOOL;
            case INVALID_PARAMS -> ErrorCode.INVALID_PARAMS;
            case INVALID_WEBHOOK -> ErrorCode.INVALID_REQUEST;
            case UNKNOWN_PREDECESSOR -> ErrorCode.UNKNOWN_PREDECESSOR;
            case UNKNOWN_FILE -> ErrorCode.UNKNOWN_FILE;
            case IDEMPOTENCY_KEY_REUSED -> ErrorCode.IDEMPOTENCY_KEY_REUSED;
            case OVERLOADED -> ErrorCode.OVERLOADED;
            case QUEUE_FULL -> ErrorCode.QUEUE_FULL;
            case STOPPING -> ErrorCode.SHUTTING_DOWN;
        };
        return of(
                        code,
                        rejected.getMessage(),
                        tool,
                        rejected.fields().stream()
                                .map(f -> new FieldError(f.pointer(), f.message()))
                                .toList())
                .of(rejected.backlog());
    }

    /** Adds the full queue. */
    public Refusal of(Backlog full) {
        return new Refusal(status, code, message, tool, errors, allow, full);
    }

    /** Seconds after which the same request may succeed; 0 if waiting does not help. */
    public long retryAfterSeconds() {
        return backlog == null ? code.retryAfterSeconds() : backlog.untilFree().toSeconds();
    }

    /** Headers of the answer, by name. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (retryAfterSeconds() > 0) {
            headers.put(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds()));
        }
        // The answer depends on who asks: no cache may give it to anyone else.
        if (status == ErrorCode.UNAUTHENTICATED.status() || status == ErrorCode.MISSING_ROLE.status()) {
            headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (allow != null) {
            headers.put(HttpHeaders.ALLOW, allow);
        }
        return headers;
    }

    /** For requests that Jersey or Jetty refused. */
    public static Refusal ofStatus(int status, String allow) {
        ErrorCode code = ErrorCode.ofStatus(status);
        return new Refusal(status, code, text(code), null, List.of(), allow, null);
    }

    /**
     * For a request that takes no answer of the types that there are.
     *
     * @param made the types; none if they are not known
     */
    public static Refusal notAcceptable(List<MediaType> made) {
        String types = made.stream().map(MediaType::toString).distinct().collect(Collectors.joining(" or "));
        return types.isEmpty() || types.equals(MediaType.APPLICATION_JSON)
                ? of(ErrorCode.NOT_ACCEPTABLE)
                : of(ErrorCode.NOT_ACCEPTABLE, "The answer is " + types + ": accept that.");
    }

    /** Sets the allowed methods. */
    public Refusal allowing(String methods) {
        return new Refusal(status, code, message, tool, errors, methods, backlog);
    }

    /** Refuses the request if there are errors. */
    public static void ifAny(List<FieldError> errors, String tool) {
        ofAll(errors, tool).ifPresent(refusal -> {
            throw new RefusedException(refusal);
        });
    }

    /** Empty if there are no errors. */
    public static Optional<Refusal> ofAll(List<FieldError> errors, String tool) {
        if (!errors.isEmpty()) {
            return Optional.of(of(ErrorCode.INVALID_REQUEST, sentence(errors), tool, errors));
        }
        return Optional.empty();
    }

    /** The first of some errors, and how many more there are. */
    static String sentence(List<FieldError> errors) {
        FieldError first = errors.get(0);
        String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        String end = first.message().endsWith("?") && more.isEmpty() ? "" : ".";
        return first.pointer().substring(1) + " " + first.message() + more + end;
    }

    private static String text(ErrorCode code) {
        return switch (code) {
            case NOT_FOUND -> "Nothing was found at this path.";
            case METHOD_NOT_ALLOWED -> "This method is not allowed here; the header Allow names those that are.";
            case NOT_ACCEPTABLE -> "The answer is JSON: accept application/json.";
            case REQUEST_TIMEOUT -> "The request did not arrive in time.";
            case PAYLOAD_TOO_LARGE -> "The request is larger than this server takes.";
            case URI_TOO_LONG -> "The address is longer than this server takes.";
            case UNSUPPORTED_MEDIA_TYPE -> "Send JSON in UTF-8, with Content-Type: application/json.";
            case HEADERS_TOO_LARGE -> "The headers are larger than this server takes.";
            case OVERLOADED -> "The server takes no more requests at the moment. Try again shortly.";
            case INTERNAL_ERROR -> "The server failed. Its log tells more under this trace id.";
            case NOT_IMPLEMENTED -> "The server does not know this method.";
            case SHUTTING_DOWN -> "This node is stopping. Try again.";
            case EXPECTATION_FAILED -> "The server knows Expect: 100-continue only.";
            case UPGRADE_REQUIRED -> "Use HTTP/1.1 here.";
            case HTTP_VERSION_NOT_SUPPORTED -> "The server does not speak this version of HTTP.";
            default -> "The request is not correct.";
        };
    }
}
