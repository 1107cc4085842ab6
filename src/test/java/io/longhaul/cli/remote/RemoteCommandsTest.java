package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The commands that ask a server, against the real API. */
class RemoteCommandsTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private static final CommandLine TREE = RemoteTree.tree();

    @TempDir
    private Path folder;

    /** What a command did. */
    private record Ran(int exit, String out, String err) {
        String line() {
            return out.strip();
        }
    }

    private static Ran ran(
            Map<String, String> environment, Ansi ansi, Terminals terminals, Shell.Watch watch, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new RemoteCommands(new Shell(
                        environment,
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        ansi,
                        terminals,
                        watch))
                .run(List.of(words));
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Ran run(String... words) {
        return ran(Map.of("LONGHAUL_URL", url()), Ansi.OFF, Terminals.NONE, seconds -> false, words);
    }

    private static Ran good(String... words) {
        Ran ran = run(words);
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran;
    }

    private static String url() {
        return "http://127.0.0.1:" + SERVER.port();
    }

    /** Each command and action, as words. */
    static Stream<List<String>> commands() {
        return TREE.getSubcommands().entrySet().stream().flatMap(entry -> {
            String name = entry.getKey();
            CommandLine command = entry.getValue();
            return command.getSubcommands().isEmpty()
                    ? Stream.of(List.of(name))
                    : command.getSubcommands().keySet().stream().map(action -> List.of(name, action));
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithTwoExamplesThatItUnderstands(List<String> command) {
        Ran help = good(Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new));
        List<String> examples = help.out()
                .lines()
                .dropWhile(line -> !line.startsWith("Examples:"))
                .filter(line -> line.startsWith("  "))
                .toList();
        assertThat(help.out()).contains("Exits 0 when done");
        assertThat(examples).as(help.out()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(help.err()).isEmpty();
        examples.stream()
                .filter(line -> !line.contains("$(") && !line.contains("longhaul "))
                .forEach(this::parses);
    }

    /** An example's options and operands are ones of its command. */
    private void parses(String example) {
        List<String> words = Stream.of(example.strip().split(" (?=(?:[^']*'[^']*')*[^']*$)"))
                .takeWhile(word -> !word.equals("|") && !word.equals("<"))
                .map(word -> word.replace("'", ""))
                .toList();
        assertThat(words.subList(0, 3)).containsExactly("java", "-jar", "app.jar");
        TREE.parseArgs(words.subList(3, words.size()).toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyTypingErrorIsNamedAndEndsWithTwo(List<String> command) {
        Ran ran = run(Stream.concat(command.stream(), Stream.of("--jsn")).toArray(String[]::new));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .startsWith(String.join(" ", command) + ": ")
                .contains("--help")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job list --limit 0                     | "0" is no number of lines: write 1 or more
            job list --limit=-1                    | "-1" is no number of lines: write 1 or more
            audit --limit 9999999999               | "9999999999" is no number of lines
            operation list --limit=x               | "x" is no number of lines
            webhook deliveries ID --limit=-5       | "-5" is no number of lines
            job wait ID 999999d                    | "999999d" is longer than ten years (3650d)
            job submit ping --wait 999999999d      | longer than ten years
            job submit ping --run-at 999999999d    | longer than ten years
            """)
    void wrongNumbersAreRefused(String words, String message) {
        String id = "5f0c9a1b-e24d-4783-8d5c-000000000000";
        Ran ran = run(words.replace("ID", id).split(" +"));
        assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).contains(message).doesNotContain("Exception");
    }

    @ParameterizedTest
    @CsvSource({
        "job lst, list",
        "tool pauze x, pause",
        "job list --statsu failed, --status",
        "schedule creat x, create",
        "webhook redelivr x, redeliver",
        "job sumbit ping, submit",
        "job submit ping --wiat, --wait",
        "job submit pign, ping",
        "job submit pign --wait, ping",
        "tool pause pign, ping",
    })
    void aTypingErrorIsAnsweredWithWhatWasMeant(String words, String meant) {
        assertThat(run(words.split(" ")).err()).contains("Did you mean " + meant + "?");
    }

    @Test
    void toolsAreListedShownPausedAndResumed() {
        assertThat(good("tool", "list").out()).startsWith("TOOL  ").contains("\necho  ");
        assertThat(good("tool", "pause", "ping", "--reason", "The disk is full.")
                        .line())
                .isEqualTo("ping is paused");
        assertThat(good("tool", "list").out()).containsPattern("ping +paused");
        assertThat(good("tool", "show", "ping").out()).containsPattern("paused +20.*The disk is full\\.");
        assertThat(good("tool", "resume", "ping", "--json").out()).contains("\"paused\":false");
        assertThat(good("tool", "show", "sleep").out()).containsPattern("limit +max_attempts 1\nparam +seconds \\(");
        assertThat(run("tool", "show", "pong").err()).contains("no tool of this name", "Did you mean ping?");
    }

    @Test
    void aToolWithATypingErrorIsAnsweredWithWhatWasMeant() {
        Ran ran = run("job", "submit", "ech");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("Did you mean echo?");
    }

    @Test
    void aBatchIsSubmittedAndShown() throws IOException {
        Path jobs = Files.writeString(
                folder.resolve("jobs.ndjson"),
                "{\"tool\": \"echo\", \"params\": {\"n\": 1}}\n\n{\"tool\": \"ping\"}\n");
        Ran submitted = good("batch", "submit", jobs.toString());
        assertThat(submitted.err()).isEqualTo("2 created, 0 there already, 0 refused\n");
        assertThat(good("batch", "show", submitted.line()).out())
                .containsPattern(submitted.line() + " +2 +2 +0 +0 +0 +0");
        Files.writeString(jobs, "{\"tool\": \"echo\"}\n{\"tool\": \"pign\"}\n");
        assertThat(run("batch", "submit", jobs.toString()).err()).contains("no tool named pign. Did you mean ping?");
        Ran some = run("batch", "submit", jobs.toString(), "--each");
        assertThat(some.exit()).isEqualTo(1);
        assertThat(some.err())
                .startsWith("1 created, 0 there already, 1 refused\n  line 2 of " + jobs + ": ")
                .contains("Did you mean ping?");
        Files.writeString(jobs, "{\"tool\": \"echo\"}\n{\n");
        assertThat(run("batch", "submit", jobs.toString()).err()).contains("line 2 of " + jobs, "not JSON");
        assertThat(run("batch", "submit", "/no/such/file").err()).contains("/no/such/file cannot be read");
    }

    @Test
    void whatTheServerTakesForAMistakeIsSaid() throws IOException {
        Path jobs = Files.writeString(folder.resolve("jobs.ndjson"), "{\"tool\": \"echo\", \"priorty\": 3}\n");
        assertThat(good("batch", "submit", jobs.toString()).err())
                .contains("line 1 of " + jobs + ", /priorty is no member of this request: did you mean priority?\n");
        Ran made = good("schedule", "create", "mistaken", "0 2 * * *", "echo", "--set", "{\"time_zne\": \"UTC\"}");
        assertThat(made.err()).contains("/time_zne ", "did you mean time_zone?");
        assertThat(good("schedule", "change", made.line(), "{\"pausd\": true}").err())
                .contains("/pausd ", "did you mean paused?");
        good("schedule", "delete", made.line());
    }

    @Test
    void aScheduleLivesInTheCommandLine() {
        String id = good("schedule", "create", "nightly", "0 2 * * *", "echo", "n=5", "--time-zone", "Europe/Berlin")
                .line();
        assertThat(good("schedule", "list").out()).contains(id, "nightly", "0 2 * * *", "Europe/Berlin");
        assertThat(good("schedule", "show", id).out()).contains("params           {\"n\":5}");
        String job = good("schedule", "run", id).line();
        assertThat(good("job", "get", job).out()).contains("params     {\"n\":5}");
        assertThat(good("schedule", "pause", id).line()).isEqualTo(id + " paused");
        assertThat(good("schedule", "list").out()).contains("paused");
        assertThat(good("schedule", "resume", id, "--json").out()).contains("\"paused\":false");
        assertThat(run("schedule", "change", id, "{\"tool\": \"ehco\"}").err()).contains("Did you mean echo?");
        good("schedule", "change", id, "{\"cron\": \"0 3 * * *\"}");
        assertThat(good("schedule", "show", id).out()).contains("0 3 * * *");
        assertThat(good("schedule", "delete", id).line()).isEqualTo(id + " deleted");
        assertThat(run("schedule", "show", id).exit()).isEqualTo(2);
        assertThat(run("schedule", "create", "bad", "0 2 * *", "echo").err()).contains("cron must be five fields");
    }

    @Test
    void aFileIsUploadedAndDownloaded() throws IOException {
        Path file = Files.writeString(folder.resolve("names ü.csv"), "a,b\n");
        String id = good("file", "put", file.toString()).line();
        assertThat(good("file", "get", id, "--output", "-").out()).isEqualTo("a,b\n");
        Path copy = folder.resolve("copy");
        assertThat(good("file", "get", id, "-o", copy.toString()).err()).contains("4 B");
        assertThat(copy).hasContent("a,b\n");
        assertThat(good("file", "put", file.toString(), "--name", "x.csv", "--json")
                        .out())
                .contains("\"name\":\"x.csv\"");
        assertThat(run("file", "put", folder.toString()).err()).contains("no file that can be read");
        assertThat(run("file", "get", id).err()).contains("--output");
        assertThat(run("file", "get", id, "../x").err()).contains("may lead elsewhere");
    }

    @Test
    void figuresActionsAndGroupsAreShown() {
        good("job", "submit", "echo");
        assertThat(good("stats").out()).startsWith("FROM  ").contains("total", "now: ");
        assertThat(good("stats", "--since", "2h", "--step", "1h", "--json").out())
                .contains("\"step\":3600");
        assertThat(good("node", "list", "--json").exit()).isZero();
        assertThat(good("failure", "--since", "1h").err()).isEqualTo("No job failed.\n");
        assertThat(good("view").err()).isEqualTo("No list is kept.\n");
        assertThat(good("webhook", "list").err()).isEqualTo("There are no endpoints.\n");
        assertThat(good("operation", "list").err()).isEqualTo("None.\n");
    }

    @Test
    void aListIsColouredOnATerminalAndWatched() {
        good("job", "submit", "echo");
        Ran watched = watched(Ansi.ON, new Terminals(true, false));
        assertThat(watched.out().split("\u001B\\[H\u001B\\[2J")).hasSize(4);
        assertThat(watched.out()).contains("\u001B[33mpending\u001B[");
        String plain = watched(Ansi.OFF, new Terminals(true, false)).out();
        assertThat(plain.split("\u001B\\[H\u001B\\[2J")).hasSize(4);
        assertThat(plain).doesNotContain("\u001B[33m");
        assertThat(watched(Ansi.OFF, new Terminals(false, true)).out()).doesNotContain("\u001B");
        assertThat(good("job", "list").out()).doesNotContain("\u001B");
    }

    /** Twice more after the first time. */
    private static Ran watched(Ansi ansi, Terminals terminals) {
        int[] left = {2};
        return ran(
                Map.of("LONGHAUL_URL", url()),
                ansi,
                terminals,
                seconds -> left[0]-- > 0,
                "job",
                "list",
                "--limit=1",
                "--watch",
                "7");
    }

    @Test
    void attemptsAndProgressAreShown() {
        String job = good("job", "submit", "echo").line();
        assertThat(good("job", "attempts", job).err()).isEqualTo("It has not begun yet.\n");
        SERVER.worker().log(SERVER.worker().claim(job), "one");
        assertThat(good("job", "attempts", job).out()).containsPattern("1 +running");
        assertThat(good("job", "list", "--status", "running").out()).contains("TRY", job);
        Ran waited = run("job", "wait", job, "1s");
        assertThat(waited.exit()).isEqualTo(3);
        assertThat(waited.err()).contains("Z #1 one\n", "job cancel " + job);
        assertThat(run("job", "wait", job, "100ms", "--quiet").err()).doesNotContain("#1 one");
    }

    @Test
    void theLogOfAJobThatHadEndedIsShownToo() {
        String[] submit = {"job", "submit", "echo", "--idempotency-key", "ended"};
        String job = good(submit).line();
        ClaimedJob claimed = SERVER.worker().claim(job);
        SERVER.worker().log(claimed, "one", "two");
        SERVER.worker().complete(claimed, "1");
        String log = "Z #1 one\n";
        assertThat(good("job", "wait", job).err()).contains(log, "Z #1 two\n");
        assertThat(good("job", "submit", "echo", "--idempotency-key", "ended", "--wait")
                        .err())
                .contains(log);
        assertThat(good("job", "wait", job, "--quiet").err()).isEmpty();
        String[] quiet = {"job", "submit", "echo", "--idempotency-key", "ended", "--wait", "--quiet"};
        assertThat(good(quiet).err()).isEmpty();
        assertThat(good("job", "wait", job, "0s").err()).isEmpty();
    }

    /** The stream of a running job does not end: nobody waits for it when the time is over. */
    @Test
    void aWaitEndsWithItsTime() {
        String job = good("job", "submit", "echo").line();
        SERVER.worker().log(SERVER.worker().claim(job), "one");
        assertThat(IntStream.range(0, 3)).anySatisfy(i -> {
            long begun = System.nanoTime();
            assertThat(run("job", "wait", job, "1s").exit()).isEqualTo(3);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        });
    }

    @Test
    void severalJobsAreAwaitedAndTheWorstEndCounts() {
        String good = good("job", "submit", "echo").line();
        SERVER.worker().complete(SERVER.worker().claim(good), "1");
        String bad = good("job", "submit", "echo").line();
        SERVER.worker().fail(SERVER.worker().claim(bad), "TOOL_ERROR", "no", null);
        Ran ran = run("job", "wait", good, bad, "5s");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("1\n");
        assertThat(run("job", "wait", "5s").err()).contains("write the ids");
    }

    @Test
    void aServerIsFoundByItsName() throws IOException {
        Path file = folder.resolve("longhaul/servers.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, "default: here\nservers:\n  here: {url: \"" + url() + "\"}\n  gone: http://127.0.0.1:1\n");
        Map<String, String> environment = new HashMap<>(Map.of("XDG_CONFIG_HOME", folder.toString()));
        assertThat(named(environment).exit()).isZero();
        assertThat(named(environment, "--server", "here").exit()).isZero();
        assertThat(named(environment, "--server", "gone").err()).contains("127.0.0.1:1");
        assertThat(named(environment, "--server", "nowhere").err()).contains("it names here, gone");
        assertThat(named(environment, "--server", "here", "--url", url()).err()).contains("not both");
        environment.put("LONGHAUL_SERVER", "gone");
        assertThat(named(environment).exit()).isEqualTo(3);
        environment.put("LONGHAUL_URL", url());
        assertThat(named(environment).exit()).isZero();
        Files.writeString(file, "servers: [\n");
        assertThat(named(environment, "--server", "here").err()).contains("is no YAML");
    }

    private static Ran named(Map<String, String> environment, String... options) {
        String[] words =
                Stream.concat(Stream.of("tool", "list"), Stream.of(options)).toArray(String[]::new);
        return ran(environment, Ansi.OFF, Terminals.NONE, seconds -> false, words);
    }

    @Test
    void keysThatOthersMayReadAreWarnedOf() throws IOException {
        Path file = folder.resolve("longhaul/servers.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "default: here\nservers:\n  here: {url: \"" + url() + "\", key: lh_secret}\n");
        Map<String, String> environment = Map.of("XDG_CONFIG_HOME", folder.toString());
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(named(environment).err()).contains("chmod 600 " + file).doesNotContain("lh_secret");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        assertThat(named(environment).err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh", "fish"})
    void aShellCompletesTheCommands(String kind) {
        assertThat(good("completion", kind).out()).contains("longhaul", "job", "--follow".substring(2), "schedule");
        assertThat(run("completion", "csh").err()).contains("[bash, zsh, fish]");
    }
}
