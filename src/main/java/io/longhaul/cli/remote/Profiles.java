package io.longhaul.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longhaul.client.ServerUrl;
import io.longhaul.environment.FileFault;
import io.longhaul.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The servers that somebody keeps by name in {@code ~/.config/longhaul/servers.yml}:
 *
 * <pre>
 * default: lab
 * servers:
 *   lab: {url: "http://127.0.0.1:8080"}
 *   cluster: {url: "https://jobs.example.org", key: lh_...}
 * </pre>
 */
final class Profiles {
    private static final List<String> MEMBERS = List.of("default", "servers");
    private static final String FILE = "longhaul/servers.yml";

    private final Path file;
    private final JsonNode content;

    private Profiles(Path file, JsonNode content) {
        this.file = file;
        this.content = content;
    }

    /**
     * Reads the file, if there is one.
     *
     * @throws Misuse if it cannot be read
     */
    static Profiles of(Map<String, String> environment) {
        Path file = file(environment);
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        if (file == null || !Files.isRegularFile(file)) {
            return new Profiles(file, yaml.createObjectNode());
        }
        try {
            return new Profiles(file, yaml.readTree(Files.readString(file)));
        } catch (JsonProcessingException e) {
            throw new Misuse(file + " is no YAML: " + JsonFault.of(e));
        } catch (IOException e) {
            throw new Misuse(file + " cannot be read: " + FileFault.ofReading(e));
        }
    }

    private static Path file(Map<String, String> environment) {
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (!folder.isEmpty()) {
            return Path.of(folder, FILE);
        }
        return home.isEmpty() ? null : Path.of(home, ".config", FILE);
    }

    /** The name of the server that is meant where none is named; null for none. */
    String usual() {
        return content.path("default").textValue();
    }

    /**
     * A server by its name.
     *
     * @throws Misuse if there is none with this name, or it has no address
     */
    TargetServer named(String name) {
        JsonNode server = content.path("servers").path(name);
        String url =
                server.isTextual() ? server.textValue() : server.path("url").textValue();
        if (url == null) {
            throw new Misuse(
                    server.isMissingNode()
                            ? "there is no server \"" + name + "\" in " + file + "; " + known()
                            : "the server \"" + name + "\" in " + file + " has no url: write " + name
                                    + ": {url: \"http://127.0.0.1:8080\"}");
        }
        String key = server.path("key").textValue();
        if (key != null && !ServerUrl.canBeKey(key)) {
            throw new Misuse("the key of \"" + name + "\" in " + file + " has a character that no key has");
        }
        return new TargetServer(url, key, key == null ? null : "\"" + name + "\" in " + file);
    }

    private String known() {
        List<String> names = new ArrayList<>();
        content.path("servers").fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? "it names no servers" : "it names " + String.join(", ", names);
    }

    /** What the file has that nobody reads, as lines. */
    List<String> unknown() {
        List<String> lines = new ArrayList<>();
        content.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                lines.add(file + " has \"" + name + "\", which is not read."
                        + Suggestion.of(name, MEMBERS)
                                .map(meant -> " Did you mean " + meant + "?")
                                .orElse(""));
            }
        });
        return lines;
    }

    /** A warning if others may read the keys; null for none. */
    String warning() {
        boolean keys = content.path("servers").valueStream().anyMatch(server -> server.hasNonNull("key"));
        try {
            return keys && isOpen(Files.getPosixFilePermissions(file))
                    ? file + " holds keys, and others may read it: chmod 600 " + file
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static boolean isOpen(Set<PosixFilePermission> permissions) {
        return permissions.contains(PosixFilePermission.GROUP_READ)
                || permissions.contains(PosixFilePermission.OTHERS_READ);
    }
}
