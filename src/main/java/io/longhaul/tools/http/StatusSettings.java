package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The settings that {@code poll:} and {@code callback:} share: how to read the state of work in a server's JSON. */
abstract class StatusSettings {
    /** By JSON pointers, the values that mean done. */
    @JsonProperty
    private Map<String, JsonNode> done;

    /** By JSON pointers, the values that mean failed. */
    @JsonProperty
    private Map<String, JsonNode> failed;

    /** JSON pointer to the reason of a failure. */
    @JsonProperty
    private String error;

    /** JSON pointer to a number. */
    @JsonProperty
    private String progress;

    /** The number that means full progress. */
    @JsonProperty("progress_max")
    private Double progressMax;

    /** JSON pointer to a text. */
    @JsonProperty
    private String message;

    /** JSON pointer to new log lines. */
    @JsonProperty
    private String log;

    /** JSON pointer to the result. */
    @JsonProperty
    private String result;

    StatusRules rules(String block) {
        return new StatusRules(
                conditions(block + ".done", done),
                conditions(block + ".failed", failed),
                pointer(block + ".error", error),
                pointer(block + ".progress", progress),
                max(block),
                pointer(block + ".message", message),
                pointer(block + ".log", log),
                pointer(block + ".result", result));
    }

    private double max(String block) {
        if (progressMax != null && !(progressMax > 0)) {
            throw new ToolConfigurationException("%s.progress_max is %s: write what full progress is, such as 1 or 100"
                    .formatted(block, progressMax));
        }
        return progressMax == null ? 1 : progressMax;
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

    /** Reads a JSON pointer; null stays null. */
    static JsonPointer pointer(String setting, String text) {
        try {
            return text == null ? null : JsonPointer.compile(text);
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException(
                    "%s is '%s', no JSON pointer: begin with a slash, such as /status".formatted(setting, text), e);
        }
    }
}
