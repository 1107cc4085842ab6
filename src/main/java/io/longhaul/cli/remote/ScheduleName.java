package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.LonghaulClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Finds a schedule by its id or by its name, which no other has. */
final class ScheduleName {
    private ScheduleName() {}

    /**
     * The id of a schedule. Only a name makes a request.
     *
     * @throws Misuse if there is none of this name
     */
    static UUID id(LonghaulClient client, String idOrName) {
        return Values.isId(idOrName) ? UUID.fromString(idOrName) : named(client, idOrName);
    }

    private static UUID named(LonghaulClient client, String name) {
        Map<String, UUID> ids = new LinkedHashMap<>();
        try (Stream<JsonNode> all = client.pages("/v1/schedules?limit=100", "schedules")) {
            all.takeWhile(schedule -> !ids.containsKey(name))
                    .forEach(schedule -> ids.put(
                            schedule.path("name").asText(),
                            UUID.fromString(schedule.path("schedule_id").asText())));
        }
        if (!ids.containsKey(name)) {
            throw new Misuse("there is no schedule with the name or id \"" + Text.plain(name) + "\"."
                    + Suggestion.of(name, ids.keySet())
                            .map(meant -> " Did you mean \"" + Text.plain(meant) + "\"?")
                            .orElse("")
                    + " schedule list shows those there are");
        }
        return ids.get(name);
    }
}
