package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;

/** What a call came to: a value, or a failure with its kind. */
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
     * The work is not done.
     *
     * @param kind why
     * @param message what is wrong and, where known, what cures it; shown to users
     * @param retryable whether another attempt could end differently
     * @param retryAfter how long the next attempt should wait at least, or null if only the tool's policy counts
     */
    record Failure(FailureKind kind, String message, boolean retryable, Duration retryAfter) implements ToolResult {
        /** Rejects missing parts. */
        public Failure {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
        }

        /**
         * A failure after which the wait is left to the tool's policy.
         *
         * @param kind why
         * @param message what is wrong and what cures it
         * @param retryable whether another attempt could end differently
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
     * @param kind why
     * @param message what is wrong and what cures it
     * @return the failure
     */
    static ToolResult failure(FailureKind kind, String message) {
        return new Failure(kind, message, kind.isRetryable());
    }
}
