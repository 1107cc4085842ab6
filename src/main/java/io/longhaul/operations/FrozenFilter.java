package io.longhaul.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.JobOrder;
import io.longhaul.jobs.sql.ParamValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** A filter of jobs as JSON, with the names of the API. The same filter is always the same text. */
public final class FrozenFilter {
    private static final String STATUS = "status";
    private static final ObjectMapper JSON = new ObjectMapper();

    private FrozenFilter() {}

    /** Writes the statuses and conditions of a filter; order and position are left out. */
    public static String of(JobFilter filter) {
        ObjectNode object = JSON.createObjectNode();
        filter.statuses().forEach(status -> object.withArray(STATUS).add(status.label()));
        filter.wanted().forEach((by, value) -> {
            if (value instanceof Boolean flag) {
                object.put(name(by), flag);
            } else if (value instanceof ParamValues params) {
                ObjectNode members = object.putObject(name(by));
                params.wanted().forEach(members::put);
            } else {
                object.put(name(by), value.toString());
            }
        });
        return object.toString();
    }

    /** Reads what {@link #of} wrote, the oldest jobs first. */
    public static JobFilter read(String json) {
        JsonNode object = parse(json);
        List<JobStatus> statuses = new ArrayList<>();
        object.path(STATUS)
                .forEach(status ->
                        statuses.add(JobStatus.fromLabel(status.textValue()).orElseThrow()));
        JobFilter filter = new JobFilter(statuses, Map.of(), JobOrder.OLDEST, null);
        for (By by : By.values()) {
            JsonNode value = object.path(name(by));
            filter = value.isMissingNode() ? filter : filter.by(by, value(by, value));
        }
        return filter;
    }

    /** The JSON of a filter, for answers. */
    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database keeps a filter that is not JSON", e);
        }
    }

    private static Object value(By by, JsonNode value) {
        return switch (by) {
            case CREATED_AFTER, CREATED_BEFORE, COMPLETED_AFTER, COMPLETED_BEFORE -> Instant.parse(value.textValue());
            case BATCH, SCHEDULE -> UUID.fromString(value.textValue());
            case WAITING_FOR_INPUT -> value.booleanValue();
            case TOOL, TRACE_ID, ID_PREFIX, TRACE_PREFIX, ERROR, FAILURE, PRINCIPAL -> value.textValue();
            case PARAMS -> params(value);
        };
    }

    private static ParamValues params(JsonNode value) {
        SortedMap<String, String> wanted = new TreeMap<>();
        value.properties()
                .forEach(member -> wanted.put(member.getKey(), member.getValue().textValue()));
        return new ParamValues(wanted);
    }

    /** The API's name of a condition. */
    private static String name(By by) {
        return switch (by) {
            case TOOL -> "tool";
            case TRACE_ID -> "trace_id";
            case ID_PREFIX -> "id_prefix";
            case TRACE_PREFIX -> "trace_id_prefix";
            case CREATED_AFTER -> "created_after";
            case CREATED_BEFORE -> "created_before";
            case COMPLETED_AFTER -> "completed_after";
            case COMPLETED_BEFORE -> "completed_before";
            case ERROR -> "error";
            case FAILURE -> "failure";
            case BATCH -> "batch_id";
            case PRINCIPAL -> "principal";
            case WAITING_FOR_INPUT -> "waiting_for_input";
            case SCHEDULE -> "schedule_id";
            case PARAMS -> "params";
        };
    }
}
