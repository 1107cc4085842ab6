package io.longhaul.api.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.longhaul.jobs.Backlog;
import io.longhaul.tools.params.Storable;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Every error has this shape (RFC 9457, {@code application/problem+json}), with the members that clients of the predecessor
 * know.
 *
 * @param type always {@code about:blank}: use {@code error_code} to tell problems apart
 * @param title the status in words
 * @param status the HTTP status
 * @param detail the error and its cure, for people
 * @param instance the request's path
 * @param ok always false
 * @param errorCode stable code
 * @param message the same as detail
 * @param traceId the trace id to look for in the server's log
 * @param tool the requested tool, or null
 * @param errors the wrong members; empty if the error is not in single members
 * @param queueDepth number of jobs in a full queue; left out of other problems
 * @param estimatedWaitMs expected wait in a full queue, or null if unknown; left out of other problems
 * @param warnings members of the request that no request has, with what was probably meant; left out if there are none
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonPropertyOrder({
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "ok",
    "error_code",
    "message",
    "trace_id",
    "tool",
    "errors"
})
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        boolean ok,
        String errorCode,
        String message,
        String traceId,
        String tool,
        List<FieldError> errors,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer queueDepth,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode estimatedWaitMs,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> warnings) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /** Limits the text of the request that an error repeats. */
    private static final int LONGEST_ECHO = 300;

    /**
     * A wrong member.
     *
     * @param pointer JSON Pointer (RFC 6901) into the body, or {@code /name} for a query parameter
     * @param message the error there
     */
    public record FieldError(String pointer, String message) {}

    /** The answer to a request. Its unknown members are named: one of them may be what the request lacks. */
    public static Problem of(Refusal refusal, HttpServletRequest request) {
        return of(refusal, UnknownMembers.explaining(refusal, request), request.getRequestURI(), Trace.in(request));
    }

    /** The answer to what is no request that was read. */
    public static Problem of(Refusal refusal, String path, Trace trace) {
        return of(refusal, List.of(), path, trace);
    }

    private static Problem of(Refusal refusal, List<FieldError> warnings, String path, Trace trace) {
        String message = clean(refusal.message() + (warnings.isEmpty() ? "" : " " + Refusal.sentence(warnings)));
        return new Problem(
                "about:blank",
                title(refusal.status()),
                refusal.status(),
                message,
                cut(path),
                false,
                refusal.code().name(),
                message,
                trace.traceId(),
                cut(refusal.tool()),
                clean(refusal.errors()),
                refusal.backlog() == null ? null : refusal.backlog().depth(),
                refusal.backlog() == null ? null : wait(refusal.backlog()),
                clean(warnings));
    }

    private static List<FieldError> clean(List<FieldError> errors) {
        return errors.stream()
                .map(e -> new FieldError(clean(e.pointer()), clean(e.message())))
                .toList();
    }

    /** JSON null if the time is unknown. */
    private static JsonNode wait(Backlog full) {
        return full.expected() == null
                ? NullNode.instance
                : LongNode.valueOf(full.expected().toMillis());
    }

    /** The phrases of RFC 9110; Jetty's phrase for 500 differs. */
    private static String title(int status) {
        return status == HttpStatus.INTERNAL_SERVER_ERROR_500 ? "Internal Server Error" : HttpStatus.getMessage(status);
    }

    /** An unpaired surrogate cannot be written as UTF-8. */
    private static String clean(String text) {
        return Storable.text(text);
    }

    private static String cut(String text) {
        return text == null ? null : clean(text.length() > LONGEST_ECHO ? text.substring(0, LONGEST_ECHO) : text);
    }
}
