package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.longhaul.cli.ConfigurationFiles;
import io.longhaul.config.ServiceConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredToolsTest {
    @TempDir
    Path folder;

    private static String check(String toolFiles) throws Exception {
        return check(toolFiles, "keys");
    }

    private static String check(String toolFiles, String auth) throws Exception {
        ServiceConfiguration configuration = new ConfigurationFiles(
                        Map.of("LONGHAUL_TOOLS", toolFiles, "LONGHAUL_BIND", "0.0.0.0", "LONGHAUL_AUTH", auth)::get)
                .create(ServiceConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build();
        return ConfiguredTools.check(configuration, null, "");
    }

    @Test
    void aCheckRefusesWhatAServerRefuses() {
        assertThatThrownBy(() -> check("", "none")).hasMessageContaining("the API would be open to the network");
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
