package io.longhaul.tools.definitions;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.jackson.Jackson;
import io.longhaul.environment.FileFault;
import io.longhaul.environment.Variables;
import io.longhaul.environment.YamlVariables;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads tools from the YAML files that {@code LONGHAUL_TOOLS} names. Each file holds a list of tools, or {@code tools:}
 * with such a list; <code>${NAME}</code> takes a value from the environment.
 */
public final class ToolFiles {
    private final ObjectReader reader;

    public ToolFiles() {
        ObjectMapper mapper = Jackson.newObjectMapper(new YAMLFactory());
        reader = mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .reader();
    }

    /**
     * Reads and builds the tools of a file, or of all {@code .yml} and {@code .yaml} files of a folder by name.
     *
     * @return tools in the order of the files
     * @throws ToolConfigurationException if a file cannot be read or is wrong; the message names file, line and tool
     */
    public List<RegisteredTool> load(Path fileOrFolder, ToolContext toolContext) {
        List<RegisteredTool> tools = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files(fileOrFolder)) {
            ToolEntries entries = new ToolEntries(reader, file.toString(), substituted(file), true, problems);
            tools.addAll(entries.build(false, toolContext));
        }
        problems.addAll(ToolRegistry.namedTwice(tools));
        return orThrow(tools, problems);
    }

    /**
     * Finds mistakes in the tools of a file that holds other settings, too.
     *
     * @param file its name, for messages
     * @param toolContext null to check the form only
     * @return one line for each mistake, with its place
     */
    public List<String> mistakes(String text, String file, ToolContext toolContext) {
        List<String> problems = new ArrayList<>();
        List<RegisteredTool> tools = new ToolEntries(reader, file, text, true, problems).build(true, toolContext);
        problems.addAll(ToolRegistry.namedTwice(tools));
        return problems;
    }

    /**
     * Reads and builds tools from a text that is not a file; takes nothing from the environment.
     *
     * @param text a list of tools, as YAML or JSON
     * @param origin names the text in messages
     * @throws ToolConfigurationException if something is wrong
     */
    public List<RegisteredTool> parse(String text, String origin) {
        List<String> problems = new ArrayList<>();
        ToolEntries entries = new ToolEntries(reader, origin, text, false, problems);
        return orThrow(entries.build(false, new ToolContext()), problems);
    }

    private static List<RegisteredTool> orThrow(List<RegisteredTool> tools, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new ToolConfigurationException(problems);
        }
        return tools;
    }

    private static List<Path> files(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(fileOrFolder);
        }
        try (Stream<Path> entries = Files.list(fileOrFolder)) {
            return entries.filter(ToolFiles::isYaml).sorted().toList();
        } catch (IOException e) {
            throw unreadable(fileOrFolder, e);
        }
    }

    private static boolean isYaml(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yml") || name.endsWith(".yaml")) && Files.isRegularFile(file);
    }

    private static String substituted(Path file) {
        try {
            return new YamlVariables(Variables.ofThisProcess()::get).replace(Files.readString(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (Variables.NoTextException e) {
            throw new ToolConfigurationException(file + ": " + e.getMessage(), e);
        }
    }

    private static ToolConfigurationException unreadable(Path file, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new ToolConfigurationException(
                    file
                            + ": the server's user may not read it: let it (chmod, chown), or name another in LONGHAUL_TOOLS",
                    e);
        }
        return new ToolConfigurationException(
                "%s: cannot be read (%s): name an existing YAML file, or a folder of them, in LONGHAUL_TOOLS"
                        .formatted(file, FileFault.ofReading(e)),
                e);
    }
}
