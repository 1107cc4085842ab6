package io.longhaul.server;

import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.tools.inprocess.Plugins;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the tools of a configuration: built in, written in config.yml or in tool files, and brought by plug-ins. */
public final class ConfiguredTools {
    private ConfiguredTools() {}

    public static List<RegisteredTool> tools(
            ServiceConfiguration configuration, Plugins plugins, ToolContext toolContext) {
        List<RegisteredTool> tools = new ArrayList<>(BuiltIn.tools());
        tools.addAll(configuration.tools().build("config.yml", toolContext));
        if (!configuration.toolFiles().isBlank()) {
            tools.addAll(new ToolFiles().load(Path.of(configuration.toolFiles()), toolContext));
        }
        tools.addAll(plugins.tools(toolContext.named()));
        return tools;
    }

    public static String check(ServiceConfiguration configuration, String file, String text) throws CommandFailure {
        Plugins plugins = Plugins.in(configuration.plugins());
        ToolContext looked = new ToolContext(plugins.loaders());
        List<String> mistakes = mistakes(configuration, file, text, looked);
        if (!mistakes.isEmpty()) {
            throw new ToolConfigurationException(mistakes);
        }
        AccessModule.requireSafe(configuration, System.getenv(), new Cures(file == null ? "" : file).toCaller());
        ToolContext toolContext = new ToolContext(plugins.loaders());
        String tools = String.join(
                ", ",
                ToolRegistry.of(tools(configuration, plugins, toolContext)).names());
        String found = plugins.names().isEmpty() ? "" : ". Plug-ins: " + String.join(", ", plugins.names());
        String live = toolContext.live().isEmpty()
                ? ""
                : ". MCP servers, which were not asked: " + toolContext.live().size();
        String remarks = looked.remarks().stream()
                .map(remark -> System.lineSeparator() + "On this machine: " + remark)
                .collect(Collectors.joining());
        return "Tools: " + tools + ". " + origin(configuration) + found + live + remarks;
    }

    /** A file that nobody named is not read, however near it lies. */
    private static String origin(ServiceConfiguration configuration) {
        return configuration.toolFiles().isBlank()
                ? "No file of tools is configured (LONGHAUL_TOOLS)"
                : "File of tools: " + configuration.toolFiles();
    }

    /** Collects all mistakes first, each with its line. */
    private static List<String> mistakes(
            ServiceConfiguration configuration, String file, String text, ToolContext toolContext) {
        List<String> mistakes = new ArrayList<>(new ToolFiles().mistakes(text, file, toolContext));
        try {
            SignInModule.provider(configuration);
        } catch (IllegalArgumentException e) {
            mistakes.add(e.getMessage());
        }
        try {
            if (!configuration.toolFiles().isBlank()) {
                new ToolFiles().load(Path.of(configuration.toolFiles()), toolContext);
            }
        } catch (ToolConfigurationException e) {
            mistakes.addAll(e.problems());
        }
        return mistakes;
    }
}
