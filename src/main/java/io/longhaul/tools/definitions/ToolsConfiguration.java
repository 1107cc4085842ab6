package io.longhaul.tools.definitions;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.List;

/** The {@code tools:} list of a configuration, a factory for each entry. */
public record ToolsConfiguration(@JsonValue List<ToolFactory> factories) {
    public static final ToolsConfiguration NONE = new ToolsConfiguration(List.of());

    /** An empty {@code tools:} is an empty list. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ToolsConfiguration {
        factories = factories == null ? List.of() : List.copyOf(factories);
    }

    /**
     * Builds the configured tools; starts nothing.
     *
     * @param origin name of the file they are configured in, for messages
     * @throws ToolConfigurationException if an entry is wrong; the message names origin and tool
     */
    public List<RegisteredTool> build(String origin, ToolContext toolContext) {
        return factories.stream()
                .flatMap(factory -> build(factory, origin, origin, toolContext).stream())
                .toList();
    }

    /** Builds one entry of a file; {@code place} is the file, with the line if that is known. */
    static List<RegisteredTool> build(ToolFactory factory, String file, String place, ToolContext toolContext) {
        try {
            ToolPolicy policy = factory.policy();
            factory.source(toolContext)
                    .ifPresent(source ->
                            toolContext.add(new LiveTools(source, policy, file + ", tool " + factory.label())));
            List<RegisteredTool> tools = factory.build(toolContext).stream()
                    .map(tool -> new RegisteredTool(tool, policy, place))
                    .toList();
            factory.remarks()
                    .forEach(remark -> toolContext.remark("%s: tool %s: %s".formatted(place, factory.label(), remark)));
            return tools;
        } catch (ToolConfigurationException e) {
            throw new ToolConfigurationException(
                    "%s: tool %s: %s".formatted(place, factory.label(), e.getMessage()), e);
        }
    }
}
