package io.longhaul.tools.inprocess;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolDescription;
import java.util.List;
import java.util.stream.Stream;

/** The tools that are always there: {@code ping}, {@code echo} and {@code sleep}. */
public final class BuiltIn {
    private static final ObjectMapper JSON = new ObjectMapper();

    private BuiltIn() {}

    /**
     * The built-in tools.
     *
     * @return new instances
     */
    public static List<RegisteredTool> tools() {
        return Stream.<Tool>of(new Ping(), new Echo(), new Sleep())
                .map(tool -> new RegisteredTool(tool, ToolPolicy.DEFAULT, "built in"))
                .toList();
    }

    static ToolDescription describe(String name, String description, String paramsSchema) {
        return new ToolDescription(name, description, json(paramsSchema));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
