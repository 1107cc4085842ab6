package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Something that a tool wants to know while it works.
 *
 * @param key names the question for the life of the job: 1 to 100 letters, digits, dots, underscores and hyphens. An
 *     attempt that asks it again gets the answer that was given to an earlier one
 * @param message what people are asked, 1 to 8,000 characters
 * @param schema JSON Schema (2020-12) that the answer must match; null accepts any JSON
 * @param timeout how long an answer may take, or null for what the tool's configuration says
 * @param mcp the request of the Model Context Protocol that its clients get in place of one made of message and schema:
 *     {@code {"method": ..., "params": ...}}, or null
 */
public record Question(String key, String message, JsonNode schema, Duration timeout, JsonNode mcp) {
    /** The longest message, in characters. */
    public static final int LONGEST_MESSAGE = 8_000;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** Rejects a missing or wrong key or message, and a time that is over at once. */
    public Question {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "The key of a question must be 1 to 100 letters, digits, dots, underscores" + " and hyphens.");
        }
        if (message.isBlank() || message.length() > LONGEST_MESSAGE) {
            throw new IllegalArgumentException(
                    "The message of a question must have 1 to " + LONGEST_MESSAGE + " characters.");
        }
        if (timeout != null && timeout.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("The timeout of a question must be at least a second.");
        }
    }

    /**
     * A question that any JSON answers.
     *
     * @param key names the question for the life of the job
     * @param message what people are asked
     * @return the question
     */
    public static Question of(String key, String message) {
        return new Question(key, message, null, null, null);
    }

    /**
     * A question with a schema.
     *
     * @param schema JSON Schema that the answer must match
     * @return a copy
     */
    public Question answeredBy(JsonNode schema) {
        return new Question(key, message, schema, timeout, mcp);
    }

    /**
     * A question with a timeout.
     *
     * @param longest how long an answer may take
     * @return a copy
     */
    public Question within(Duration longest) {
        return new Question(key, message, schema, longest, mcp);
    }
}
