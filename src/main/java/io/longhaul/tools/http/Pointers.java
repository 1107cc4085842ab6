package io.longhaul.tools.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Reads JSON pointers of a configuration. */
final class Pointers {
    private Pointers() {}

    /** Null for null. */
    static JsonPointer pointer(String setting, String text) {
        try {
            return text == null ? null : JsonPointer.compile(text);
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException(
                    "%s is '%s', no JSON pointer: begin with a slash, such as /status".formatted(setting, text), e);
        }
    }

    /** All that says how far work is. */
    static StatusRules rules(
            String block,
            Map<String, JsonNode> done,
            Map<String, JsonNode> failed,
            String error,
            String progress,
            Double progressMax,
            String message,
            String log,
            String result) {
        return new StatusRules(
                conditions(block + ".done", done),
                conditions(block + ".failed", failed),
                pointer(block + ".error", error),
                pointer(block + ".progress", progress),
                max(block, progressMax),
                pointer(block + ".message", message),
                pointer(block + ".log", log),
                pointer(block + ".result", result));
    }

    private static double max(String block, Double max) {
        if (max != null && !(max > 0)) {
            throw new ToolConfigurationException(
                    "%s.progress_max is %s: write what full progress is, such as 1 or 100".formatted(block, max));
        }
        return max == null ? 1 : max;
    }

    private static Map<JsonPointer, Set<String>> conditions(String setting, Map<String, JsonNode> texts) {
        Map<JsonPointer, Set<String>> conditions = new LinkedHashMap<>();
        if (texts != null) {
            texts.forEach((pointer, values) -> conditions.put(pointer(setting, pointer), values(values)));
        }
        return conditions;
    }

    private static Set<String> values(JsonNode one) {
        Set<String> values = new LinkedHashSet<>();
        if (one.isArray()) {
            one.forEach(value -> values.add(Template.text(value)));
        } else {
            values.add(Template.text(one));
        }
        return values;
    }
}
