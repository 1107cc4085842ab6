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
import java.util.List;
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
        "LONGHAUL_PORT,eighty,server.applicationConnectors[0].port",
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
                .doesNotContain("UNKNOWN", "reference chain", "#");
    }

    /** In the words of the product: Java's classes say nothing to an operator. */
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "LONGHAUL_DRAIN|30|workers.drain: write a duration with its unit, such as 500ms, 30s or 2h",
                "LONGHAUL_DRAIN|x|workers.drain: Invalid duration: x. Write a duration with its unit, such as 500ms",
                "LONGHAUL_MAX_FILE|1XB|Wrong size unit. Write a size with its unit, such as 64KiB or 16MiB",
                "LONGHAUL_SCHEMA_STARTUP|now|schema.startup is now: write wait or require",
                "LONGHAUL_UNKNOWN_MEMBERS|x|api.unknownMembers is x: write warn or refuse",
                "LONGHAUL_CONCURRENCY|2.5|workers.concurrency is 2.5: write a whole number",
                "LONGHAUL_PORT|x|server.applicationConnectors[0].port is x: write a whole number",
                "LONGHAUL_CONSOLE|x|* console.enabled is 'x': write true, false, or auto",
                "LONGHAUL_AUTH|key|* auth.mode is 'key': write none or keys"
            })
    void aWrongValueIsToldWithWhatIsAllowed(String name, String value, String told) throws Exception {
        Map<String, String> set = Map.of(name, value, "DATABASE_URL", "embedded", "LONGHAUL_NODE", "a");

        assertThatThrownBy(() -> read(new ConfigurationFiles(set::get), Files.readString(Path.of("config.yml"))))
                .hasMessageContaining(told)
                .hasMessageContaining("The value is that of the variable " + name)
                .message()
                .doesNotContain("io.", "java", "Source", "instance");
    }

    @Test
    void aCommentThatAnEnvFileKeptIsExplained() throws Exception {
        Map<String, String> set = Map.of("LONGHAUL_LEASE", "15s # short", "DATABASE_URL", "embedded");
        String shipped = Files.readString(Path.of("config.yml"));

        assertThatThrownBy(() -> read(new ConfigurationFiles(set::get), shipped))
                .hasMessageContaining("that of the variable LONGHAUL_LEASE")
                .hasMessageContaining("a comment after a value is part of the value");
    }

    /** As env files of Docker hand them over. */
    @Test
    void quotesAndBlanksAroundValuesAreTakenOff() throws Exception {
        Map<String, String> set = Map.of(
                "LONGHAUL_CONCURRENCY", "\"9\"",
                "LONGHAUL_LEASE", "20s ",
                "LONGHAUL_AUTH_SHARED", "'true'",
                "LONGHAUL_ALLOWED_HOSTS", "\"a.example.org, b.example.org\"",
                "DATABASE_URL", "\"postgres://127.0.0.1/a\"",
                "DATABASE_PASSWORD", "\"s3cret\"");
        String shipped = Files.readString(Path.of("config.yml"));
        ServiceConfiguration read = read(new ConfigurationFiles(set::get), shipped);

        assertThat(read.workers().concurrency()).isEqualTo(9);
        assertThat(read.workers().lease()).hasSeconds(20);
        assertThat(read.auth().sharedVisibility()).isTrue();
        assertThat(read.auth().allowedHosts()).containsExactly("a.example.org", "b.example.org");
        assertThat(read.database().getUrl()).endsWith("127.0.0.1/a");
        assertThat(read.database().getPassword()).isEqualTo("s3cret");

        ServiceConfiguration exact = read(
                new ConfigurationFiles(set::get),
                shipped.replaceAll("(password: )(\\$\\{DATABASE_PASSWORD:-})", "$1\"$2\""));
        assertThat(exact.database().getPassword()).isEqualTo("\"s3cret\"");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "#Pq7xy",
                "&foo",
                "!foo",
                "~",
                "*foo",
                "\"foo",
                "ab #c",
                "0123",
                "1_000",
                "1e3",
                "a${HOME}b",
                "%a",
                "@a",
                "[a",
                "{a",
                "]",
                "}",
                "'",
                "|",
                ">",
                ",",
                "`",
                "tops3cret: x",
                "a, b",
                "1234",
                "true",
                "null",
                "a\\b",
                "pä"
            })
    void aPasswordIsWhatTheVariableHolds(String value) throws Exception {
        ConfigurationFiles withVariables = new ConfigurationFiles(name -> Map.of(
                        "DATABASE_URL", "postgres://127.0.0.1/a", "HOME", "/root")
                .getOrDefault(name, name.matches("DATABASE_.*(USER|PASSWORD)|LONGHAUL_(NODE|DATA)") ? value : null));
        String shipped = Files.readString(Path.of("config.yml"));

        for (String quote : List.of("", "'", "\"")) {
            ServiceConfiguration read = read(
                    withVariables,
                    shipped.replaceAll("(: )(\\$\\{(DATABASE_[A-Z_]*|LONGHAUL_NODE):-})", "$1" + quote + "$2" + quote));
            assertThat(read.database().getUser()).isEqualTo(value);
            assertThat(read.database().getPassword()).isEqualTo(value);
            assertThat(read.database().forMigrations().getUser()).isEqualTo(value);
            assertThat(read.database().forMigrations().getPassword()).isEqualTo(value);
            assertThat(read.workers().node()).isEqualTo(value);
            assertThat(read.dataFolder()).isEqualTo(value);
        }
    }

    @Test
    void settingsOfAllKindsTakeVariables() throws Exception {
        Map<String, String> set = Map.of(
                "LONGHAUL_CONCURRENCY", "08",
                "LONGHAUL_LEASE", "20s",
                "LONGHAUL_MAX_FILE", "1MiB",
                "LONGHAUL_AUTH_SHARED", "TRUE",
                "LONGHAUL_ALLOWED_HOSTS", "a.example.org, b.example.org",
                "LONGHAUL_PORT", "9090",
                "DATABASE_URL", "embedded");
        ServiceConfiguration read = read(new ConfigurationFiles(set::get), Files.readString(Path.of("config.yml")));

        assertThat(read.workers().concurrency()).isEqualTo(8);
        assertThat(read.workers().lease()).hasSeconds(20);
        assertThat(read.auth().sharedVisibility()).isTrue();
        assertThat(read.auth().allowedHosts()).containsExactly("a.example.org", "b.example.org");
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
