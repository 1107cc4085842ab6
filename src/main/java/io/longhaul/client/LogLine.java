package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A line of a job's log.
 *
 * @param lineNo grows within a job, with gaps
 * @param attempt the attempt that wrote it
 * @param loggedAt when it was read from the tool
 * @param line the text
 */
public record LogLine(long lineNo, int attempt, Instant loggedAt, String line) {
    static LogLine of(JsonNode json) {
        return new LogLine(
                json.path("line_no").longValue(),
                json.path("attempt").intValue(),
                Json.time(json, "logged_at"),
                Json.text(json, "line"));
    }
}
