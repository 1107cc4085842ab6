package io.longhaul.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longhaul.cli.remote.ServerAddress;
import io.longhaul.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The address at which a server with some configuration file is reached on the same machine. */
final class ConfiguredAddress {
    private static final int USUAL_PORT = 8080;

    private ConfiguredAddress() {}

    /**
     * Reads it without the rest, which takes longer than all else that a short command does.
     *
     * @param substitute fills in values from the environment
     * @throws IOException if there is no such file, or it is no YAML
     */
    static String in(Path file, UnaryOperator<String> substitute) throws IOException {
        JsonNode server = read(file, substitute).path("server");
        boolean simple = server.path("type").asText().equals("simple");
        JsonNode connector = simple
                ? server.path("connector")
                : server.path("applicationConnectors").path(0);
        String context = server.path("applicationContextPath").asText(simple ? "/application" : "/");
        String host = connector.path("bindHost").asText("");
        return scheme(connector) + "://" + ServerAddress.reachable(host) + ":"
                + connector.path("port").asInt(USUAL_PORT) + context.replaceAll("/+$", "");
    }

    private static JsonNode read(Path file, UnaryOperator<String> substitute) throws IOException {
        try {
            return new YAMLMapper().readTree(substitute.apply(Files.readString(file)));
        } catch (JsonProcessingException e) {
            throw new IOException("it is no YAML: " + JsonFault.of(e), e);
        }
    }

    private static String scheme(JsonNode connector) {
        String type = connector.path("type").asText("http").toLowerCase(Locale.ROOT);
        return type.equals("https") || type.equals("h2") ? "https" : "http";
    }
}
