package io.longhaul.tools.inprocess;

import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The plug-ins of a folder. */
public final class Plugins {
    private final List<Plugin> all;

    private Plugins(List<Plugin> all) {
        this.all = all;
    }

    /**
     * Finds plug-ins: each jar of the folder is one, and so is each folder with jars in it. Their classes are loaded
     * when {@link #tools} is called.
     *
     * @param folder a folder, or empty for none
     * @throws ToolConfigurationException if the folder cannot be read
     */
    public static Plugins in(String folder) {
        if (folder.isBlank()) {
            return new Plugins(List.of());
        }
        try (Stream<Path> entries = Files.list(Path.of(folder))) {
            return new Plugins(
                    entries.filter(path -> Plugin.isJar(path) || (Files.isDirectory(path) && !isHidden(path)))
                            .sorted()
                            .map(Plugin::of)
                            .toList());
        } catch (IOException e) {
            throw new ToolConfigurationException(
                    "plugins: %s cannot be read (%s): name an existing folder with plug-in jars".formatted(folder, e),
                    e);
        }
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /** One class loader for each plug-in. */
    public List<ClassLoader> loaders() {
        return all.stream().<ClassLoader>map(Plugin::loader).toList();
    }

    /**
     * Their tools, with the default policy.
     *
     * @param configured names with {@code type: java} entries of their own, which have other policies; left out
     * @throws ToolConfigurationException if a plug-in cannot be loaded
     */
    public List<RegisteredTool> tools(Set<String> configured) {
        List<RegisteredTool> tools = new ArrayList<>();
        for (Plugin plugin : all) {
            for (Tool tool : plugin.tools()) {
                if (!configured.contains(tool.description().name())) {
                    tools.add(registered(tool, plugin));
                }
            }
        }
        return tools;
    }

    private static RegisteredTool registered(Tool tool, Plugin plugin) {
        try {
            return new RegisteredTool(tool, ToolPolicy.DEFAULT, "plug-in " + plugin.path());
        } catch (ToolConfigurationException e) {
            throw new ToolConfigurationException("plug-in %s: %s".formatted(plugin.path(), e.getMessage()), e);
        }
    }

    public List<String> names() {
        return all.stream()
                .map(plugin -> plugin.path().getFileName().toString())
                .toList();
    }
}
