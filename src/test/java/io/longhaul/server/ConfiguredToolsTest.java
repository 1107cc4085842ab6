package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.jackson.Jackson;
import io.longhaul.config.ServiceConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredToolsTest {
    @TempDir
    Path folder;

    private static String check(String toolFiles) throws Exception {
        ServiceConfiguration configuration = Jackson.newObjectMapper()
                .treeToValue(
                        JsonNodeFactory.instance.objectNode().put("toolFiles", toolFiles), ServiceConfiguration.class);
        return ConfiguredTools.check(configuration, null, "");
    }

    /** Somebody whose file is not named would take a mistake in it for valid. */
    @Test
    void aCheckSaysWhichFileOfToolsItRead() throws Exception {
        assertThat(check("")).startsWith("Tools: echo, ").endsWith(". No file of tools is configured (LONGHAUL_TOOLS)");
        Path file = Files.writeString(
                folder.resolve("tools.yml"), "tools:\n- {type: command, name: list, command: [ls]}\n");
        assertThat(check(file.toString())).startsWith("Tools: echo, list, ").endsWith(". File of tools: " + file);
    }
}
