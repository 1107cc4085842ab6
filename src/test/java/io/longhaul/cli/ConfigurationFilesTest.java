package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.longhaul.config.ServiceConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFilesTest {
    @TempDir
    private Path folder;

    private final ConfigurationFiles files = new ConfigurationFiles(name -> null);

    private ServiceConfiguration read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), text);
        return files.create(ServiceConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(
                        new SubstitutingSourceProvider(new FileConfigurationSourceProvider(), files.substitutor()),
                        file.toString());
    }

    /** The most harmful of these mistakes would open a server to everyone. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "concurrency: 16,concurency: 16,concurency",
        "mode: none,mod: keys,mod",
        "workers:,worker:,worker",
        "maxBody:,maxBodi:,maxBodi"
    })
    void aSettingThatDoesNotExistIsRefusedByName(String right, String wrong, String name) throws Exception {
        String text = Files.readString(Path.of("config.yml"))
                .replaceAll("\\$\\{LONGHAUL_AUTH:-none}", "none")
                .replaceAll("\\$\\{LONGHAUL_CONCURRENCY:-16}", "16");
        assertThat(text).contains(right);
        assertThatThrownBy(() -> read(text.replace(right, wrong)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Unrecognized field")
                .hasMessageContaining(name);
    }

    @Test
    void refusesADuplicateSectionByNameAndLine() throws Exception {
        String text = Files.readString(Path.of("config.yml"));
        assertThatThrownBy(() -> read(text + "\nauth:\n  mode: none\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Duplicate field 'auth'")
                .hasMessageContaining("line: " + (text.lines().count() + 2));
    }

    @Test
    void readsTheShippedFile() throws Exception {
        assertThat(read(Files.readString(Path.of("config.yml"))).workers().concurrency())
                .isEqualTo(16);
    }
}
