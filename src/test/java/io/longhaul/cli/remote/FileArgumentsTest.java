package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.http.StandIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that stand for options and operands, and what is said of those that cannot be used. */
class FileArgumentsTest {
    private static final String ID = "5f0c9a1b-e24d-4783-8d5c-0123456789ab";

    /** It takes notes of requests, and refuses all. */
    private final StandIn server = new StandIn().on("/", (request, exchange) -> exchange.json(403, "{}"));

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    /** FILE is a path in the folder. */
    private int run(String words) {
        return run(Stream.of(words.split(" "))
                .map(word -> word.replace("ID", ID).replace("FILE", file().toString()))
                .toList());
    }

    private int run(List<String> words) {
        return run(Map.of("LONGHAUL_URL", server.url()), words);
    }

    private int run(Map<String, String> environment, List<String> words) {
        Shell shell = TestShells.of(environment, said);
        return new RemoteCommands(shell).run(words);
    }

    private Path file() {
        return folder.resolve("a.json");
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job submit echo --params @FILE",
                "job submit echo --params=@FILE",
                "job submit echo --retry @FILE",
                "job submit echo --webhook @FILE",
                "job submit echo --set @FILE",
                "job list --filter @FILE",
                "job answer ID key --content @FILE",
                "operation create cancel --all --filter @FILE",
                "schedule create n 1 echo --params @FILE",
                "schedule create n 1 echo --set @FILE",
                "schedule change ID @FILE",
                "webhook create https://127.0.0.1/ --secret @FILE",
                "webhook rotate-secret ID --secret @FILE",
                "webhook change ID @FILE"
            })
    void aFileStandsForItsText(String words) throws IOException {
        Files.writeString(file(), "{\n  \"marked\": \"two words --help\"\n}\n");
        run(words);
        assertThat(said()).doesNotContain("cannot be read", "not JSON", "Usage:");
        assertThat(server.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.body() + request.uri()).contains("marked", "two", "words"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit echo @FILE         | "@FILE" is not of the form key=value.
            tool show @FILE               | nothing
            """)
    void aWordThatBeginsWithAnAtIsThatWord(String words, String message) throws IOException {
        Files.writeString(file(), "--help");
        run(words);
        String right = message.replace("FILE", file().toString());
        assertThat(said()).doesNotContain("Usage:");
        assertThat(message.equals("nothing") || said().contains(right))
                .as(said())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit echo --params @FILE      | --params @FILE is not JSON:
            schedule change ID @FILE            | the change @FILE is not JSON:
            job answer ID key --content @FILE   | --content @FILE is not JSON:
            """)
    void aFileThatIsNoJsonIsNamedWithItsPlace(String words, String message) throws IOException {
        Files.writeString(file(), "{\n  \"a\": [1\n");
        assertThat(run(words)).isEqualTo(ExitCode.REFUSED);
        assertThat(said())
                .contains(message.replace("FILE", file().toString()))
                .contains("at line 3, column 1.\n")
                .doesNotContain("Source", "REDACTED", "Feature");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit echo --params {          | --params is not JSON: Unexpected end-of-input
            job submit echo --params {}{}       | --params is not JSON: Something follows the JSON value, at line 1
            job submit echo --params @FILE      | --params @FILE cannot be read: there is no such file.
            webhook create http://a --secret @/ | --secret @/ cannot be read: it is a folder.
            batch submit FILE                   | FILE cannot be read: there is no such file.
            batch submit /                      | / cannot be read: it is a folder.
            file get ID -o FILE/x/y             | /x/y cannot be written: there is no such folder.
            """)
    void whatIsWrongWithAnArgumentIsSaidWithoutJava(String words, String message) {
        assertThat(run(words)).isEqualTo(ExitCode.REFUSED);
        assertThat(said())
                .contains(message.replace("FILE", file().toString()))
                .doesNotContain("java.", "Source", "Feature", "jackson");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job submit echo --params @FILE",
                "job submit echo --set @FILE",
                "job submit echo --retry @FILE",
                "job submit echo --webhook @FILE",
                "job submit echo a={\"tool\":1,\"tool\":2}",
                "job answer ID key --content @FILE",
                "job list --filter @FILE",
                "schedule change ID @FILE",
                "webhook change ID @FILE",
                "batch submit FILE"
            })
    void aMemberThatIsThereTwiceIsRefused(String words) throws IOException {
        Files.writeString(file(), "{\"tool\": \"ping\", \"tool\": \"echo\"}");
        assertThat(run(words)).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains(" is not JSON: it has the member \"tool\" twice, at ");
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            view show          | NAME
            view save Q        | NAME
            view delete        | NAME
            tool show          | TOOL
            tool pause         | TOOL
            tool resume        | TOOL
            tool delete        | TOOL
            job answer ID Q    | KEY
            """)
    void aNameThatNoPathCarriesIsRefused(String words, String label) {
        for (String name : List.of("", "a/b", "..", "a;b", "a%b", "a\\b")) {
            said.reset();
            List<String> command = Stream.of(words.split(" "))
                    .map(word -> word.equals("Q") ? "x=1" : word.replace("ID", ID))
                    .collect(Collectors.toCollection(ArrayList::new));
            command.add(words.endsWith("Q") ? command.size() - 1 : command.size(), name);
            assertThat(run(command)).as(this::said).isEqualTo(ExitCode.REFUSED);
            assertThat(said())
                    .contains(name.isEmpty() ? ": " + label + " is empty." : "\"" + name + "\" cannot be " + label);
        }
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job list --since 2h --until 3h",
                "operation create cancel --since 2h --until 2026-01-01T00:00:00Z",
                "stats --since 2h --until 3h",
                "failure --since 2h --until 3h"
            })
    void aTimeInWhichNothingCanBeIsRefused(String words) {
        assertThat(run(words)).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).endsWith(": --since must be before --until.\n");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theKeyThatWasSentIsNamed() throws IOException {
        server.on("/v1/mcp", (request, exchange) -> exchange.json(401, "{}"));
        assertThat(run("tool list")).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("  No key was sent: LONGHAUL_API_KEY, or the server's key in servers.yml");
        assertThat(run(Map.of("LONGHAUL_API_KEY", "k", "LONGHAUL_URL", server.url()), List.of("tool", "list")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("  The key was that of LONGHAUL_API_KEY, which must hold");
        Path file = folder.resolve("longhaul/servers.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "default: a\nservers:\n  a: {url: \"" + server.url() + "\", key: k}\n");
        Map<String, String> environment = Map.of("LONGHAUL_API_KEY", "k", "XDG_CONFIG_HOME", folder.toString());
        assertThat(run(environment, List.of("tool", "list"))).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("  The key was that of \"a\" in " + file + ", which must hold");
    }

    @Test
    void aParamThatIsThereTwiceIsRefused() {
        assertThat(run("job submit echo a=1 a=2")).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).isEqualTo("job submit: \"a\" is given twice.\n");
    }

    @Test
    void aLineOfABatchIsNamedWithItsColumn() throws IOException {
        for (String line : List.of("{\"a\": ", "@pom.xml", "-")) {
            Files.writeString(file(), "{\"tool\": \"echo\"}\n" + line + "\n");
            said.reset();
            assertThat(run("batch submit FILE")).isEqualTo(ExitCode.REFUSED);
            assertThat(said())
                    .startsWith("batch submit: line 2 of " + file() + " is not JSON: ")
                    .containsPattern(", at column \\d+\\.\n$")
                    .doesNotContain("Source");
        }
    }

    @Test
    void aLineThatIsTooDeepIsNamedWithoutAColumn() throws IOException {
        Files.writeString(file(), "[".repeat(1_001));
        assertThat(run("batch submit FILE")).isEqualTo(ExitCode.REFUSED);
        assertThat(said())
                .startsWith("batch submit: line 1 of " + file() + " is not JSON: Document nesting depth (1001)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'servers: [\n'         | while parsing a flow node expected the node content, but found '<stream end>', at line 1, column 11
            'default: a\ndefault: b' | it has the member "default" twice, at line 2, column 8
            """)
    void theFileOfServersIsNamedWithWhatIsWrong(String text, String wrong) throws IOException {
        Path file = folder.resolve("longhaul/servers.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.translateEscapes());
        Shell shell = TestShells.of(Map.of("XDG_CONFIG_HOME", folder.toString()), said);
        assertThat(new RemoteCommands(shell).run(List.of("tool", "list"))).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).isEqualTo("tool list: " + file + " is no YAML: " + wrong + ".\n");
    }
}
