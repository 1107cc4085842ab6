package io.longhaul.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Selects jobs. Each method gives a new filter. */
public final class JobFilter {
    /** All jobs that the caller may see. */
    public static final JobFilter ALL = new JobFilter(Map.of());

    private static final String PARAMS = "params.";

    private final Map<String, String> parameters;

    private JobFilter(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /** Jobs with one of these statuses. */
    public JobFilter status(JobStatus... statuses) {
        return with("status", Arrays.stream(statuses).map(JobStatus::label).collect(Collectors.joining(",")));
    }

    /** Jobs of a tool. */
    public JobFilter tool(String name) {
        return with("tool", name);
    }

    /** Jobs of a W3C trace id. */
    public JobFilter traceId(String id) {
        return with("trace_id", id);
    }

    /** Jobs of a batch. */
    public JobFilter batch(UUID id) {
        return with("batch_id", id.toString());
    }

    /** Jobs accepted at this time of the server's clock or later; for lists only. */
    public JobFilter createdAfter(Instant time) {
        return with("created_after", time.toString());
    }

    /** Jobs accepted before this time of the server's clock; for lists only. */
    public JobFilter createdBefore(Instant time) {
        return with("created_before", time.toString());
    }

    /**
     * Any other parameter of the list, named as in the API, such as {@code sort}, {@code params.sample} or {@code fields}; {@code job_id},
     * {@code status} and {@code tool} must be among the fields.
     */
    public JobFilter with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new JobFilter(more);
    }

    /** Begins with a question mark, or is empty. */
    String query() {
        return parameters.entrySet().stream()
                .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                .collect(Collectors.joining("&", parameters.isEmpty() ? "" : "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** As a body has it: statuses as a list, and values of params as members of one object. */
    ObjectNode body() {
        ObjectNode body = Json.object();
        parameters.forEach((name, value) -> {
            if (name.equals("status")) {
                ArrayNode statuses = body.putArray(name);
                Arrays.stream(value.split(",")).map(String::strip).forEach(statuses::add);
            } else if (name.startsWith(PARAMS)) {
                body.withObjectProperty("params").put(name.substring(PARAMS.length()), value);
            } else if (name.equals("waiting_for_input")) {
                body.put(name, Boolean.parseBoolean(value));
            } else {
                body.put(name, value);
            }
        });
        return body;
    }
}
