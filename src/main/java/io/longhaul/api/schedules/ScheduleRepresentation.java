package io.longhaul.api.schedules;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.description.OwnWebhookRepresentation;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.schedules.Schedule;
import io.longhaul.tools.params.ParamsJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A schedule.
 *
 * @param scheduleId its id
 * @param name unique
 * @param tool name of the tool
 * @param params of its jobs, as JSON
 * @param cron five fields
 * @param timeZone time zone of the fields
 * @param misfire treatment of missed runs
 * @param paused whether it is paused
 * @param nextRunAt time of its next run, or null while it is paused
 * @param lastRunAt time of its last job, or null
 * @param lastJobId that job, or null
 * @param lastError the reason why its last run made no job, or the runs that it skipped, or null
 * @param createdAt time of its creation
 * @param options other options of its jobs, as they were sent
 */
@JsonNaming(SnakeCaseStrategy.class)
record ScheduleRepresentation(
        UUID scheduleId,
        String name,
        String tool,
        @JsonRawValue String params,
        String cron,
        String timeZone,
        @Shape(values = {"skip", "run_once", "run_all"}) String misfire,
        boolean paused,
        String nextRunAt,
        String lastRunAt,
        UUID lastJobId,
        String lastError,
        String createdAt,

        @JsonAnyGetter @Shape(type = Requests.ScheduleOptions.class)
        Map<String, JsonNode> options) {

    /** Members of webhook and retry that are shown. */
    private static final List<String> SHOWN =
            List.of("id", "url", "events", "include_result", "backoff", "multiplier", "max_backoff", "jitter");

    static ScheduleRepresentation of(Schedule s) {
        Map<String, JsonNode> options = new LinkedHashMap<>();
        ParamsJson.parse(s.options())
                .properties()
                .forEach(option -> options.put(option.getKey(), shown(option.getValue())));
        return new ScheduleRepresentation(
                s.id(),
                s.name(),
                s.tool(),
                s.params(),
                s.cron(),
                s.timeZone(),
                s.misfire(),
                s.pausedAt() != null,
                s.pausedAt() == null ? Times.iso(s.nextRunAt()) : null,
                Times.iso(s.lastRunAt()),
                s.lastJobId(),
                s.lastError(),
                Times.iso(s.createdAt()),
                options);
    }

    /** Hides secrets: the member secret, the query of the URL, and unknown members. */
    private static JsonNode shown(JsonNode option) {
        if (!(option instanceof ObjectNode sent)) {
            return option;
        }
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        SHOWN.stream().filter(sent::hasNonNull).forEach(name -> shown.set(name, sent.get(name)));
        return shown.has("url")
                ? shown.put(
                        "url", OwnWebhookRepresentation.shown(shown.get("url").asText()))
                : shown;
    }
}
