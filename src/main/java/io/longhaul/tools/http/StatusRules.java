package io.longhaul.tools.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a server's JSON says how far its work is.
 *
 * @param done values by their place; one that is there means the work is done
 * @param failed the same for failed work
 * @param error where the reason of a failure is, or null
 * @param progress where the progress is, or null
 * @param progressMax what the progress is out of: 1 or 100
 * @param message where the message that goes with it is, or null
 * @param log where new log lines are, a text or an array of them, or null
 * @param result where the result is, or null for all of the JSON
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

    /** Passes on what the JSON says of the work. */
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

    /** What failed work came to. */
    ToolResult failure(JsonNode json) {
        JsonNode reason = error == null ? null : json.at(error);
        return ToolResult.failure(
                FailureKind.TOOL_ERROR,
                reason == null || Template.isAbsent(reason)
                        ? "The server says that the work has failed: " + json
                        : Template.text(reason));
    }

    /** What done work came to. */
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
