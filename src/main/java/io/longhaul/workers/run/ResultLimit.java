package io.longhaul.workers.run;

import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.params.Storable.NotStorableException;
import io.longhaul.tools.params.Storable.TooLongException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.charset.StandardCharsets;

/**
 * The check that every result passes before it is stored, and the limit of its size ({@code max_result} of the tool).
 *
 * @param maxBytes largest result, in bytes of JSON text
 */
public record ResultLimit(long maxBytes) {
    /** A message is for people, stands in lists, and is kept once more for each attempt. */
    private static final int LONGEST_ERROR = 8_000;

    private static final String NO_REASON = "The tool gave no reason.";

    /** The limit of a tool's results. */
    public static ResultLimit of(ToolPolicy policy) {
        return new ResultLimit(policy.maxResultBytes());
    }

    /**
     * Makes an answer storable: within the size limit, one JSON value, NUL characters and lone surrogates replaced by
     * U+FFFD. The message of a failure is cut if it is long.
     *
     * @param result the tool's answer, or null
     * @return the answer, or the failure that says why it cannot be stored
     */
    public ToolResult storable(ToolResult result) {
        if (result instanceof ToolResult.Success success) {
            return storableSuccess(success);
        }
        if (result instanceof ToolResult.Failure failure) {
            return new ToolResult.Failure(
                    failure.kind(), error(failure.message()), failure.retryable(), failure.retryAfter());
        }
        return ToolResult.failure(FailureKind.TOOL_ERROR, "The tool answered nothing: a bug in the tool.");
    }

    /** Makes the message of a failure storable; a failure always has one. */
    static String error(String message) {
        return message == null || message.isBlank() ? NO_REASON : Storable.text(message, LONGEST_ERROR);
    }

    private ToolResult storableSuccess(ToolResult.Success success) {
        String json = success.json();
        if (isExceededBy(json)) {
            return tooLarge();
        }
        try {
            String clean = Storable.json(json, maxBytes);
            // Keeps the same object if nothing changed, the common case.
            return clean.equals(json) ? success : new ToolResult.Success(clean);
        } catch (TooLongException e) {
            return tooLarge();
        } catch (NotStorableException e) {
            return new ToolResult.Failure(FailureKind.TOOL_ERROR, "The result " + e.getMessage() + ".", false);
        }
    }

    private boolean isExceededBy(String json) {
        // A UTF-16 unit takes one to three bytes, so the exact count is seldom needed.
        return json.length() > maxBytes
                || (json.length() * 3L > maxBytes && json.getBytes(StandardCharsets.UTF_8).length > maxBytes);
    }

    /** The failure of a call whose result is larger. */
    public ToolResult tooLarge() {
        return ToolResult.failure(
                FailureKind.RESULT_TOO_LARGE,
                "The result is larger than the %d bytes this tool allows, its numbers written out: return less, or raise max_result."
                        .formatted(maxBytes));
    }
}
