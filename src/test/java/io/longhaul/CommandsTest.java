package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.cli.remote.RemoteTree;
import io.longhaul.schema.Examples;
import io.longhaul.testing.CommandRun;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The man page, and the commands that do without a server. */
class CommandsTest {
    @TempDir
    Path folder;

    private static String manual() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int exit = new RemoteCommands(new TreeMap<>(Map.of()), new ByteArrayInputStream(new byte[0]), stream, stream)
                .run(List.of("manual"));
        assertThat(exit).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theManPageNamesEveryCommandAndOption() {
        String page = manual();
        new Commands()
                .local()
                .keySet()
                .forEach(name -> assertThat(page).containsPattern("\\.B longhaul " + name + "( \\w+)?( \\[config|\n)"));
        RemoteTree.tree().getSubcommands().forEach((name, command) -> {
            assertThat(page).contains(".SS longhaul " + name);
            command.getSubcommands().forEach((action, line) -> {
                assertThat(page).contains(".SS longhaul " + name + " " + action.replace("-", "\\-") + "\n");
                line.getCommandSpec()
                        .optionsMap()
                        .keySet()
                        .forEach(option -> assertThat(page).contains(option.replace("-", "\\-")));
            });
        });
    }

    /** Commands without a server have their examples in one file. */
    @Test
    void everyExampleIsUnderstoodAndEveryCommandHasTwo() throws Exception {
        Commands commands = new Commands();
        List<String> examples = Files.readAllLines(Path.of("src/main/resources/examples.txt"));
        examples.forEach(example -> assertThat(commands.problem(List.of(example.split(" "))))
                .as(example)
                .isEmpty());
        commands.actions()
                .forEach(words -> assertThat(Examples.of(words)).as(words).hasSizeGreaterThanOrEqualTo(2));
        assertThat(commands.help("db rollback"))
                .contains("Examples:\n", "\n  java -jar app.jar db rollback -c 1 config.yml\n");
    }

    @Test
    void noTextOfTheManPageIsTakenForARequest() {
        assertThat(manual().lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|PP|nf|fi|B|I)( .*)?"));
    }

    @ParameterizedTest
    @CsvSource({
        "sever, server",
        "docter, doctor",
        "schema verfy, verify",
        "db rolback, rollback",
        "db migrate --catalgo x, --catalog",
        "key creaet --name me, create",
        "schema show --verbsoe, --verbose",
        "data exprot x.zip, export",
        "mcp --ulr http://127.0.0.1:8080, --url",
        "mcp --sever lab, --server",
    })
    void aTypingErrorIsAnsweredWithWhatWasMeant(String words, String meant) {
        assertThat(new Commands().cure(words)).isEqualTo("Did you mean " + meant + "?");
    }

    @Test
    void anOptionInFrontOfItsCommandIsSentBehindIt() {
        assertThat(new Commands().cure("--url http://127.0.0.1:8080 job list"))
                .isEqualTo("Options stand behind their command, as in: job list --url http://127.0.0.1:8080");
        assertThat(new Commands().cure("db migrate --urk x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jbo list  | There is no command "jbo". Did you mean job? See java -jar app.jar --help.
            key creat | key: there is no "creat": NAMES are there. Did you mean create? See java -jar app.jar key --help.
            data exp  | data: there is no "exp": NAMES are there. See java -jar app.jar data --help.
            """)
    void aWordThatIsNoCommandIsAnsweredInOneLine(String words, String line) throws Exception {
        CommandRun run = CommandRun.program(
                folder,
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.longhaul.App",
                words.split(" ")[0],
                words.split(" ")[1]);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().replaceFirst("(\": ).* (are there)", "$1NAMES $2")).isEqualTo(line + "\n");
    }

    @Test
    void otherWordsAreNotGuessedAt() {
        assertThat(new Commands().cure("launch")).isEmpty();
        assertThat(new Commands().cure("key create")).isEmpty();
    }
}
