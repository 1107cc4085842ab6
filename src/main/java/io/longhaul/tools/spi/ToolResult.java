package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;

/** The result of a call: a value, or a failure with its kind. */
public sealed interface ToolResult {
    /**
     * The work is done.
     *
     * @param json one JSON value of any type, as text
     */
    record Success(String json) implements ToolResult {
        /** Rejects a missing value: a tool without result answers {@code null} as JSON. */
        public Success {
            Objects.requireNonNull(json, "json");
        }
    }

    /**
     * The call failed.
     *
     * @param kind kind of the failure
     * @param message the cause and, if known, its cure; shown to users
     * @param retryable true if another attempt could end differently
     * @param retryAfter shortest wait before the next attempt, or null to leave it to the policy of the tool; more than a week
     *     counts as a week
     */
    record Failure(FailureKind kind, String message, boolean retryable, Duration retryAfter) implements ToolResult {
        /** Rejects missing parts. */
        public Failure {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
        }

        /**
         * A failure that leaves the wait before the next attempt to the policy of the tool.
         *
         * @param kind kind of the failure
         * @param message the cause and its cure; shown to users
         * @param retryable true if another attempt could end differently
         */
        public Failure(FailureKind kind, String message, boolean retryable) {
            this(kind, message, retryable, null);
        }
    }

    /**
     * A success.
     *
     * @param value the result
     * @return the value as JSON text
     */
    static ToolResult success(JsonNode value) {
        return new Success(value.toString());
    }

    /**
     * A failure, retryable unless its kind says that the same params can only fail again.
     *
     * @param kind kind of the failure
     * @param message the cause and its cure; shown to users
     * @return the failure
     */
    static ToolResult failure(FailureKind kind, String message) {
        return new Failure(kind, message, kind.isRetryable());
    }
}
