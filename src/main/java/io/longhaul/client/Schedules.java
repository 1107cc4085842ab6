package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Schedules, which make jobs at the times of cron expressions. They are shown as the HTTP API shows them. */
public final class Schedules {
    private static final String PATH = "/v1/schedules";

    private final LonghaulClient client;

    Schedules(LonghaulClient client) {
        this.client = client;
    }

    /**
     * Makes a schedule.
     *
     * @param name unique
     * @param cron minute, hour, day of month, month, day of week; or a nickname such as {@code @daily}
     * @param job the tool, its params, and the options that schedules have: priority, limits of time, attempts
     * @param options other members of {@code POST /v1/schedules}, such as {@code time_zone} and {@code overlap}
     * @throws LonghaulException if it is refused, {@code SCHEDULE_NAME_TAKEN} for example
     */
    public JsonNode create(String name, String cron, JobRequest job, Map<String, ?> options) {
        ObjectNode body = job.body().deepCopy().put("name", name).put("cron", cron);
        options.forEach((option, value) -> body.set(option, Json.of(value)));
        return client.send("POST", PATH, body);
    }

    /** Lists schedules by name. Pages are fetched as the stream is read. */
    public Stream<JsonNode> list() {
        return client.pages(PATH + "?limit=100", "schedules");
    }

    /** Gets a schedule. */
    public JsonNode get(UUID id) {
        return client.send("GET", path(id), null);
    }

    /** Changes the members that are named; null removes an option. */
    public JsonNode update(UUID id, Map<String, ?> changes) {
        return client.send("PATCH", path(id), Json.of(changes));
    }

    /** Makes no more jobs for now. */
    public JsonNode pause(UUID id) {
        return update(id, Map.of("paused", true));
    }

    /** Makes jobs again, from now on. */
    public JsonNode resume(UUID id) {
        return update(id, Map.of("paused", false));
    }

    /** Makes a job now, also while the schedule is paused. */
    public Job run(UUID id) {
        String key = UUID.randomUUID().toString();
        return Job.of(client.send("POST", path(id) + "/run", null, "Idempotency-Key", key));
    }

    /** Removes a schedule; its jobs stay. */
    public void delete(UUID id) {
        client.send("DELETE", path(id), null);
    }

    private static String path(UUID id) {
        return PATH + "/" + id;
    }
}
