package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.params.Storable.NotStorableException;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.workers.remote.RemoteTools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A tool that a worker brings.
 *
 * @param tool the tool
 * @param json its JSON
 * @param configuredIn place of a tool of this name in the node's configuration, or null
 */
record ToolDefinition(RegisteredTool tool, String json, String configuredIn) {
    /** Reads the member {@code tools} of a body, and adds errors to its fields. */
    static List<ToolDefinition> read(Fields fields, RemoteTools tools) {
        JsonNode list = fields.any("tools", null);
        List<ToolDefinition> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (list == null || list.isNull()) {
            return read;
        }
        if (!list.isArray()) {
            fields.wrong("tools", "must be a list of tools");
        }
        for (int i = 0; i < list.size(); i++) {
            try {
                ToolDefinition definition = read(list.get(i), tools);
                if (!names.add(definition.tool().name())) {
                    fields.wrong("tools/" + i, "has the name of an earlier one: bring each tool once");
                }
                read.add(definition);
            } catch (ToolConfigurationException e) {
                fields.wrong("tools/" + i, "is wrong: " + e.getMessage());
            }
        }
        checkRoom(read, fields, tools);
        return read;
    }

    private static void checkRoom(List<ToolDefinition> read, Fields fields, RemoteTools tools) {
        List<RegisteredTool> brought = read.stream()
                .filter(one -> one.configuredIn() == null)
                .map(ToolDefinition::tool)
                .toList();
        try {
            if (!brought.isEmpty()) {
                tools.checkRoom(brought);
            }
        } catch (ToolConfigurationException e) {
            fields.wrong("tools", "cannot all be kept: " + e.getMessage());
        }
    }

    private static void checkStorable(String json) {
        try {
            var unused = Storable.json(json);
        } catch (NotStorableException e) {
            throw new ToolConfigurationException("the tool " + e.getMessage(), e);
        }
    }

    private static ToolDefinition read(JsonNode node, RemoteTools tools) {
        if (!(node instanceof ObjectNode object)) {
            throw new ToolConfigurationException("a tool is an object such as {\"name\": \"fold\"}");
        }
        // A number would be stored as a different text.
        if (object.has("name") && !object.get("name").isTextual()) {
            throw new ToolConfigurationException("the name of a tool is a text such as \"fold\"");
        }
        String type = object.path("type").asText("remote");
        if (!type.equals("remote")) {
            throw new ToolConfigurationException("a worker can only bring tools of the type remote along");
        }
        String json = JsonBodies.text(object.put("type", "remote"));
        checkStorable(json);
        RegisteredTool tool = tools.read(json);
        Optional<RegisteredTool> configured = tools.configured(tool.name());
        if (configured.isPresent() && !configured.get().isRemote()) {
            throw new ToolConfigurationException("nodes run the tool '%s' of %s themselves: give yours another name"
                    .formatted(tool.name(), configured.get().origin()));
        }
        return new ToolDefinition(
                tool, json, configured.map(RegisteredTool::origin).orElse(null));
    }
}
