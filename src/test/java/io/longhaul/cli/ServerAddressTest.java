package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.cli.remote.ServerAddress;
import io.longhaul.client.LonghaulClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands job and mcp ask the server that the same environment would start. */
class ServerAddressTest {
    private static String in(String... pairs) {
        Map<String, String> environment = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return ServerAddress.in(environment);
    }

    @Test
    void theAddressIsThatOfAServerWithTheSameEnvironment() {
        assertThat(in()).isEqualTo("http://127.0.0.1:8080");
        assertThat(in("LONGHAUL_PORT", " ", "LONGHAUL_URL", "")).isEqualTo("http://127.0.0.1:8080");
        assertThat(in("LONGHAUL_PORT", "9090")).isEqualTo("http://127.0.0.1:9090");
        assertThat(in("LONGHAUL_BIND", "0.0.0.0", "LONGHAUL_PORT", "9090")).isEqualTo("http://127.0.0.1:9090");
        assertThat(in("LONGHAUL_BIND", "10.0.0.7")).isEqualTo("http://10.0.0.7:8080");
        assertThat(in("LONGHAUL_BIND", "::1")).isEqualTo("http://[::1]:8080");
    }

    @Test
    void anAddressThatIsGivenComesFirst() {
        assertThat(in("LONGHAUL_URL", "http://10.0.0.7:1,http://10.0.0.8:1", "LONGHAUL_PORT", "tcp://10.0.0.9:8080"))
                .isEqualTo("http://10.0.0.7:1,http://10.0.0.8:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"banana", "0", "70000", "-1", "tcp://10.0.0.9:8080"})
    void whereNoServerCanBeTheCommandsSayWhatToSet(String port) {
        Map<String, String> environment = Map.of("LONGHAUL_PORT", port);
        for (boolean job : List.of(true, false)) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
            ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
            int exit = job
                    ? new RemoteCommands(environment, nothing, err, err).run(List.of("job", "list"))
                    : new McpCommand(environment, nothing, err, err).run(List.of());
            assertThat(exit).isEqualTo(2);
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("LONGHAUL_PORT is \"" + port + "\"", "--url", "LONGHAUL_URL")
                    .hasLineCount(1);
        }
    }

    /** What a command says that ends with 2 at its start. */
    private static List<String> refused(Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>();
        for (String command : List.of("job", "operation", "node", "mcp")) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
            ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
            List<String> words = new ArrayList<>(command.equals("mcp") ? List.of() : List.of(command, "list"));
            words.addAll(List.of(arguments));
            int exit = switch (command) {
                case "mcp" -> new McpCommand(environment, nothing, err, err).run(words);
                default -> new RemoteCommands(environment, nothing, err, err).run(words);
            };
            String text = said.toString(StandardCharsets.UTF_8);
            assertThat(exit).as(text).isEqualTo(2);
            all.add(text);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"hush\nhush", "hush-ü", "hush hush", "hush\u0007"})
    void whatCannotBeAKeyIsRefusedWithoutShowingIt(String key) {
        assertThat(refused(Map.of("LONGHAUL_API_KEY", key, "LONGHAUL_URL", "http://127.0.0.1:1")))
                .allSatisfy(text -> assertThat(text)
                        .contains("LONGHAUL_API_KEY has a character that no key has")
                        .doesNotContain("hush"));
        assertThatThrownBy(() -> LonghaulClient.builder("http://127.0.0.1:1").token(key))
                .hasMessageContaining("character that no key has")
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:hush@127.0.0.1:1",
                "me:hush@127.0.0.1",
                "http://me:hush@127.0.0.1:1?q",
                "http://a:hush@b:c@d"
            })
    void aPasswordInAUrlIsRefusedWithoutShowingIt(String url) {
        for (List<String> texts : List.of(refused(Map.of(), "--url", url), refused(Map.of("LONGHAUL_URL", url)))) {
            assertThat(texts)
                    .allSatisfy(text -> assertThat(text)
                            .contains("leave out the user and the password")
                            .doesNotContain("hush"));
        }
        assertThatThrownBy(() -> LonghaulClient.of(url)).hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://127.0.0.1:99999|ports go from 1 to 65535",
                "http://127.0.0.1:0|ports go from 1 to 65535",
                "http://127.0.0.1:x|its host or port is none",
                "http://127.0.0.1:1/a[b|encode special characters",
                "''|the URL of the server is empty",
                "' '|the URL of the server is empty",
                "ftp://127.0.0.1|is not the URL of a server",
            })
    void whereNoServerCanBeTheCommandsRefuseToStart(String url, String what) {
        assertThat(refused(Map.of(), "--url", url))
                .allSatisfy(text -> assertThat(text).contains(what));
    }

    @Test
    void serversAreNamedForAllCommands(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("longhaul/servers.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "default: odd\nservers:\n  odd: ftp://127.0.0.1\n  lab: http://127.0.0.1:0\n");
        Map<String, String> environment = new TreeMap<>(Map.of("XDG_CONFIG_HOME", folder.toString()));
        assertThat(refused(environment)).allSatisfy(text -> assertThat(text).contains("ftp://127.0.0.1"));
        assertThat(refused(environment, "--server", "nowhere"))
                .allSatisfy(text -> assertThat(text).contains("it names odd, lab"));
        Files.writeString(
                file, "defalt: odd\nservers:\n  odd: ftp://127.0.0.1\n  lab: http://127.0.0.1:0\n  bare: {key: k}\n");
        assertThat(refused(environment, "--server", "bare"))
                .allSatisfy(text -> assertThat(text)
                        .contains("has \"defalt\", which is not read. Did you mean default?")
                        .contains("the server \"bare\" in " + file + " has no url: write bare: {url: "));
        assertThat(refused(environment, "--server", "lab", "--url", "http://127.0.0.1:1"))
                .allSatisfy(text -> assertThat(text).contains("not both"));
        environment.put("LONGHAUL_SERVER", "lab");
        assertThat(refused(environment)).allSatisfy(text -> assertThat(text).contains("ports go from 1 to 65535"));
    }

    @ParameterizedTest
    @CsvSource({"--ulr, --url", "--sever, --server"})
    void aMistypedOptionIsAnsweredWithTheOneMeant(String word, String meant) {
        assertThat(refused(Map.of(), word, "lab"))
                .allSatisfy(text -> assertThat(text)
                        .contains("Did you mean " + meant + "?", " --help.")
                        .hasLineCount(1));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        new McpCommand(Map.of(), new ByteArrayInputStream(new byte[0]), err, err).run(List.of("/nonexistent.yml"));
        assertThat(said.toString(StandardCharsets.UTF_8))
                .isEqualTo("mcp: /nonexistent.yml cannot be read: there is no such file.\n");
    }
}
