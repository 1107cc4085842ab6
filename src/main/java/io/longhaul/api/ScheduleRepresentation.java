package io.longhaul.api;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.schedules.Schedule;
import io.longhaul.tools.ParamsJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A schedule as clients see it.
 *
 * @param scheduleId its id
 * @param name unique
 * @param tool name of the tool
 * @param params of its jobs, as JSON
 * @param cron five fields
 * @param timeZone in which they are read
 * @param misfire what becomes of missed runs
 * @param paused whether it makes no jobs for now
 * @param nextRunAt when it is due, or null while it is paused
 * @param lastRunAt when it last made a job, or null
 * @param lastJobId that job, or null
 * @param lastError why it made no job the last time it was due, or what it left out, else null
 * @param createdAt when it was made
 * @param options what else its jobs are submitted with, as it was sent
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
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

    static ScheduleRepresentation of(Schedule s) {
        Map<String, JsonNode> options = new LinkedHashMap<>();
        ParamsJson.parse(s.options()).properties().forEach(option -> options.put(option.getKey(), shown(option)));
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

    /** A secret is not told again. */
    private static JsonNode shown(Map.Entry<String, JsonNode> option) {
        return option.getKey().equals(ExtrasReader.WEBHOOK) && option.getValue() instanceof ObjectNode webhook
                ? webhook.deepCopy().without("secret")
                : option.getValue();
    }
}
