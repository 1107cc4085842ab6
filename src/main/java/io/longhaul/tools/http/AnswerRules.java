package io.longhaul.tools.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.OutputMode;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.util.Set;

/**
 * Rules that turn an answer into a result or a failure.
 *
 * @param success statuses of a success; empty means 200 to 299
 * @param retryable statuses worth another attempt; empty means 408, 425, 429 and 500 to 599
 * @param output turns the body into the result
 * @param result where in the body's JSON the result is, or null for all of it
 */
record AnswerRules(Set<Integer> success, Set<Integer> retryable, OutputMode output, JsonPointer result) {
    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429);
    private static final Set<Integer> NOT_THERE = Set.of(408, 425, 429, 502, 503, 504);
    private static final Set<Integer> GONE = Set.of(404, 410);
    private static final Set<Integer> BAD_PARAMS = Set.of(400, 422);

    /**
     * Refuses an answer that is not a success.
     *
     * @throws CallFailure with the server's message
     */
    void check(HttpAnswer answer) throws CallFailure {
        int status = answer.status();
        if (isSuccess(status)) {
            return;
        }
        boolean retry = isTransient(status);
        FailureKind kind = NOT_THERE.contains(status)
                ? FailureKind.UNAVAILABLE
                : BAD_PARAMS.contains(status) && !retry ? FailureKind.INVALID_PARAMS : FailureKind.TOOL_ERROR;
        throw new CallFailure(new ToolResult.Failure(
                kind, message(answer), retry, retry ? answer.retryAfter().orElse(null) : null));
    }

    private boolean isSuccess(int status) {
        return success.isEmpty() ? status >= 200 && status < 300 : success.contains(status);
    }

    /** Returns true if the server says that it does not have this, or no longer. */
    boolean isGone(int status) {
        return GONE.contains(status) && !isSuccess(status);
    }

    boolean isTransient(int status) {
        return retryable.isEmpty() ? TRANSIENT.contains(status) || status >= 500 : retryable.contains(status);
    }

    private static String message(HttpAnswer answer) {
        String text = answer.excerpt();
        // Those that are followed do not come here.
        String hint =
                answer.isRedirect() ? " The server redirects: correct the URL, or say follow_redirects: true." : "";
        return answer.request() + " was answered with " + answer.status() + (text.isEmpty() ? "." : ": " + text) + hint;
    }

    /** The result of a success. */
    ToolResult result(HttpAnswer answer) {
        if (result == null) {
            return output.result(answer.text().stripTrailing());
        }
        return at(result, answer.json(), answer);
    }

    static ToolResult at(JsonPointer pointer, JsonNode json, HttpAnswer answer) {
        if (json.isMissingNode()) {
            return ToolResult.failure(
                    FailureKind.TOOL_ERROR,
                    "%s was answered with no JSON that can be read, and result looks for %s in it: %s"
                            .formatted(answer.request(), pointer, answer.excerpt()));
        }
        JsonNode value = json.at(pointer);
        return value.isMissingNode()
                ? ToolResult.failure(
                        FailureKind.TOOL_ERROR,
                        "%s was answered without anything at %s: correct result in the tool's configuration."
                                .formatted(answer.request(), pointer))
                : ToolResult.success(value);
    }
}
