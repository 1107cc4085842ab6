package io.longhaul.tools.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.ProtocolLine;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules that read the state of work from a server's JSON.
 *
 * @param done by places, the values that mean done
 * @param failed by places, the values that mean failed
 * @param error place of the reason of a failure, or null
 * @param progress place of the progress, or null
 * @param progressMax full progress, such as 1 or 100
 * @param message place of the message beside the progress, or null
 * @param log place of new log lines, a text or an array of them, or null
 * @param result place of the result, or null for all of the JSON
 */
record StatusRules(
        Map<JsonPointer, Set<String>> done,
        Map<JsonPointer, Set<String>> failed,
        JsonPointer error,
        JsonPointer progress,
        double progressMax,
        JsonPointer message,
        JsonPointer log,
        JsonPointer result) {
    private static final JsonPointer PROGRESS = JsonPointer.compile("/progress");

    boolean isDone(JsonNode json) {
        return matches(done, json);
    }

    boolean isFailed(JsonNode json) {
        return matches(failed, json);
    }

    private static boolean matches(Map<JsonPointer, Set<String>> conditions, JsonNode json) {
        return conditions.entrySet().stream().anyMatch(condition -> {
            JsonNode value = json.at(condition.getKey());
            return !value.isMissingNode() && condition.getValue().contains(Template.text(value));
        });
    }

    /** The fraction that a line of the protocol tells. Its number is out of {@code progressMax}, unless another place is read. */
    double fraction(ProtocolLine.Progress told) {
        return progress == null || progress.equals(PROGRESS) ? told.fraction() / progressMax : told.fraction();
    }

    /** Passes progress and log lines on to the call. */
    void report(JsonNode json, ToolCall call) {
        if (log != null) {
            JsonNode lines = json.at(log);
            Iterable<JsonNode> all = lines.isArray() ? lines : List.of(lines);
            all.forEach(line -> {
                if (!Template.isAbsent(line)) {
                    Template.text(line).lines().map(Storable::text).forEach(call::log);
                }
            });
        }
        JsonNode fraction = progress == null ? null : json.at(progress);
        String said = message == null ? null : json.at(message).asText(null);
        if ((fraction != null && fraction.isNumber()) || said != null) {
            double value = fraction != null && fraction.isNumber() ? fraction.doubleValue() / progressMax : Double.NaN;
            call.progress(value, said == null ? null : Storable.text(said));
        }
    }

    /** The failure of failed work. */
    ToolResult failure(JsonNode json) {
        JsonNode reason = error == null ? null : json.at(error);
        return ToolResult.failure(
                FailureKind.TOOL_ERROR,
                reason == null || Template.isAbsent(reason)
                        ? "The server says that the work has failed: " + json
                        : Template.text(reason));
    }

    /** The result of done work. */
    ToolResult success(JsonNode json) {
        JsonNode value = result == null ? json : json.at(result);
        return value.isMissingNode()
                ? ToolResult.failure(
                        FailureKind.TOOL_ERROR,
                        "The server says that the work is done, but there is nothing at %s: correct result in the tool's configuration."
                                .formatted(result))
                : ToolResult.success(value);
    }
}
