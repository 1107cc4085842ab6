package io.longhaul.tools;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.jackson.Jackson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads tools from YAML files beside the configuration: what {@code LONGHAUL_TOOLS} names. Each file holds a list of
 * tools, or {@code tools:} with such a list; <code>${NAME}</code> takes a value from the environment.
 */
public final class ToolFiles {
    private final ObjectReader reader;

    /** Knows every provider on the class path. */
    public ToolFiles() {
        ObjectMapper mapper = Jackson.newObjectMapper(new YAMLFactory());
        // A misspelt setting is an error and not a default.
        reader =
                mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).reader();
    }

    /**
     * Reads and builds the tools of a file, or of all {@code .yml} and {@code .yaml} files of a folder by name.
     *
     * @param fileOrFolder what to read
     * @return tools with their policies, in the order of the files
     * @throws ToolConfigurationException if a file cannot be read or is wrong; the message names file, line and tool
     */
    public List<RegisteredTool> load(Path fileOrFolder) {
        return load(fileOrFolder, new Surroundings());
    }

    /**
     * Reads and builds the tools of a file, or of all {@code .yml} and {@code .yaml} files of a folder by name.
     *
     * @param fileOrFolder what to read
     * @param surroundings what the tools share with the server
     * @return tools with their policies, in the order of the files
     * @throws ToolConfigurationException if a file cannot be read or is wrong; the message names file, line and tool
     */
    public List<RegisteredTool> load(Path fileOrFolder, Surroundings surroundings) {
        List<RegisteredTool> tools = new ArrayList<>();
        for (Path file : files(fileOrFolder)) {
            tools.addAll(read(file).build(file.toString(), surroundings));
        }
        return tools;
    }

    /**
     * Reads and builds tools that are no file; nothing is taken from the environment.
     *
     * @param text a list of tools, as YAML or JSON
     * @param origin what they are, for messages
     * @return tools with their policies
     * @throws ToolConfigurationException if something is wrong
     */
    public List<RegisteredTool> parse(String text, String origin) {
        return read(text, Path.of(origin)).build(origin, new Surroundings());
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

    private ToolsConfiguration read(Path file) {
        return read(substituted(file), file);
    }

    private ToolsConfiguration read(String yaml, Path file) {
        try (JsonParser parser = reader.createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return ToolsConfiguration.NONE;
            }
            return first == JsonToken.START_ARRAY
                    ? reader.readValue(parser, ToolsConfiguration.class)
                    : reader.readValue(parser, Wrapped.class).tools();
        } catch (JsonProcessingException e) {
            throw invalid(file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String substituted(Path file) {
        try {
            return new EnvironmentVariableSubstitutor(false).replace(Files.readString(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ToolConfigurationException unreadable(Path file, IOException e) {
        return new ToolConfigurationException(
                "%s: cannot be read (%s): name an existing YAML file, or a folder of them, in LONGHAUL_TOOLS"
                        .formatted(file, e),
                e);
    }

    private static ToolConfigurationException invalid(Path file, JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        String line = location == null ? "" : ":" + location.getLineNr();
        String where = e instanceof JsonMappingException mapping ? path(mapping) : "";
        return new ToolConfigurationException(file + line + where + ": " + reason(e), e);
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            } else if (step.getIndex() >= 0) {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return path.isEmpty() ? "" : ": " + path;
    }

    /** Our own words where they say more than Jackson's. */
    private static String reason(JsonProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ToolConfigurationException) {
                return cause.getMessage();
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "there is no setting '%s': write one of %s"
                    .formatted(unknown.getPropertyName(), new TreeSet<>(unknown.getKnownPropertyIds()));
        }
        if (e instanceof InvalidTypeIdException type && type.getTypeId() == null) {
            return "a tool has no type: add one, such as type: command";
        }
        // Of several lines some, indented, only repeat the place.
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    /** A file in the form of config.yml. */
    record Wrapped(ToolsConfiguration tools) {
        Wrapped {
            tools = tools == null ? ToolsConfiguration.NONE : tools;
        }
    }
}
