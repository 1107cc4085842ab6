package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.jobs.ParamNames;
import io.longhaul.console.Words;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The filters of operations: made of the list's query, and said in words. */
final class OperationFilters {
    private static final int LONGEST_ERROR = 240;

    private OperationFilters() {}

    /** The API's request for an operation on the jobs of a list. */
    static ObjectNode wanted(String kind, JobsQuery query, Instant now) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode().put("kind", kind);
        ObjectNode filter = wanted.putObject("filter");
        String text = query.api(now);
        for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
            String name = decoded(pair.substring(0, pair.indexOf('=')));
            String value = decoded(pair.substring(pair.indexOf('=') + 1));
            if (name.equals("status")) {
                filter.putArray(name).add(value);
            } else if (ParamNames.isOne(name)) {
                filter.withObjectProperty("params").put(ParamNames.member(name), value);
            } else {
                filter.put(name, value);
            }
        }
        if (!query.isNarrow()) {
            wanted.put("all", true);
        }
        return wanted;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** True if it leaves only jobs that failed alike. */
    static boolean isGroup(JsonNode filter) {
        return filter.has("failure");
    }

    /**
     * Such as: failed jobs of the tool echo, whose error has "disk".
     *
     * @param error the error of a job that matches, which stands for those that failed alike; null if unknown
     */
    static String words(JsonNode filter, String error) {
        List<String> statuses = new ArrayList<>();
        filter.path("status").forEach(status -> statuses.add(status.asText()));
        List<String> parts = new ArrayList<>();
        filter.properties().forEach(member -> {
            if (member.getKey().equals("params")) {
                member.getValue()
                        .properties()
                        .forEach(one -> parts.add("with params." + one.getKey() + " = "
                                + one.getValue().asText()));
            } else if (!member.getKey().equals("status")) {
                parts.add(part(member.getKey(), member.getValue().asText(), error));
            }
        });
        String jobs = (statuses.isEmpty() ? "all" : String.join(" or ", statuses)) + " jobs";
        return parts.isEmpty() ? jobs + ", without any other filter" : jobs + " " + String.join(", ", parts);
    }

    private static String part(String name, String value, String error) {
        return switch (name) {
            case "tool" -> "of the tool " + value;
            case "error" -> "whose error has \u201c" + value + "\u201d";
            case "failure" ->
                error == null || error.isBlank()
                        ? "that failed alike (" + value + ")"
                        : "that failed alike, such as \u201c" + Words.line(error, LONGEST_ERROR) + "\u201d";
            case "trace_id" -> "of the trace " + value;
            case "batch_id" -> "of the batch " + value;
            case "schedule_id" -> "of the schedule " + value;
            case "principal" -> "submitted by " + value;
            case "created_after" -> "submitted since " + value;
            case "created_before" -> "submitted before " + value;
            case "completed_after" -> "that ended since " + value;
            case "completed_before" -> "that ended before " + value;
            case "waiting_for_input" -> "that wait for an answer";
            default -> "with " + name + " " + value;
        };
    }
}
