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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFilesTest {
    @TempDir
    private Path folder;

    private final ConfigurationFiles files = new ConfigurationFiles(name -> null);

    private ServiceConfiguration read(String text) throws Exception {
        return read(files, text);
    }

    private ServiceConfiguration read(ConfigurationFiles from, String text) throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), text);
        return from.create(ServiceConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(
                        new SubstitutingSourceProvider(new FileConfigurationSourceProvider(), from.substitutor()),
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

    /** Each is a value of its kind; the last one stands behind a setting that another variable sets as well. */
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "LONGHAUL_PORT,eighty,server.applicationConnectors.[0].port",
        "LONGHAUL_ADMIN_PORT,-1,adminConnectors[0].port",
        "LONGHAUL_LEASE,soon,workers.lease",
        "LONGHAUL_CONSOLE,perhaps,console.enabled",
        "LONGHAUL_MAX_FILE,much,files.maxFile",
        "LONGHAUL_CONCURRENCY,many,workers.concurrency",
        "LONGHAUL_LOG_JOBS,LOUD,logging.loggers.longhaul.jobs",
        "LONGHAUL_LOG_LEVEL,LOUD,logging.loggers."
    })
    void aWrongValueOfAVariableNamesTheVariable(String name, String value, String place) throws Exception {
        Map<String, String> set = Map.of(name, value, "DATABASE_URL", "embedded", "LONGHAUL_NODE", "a");
        ConfigurationFiles withVariables = new ConfigurationFiles(set::get);

        assertThatThrownBy(() -> read(withVariables, Files.readString(Path.of("config.yml"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(place)
                .hasMessageContaining("The value is that of the variable " + name + ": correct it there, or unset it.")
                .message()
                .doesNotContain("UNKNOWN", "reference chain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OFF", "off", "\"OFF\"", "{level: debug}", "{additive: false}", "trace"})
    void everyLevelIsTaken(String level) throws Exception {
        String text = Files.readString(Path.of("config.yml")).replaceFirst("longhaul: \\$\\{.*", "longhaul: " + level);
        assertThat(read(text).workers().concurrency()).isEqualTo(16);
    }

    @Test
    void aFileThatIsWrongByItselfBlamesNoVariable() throws Exception {
        ConfigurationFiles withVariables =
                new ConfigurationFiles(Map.of("LONGHAUL_NODE", "a", "LONGHAUL_PORT", "80")::get);

        assertThatThrownBy(() -> read(withVariables, Files.readString(Path.of("config.yml")) + "\nmore: true\n"))
                .hasMessageContaining("Unrecognized field")
                .message()
                .doesNotContain("variable");
    }

    @Test
    void readsTheShippedFile() throws Exception {
        assertThat(read(Files.readString(Path.of("config.yml"))).workers().concurrency())
                .isEqualTo(16);
    }
}
