package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.client.Job;
import io.longhaul.client.JobFilter;
import io.longhaul.client.JobRequest;
import io.longhaul.client.JobStatus;
import io.longhaul.client.LonghaulClient;
import io.longhaul.testing.Await;
import io.longhaul.testing.BusyDoor;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page about clients, run as it stands, where there are programs to run it: what its recipes do is what
 * {@link io.longhaul.client.LonghaulClient} does, whose tests run everywhere. And the command line as a process.
 */
class ClientsIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path folder;

    private static NodeProcess node;
    private static LonghaulClient client;
    private static String page;

    @BeforeAll
    static void open() throws IOException {
        page = Files.readString(Path.of("docs", "clients.md"));
        node = NodeProcess.start("clients", NodeProcess.database(DATABASE)).awaitReady();
        client = node.client();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void curl() throws Exception {
        if (isThere("curl", "--version")) {
            check("curl", "bash", "-euo", "pipefail", file("curl", "recipe.sh"));
        }
    }

    @Test
    void commandLine() throws Exception {
        check("Command line", "bash", "-euo", "pipefail", file("Command line", "recipe.sh"));
    }

    @Test
    void java() throws Exception {
        check("Java", JAVA, "-cp", "target/app.jar", file("Java", "Example.java"));
    }

    @Test
    void python() throws Exception {
        if (isThere("python3", "--version")) {
            check("Python", "python3", file("Python", "recipe.py"));
        }
    }

    @Test
    void typeScript() throws Exception {
        // An .mts is a module wherever it lies.
        String recipe = file("TypeScript", "recipe.mts");
        Path empty = Files.writeString(folder.resolve("empty.ts"), "const n: number = 1;");
        if (isThere("node", empty.toString())) {
            check("TypeScript", "node", recipe);
        } else if (isThere("node", "--experimental-strip-types", empty.toString())) {
            check("TypeScript", "node", "--experimental-strip-types", recipe);
        }
    }

    @Test
    void theCommandLineLoadsNothingOfAServer() throws Exception {
        Path classes = folder.resolve("classes.log");
        Run run = run(JAVA, "-Xlog:class+load:file=" + classes, "-jar", "target/app.jar", "job", "list");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(classes))
                .contains("io.longhaul.client.LonghaulClient")
                .doesNotContain("liquibase", "org.eclipse.jetty", "hibernate", "org.jdbi", "ch.qos.logback");
        long begun = System.nanoTime();
        run(JAVA, "-jar", "target/app.jar", "job", "list");
        System.out.println("job list took " + (System.nanoTime() - begun) / 1_000_000 + " ms");
    }

    /** A host of the Model Context Protocol, which has started {@code mcp}. */
    private Process host(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(List.of(options));
        command.addAll(List.of("-jar", "target/app.jar", "mcp"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(folder.resolve("mcp.err").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(Map.of("LONGHAUL_PORT", port(), "LC_ALL", "C"));
        return builder.start();
    }

    /** The port that the node has by its environment. */
    private static String port() throws IOException {
        return Integer.toString(URI.create(node.address()).getPort());
    }

    private static String ask(Process host, String method, String params) throws IOException {
        host.outputWriter(StandardCharsets.UTF_8)
                .append("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"" + method + "\", \"params\": " + params
                        + "}\n")
                .flush();
        return host.inputReader(StandardCharsets.UTF_8).readLine();
    }

    @Test
    void aHostThatStartsMcpGetsTheProtocolAndNothingElse() throws Exception {
        Path classes = folder.resolve("classes.log");
        Process host = host("-Xlog:class+load:file=" + classes);
        long begun = System.nanoTime();
        assertThat(ask(host, "tools/list", "{}")).startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":");
        System.out.println("mcp took " + (System.nanoTime() - begun) / 1_000_000 + " ms to its first answer");
        assertThat(ask(host, "tools/call", "{\"name\": \"echo\", \"arguments\": {\"text\": \"h\u00e4\u00df\"}}"))
                .contains("\"structuredContent\":{\"text\":\"h\u00e4\u00df\"}");
        begun = System.nanoTime();
        host.outputWriter(StandardCharsets.UTF_8).close();

        assertThat(host.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        assertThat(host.exitValue()).isZero();
        assertThat(host.inputReader(StandardCharsets.UTF_8).readLine()).isNull();
        assertThat(Files.readString(classes))
                .contains("io.longhaul.mcp.stdio.Bridge")
                .doesNotContain("liquibase", "org.eclipse.jetty", "hibernate", "org.jdbi", "ch.qos.logback");
    }

    @Test
    void aSignalEndsMcpWithoutAWord() throws Exception {
        Process host = host();
        ask(host, "ping", "{}");
        host.destroy();

        assertThat(host.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(host.exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("mcp.err")))
                .isEqualTo("longhaul mcp: passes MCP on to " + node.address() + "/mcp\n");
    }

    @Test
    void ctrlCEndsTheWaitingAndNotTheJob() throws Exception {
        JarProcess waiting = JarProcess.start(
                "waiting", Map.of("LONGHAUL_PORT", port()), "job", "submit", "sleep", "seconds=600", "--wait");
        Await.until("it waits", Await.LONG, () -> waiting.err().contains("is accepted"));
        Job job = Await.value("the job runs", Await.LONG, () -> running().findFirst());
        waiting.interrupt();
        assertThat(waiting.awaitExit(Duration.ofSeconds(20))).isEqualTo(130);
        assertThat(waiting.out()).isEmpty();
        assertThat(waiting.err()).contains("job wait " + job.id());
        assertThat(client.get(job.id()).status()).isEqualTo(JobStatus.RUNNING);
        client.cancel(job.id());
    }

    @Test
    void aPipeThatIsClosedIsNoError() throws Exception {
        // More than a pipe holds.
        JobRequest large = JobRequest.of("echo", Map.of("text", "x".repeat(50_000)));
        client.batch(List.of(large, large, large, large));
        Run run = run("bash", "-o", "pipefail", "-c", "java -jar target/app.jar job list --json | head -c 1");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void whereNobodyAnswersTheExitCodeSaysSo() throws Exception {
        Run run = run(JAVA, "-jar", "target/app.jar", "job", "list", "--url", "http://127.0.0.1:9");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("job list: No connection to http://127.0.0.1:9")
                .hasLineCount(1);
    }

    private static Stream<Job> running() {
        return client.list(JobFilter.ALL.tool("sleep").status(JobStatus.RUNNING));
    }

    /** What a program printed. */
    private record Run(int exit, String out, String err) {}

    /** Through a door that sends the first request away: a recipe that gives up there is none. */
    private void check(String section, String... command) throws Exception {
        Run run;
        try (BusyDoor door = new BusyDoor(node.address())) {
            run = run(door.address(), command);
            assertThat(door.sentAway()).isEqualTo(1);
        }
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(block(section, "text"));
    }

    private Run run(String... command) throws Exception {
        return run(node.address(), command);
    }

    private Run run(String url, String[] command) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("NODE_NO_WARNINGS", "1");
        builder.environment().put("LONGHAUL_URL", url);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("it ends")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Writes the code of a section to a file; with a language, its first block. */
    private String file(String section, String name) throws IOException {
        String language = Map.of("sh", "sh", "java", "java", "py", "python", "mts", "ts")
                .get(name.substring(name.indexOf('.') + 1));
        return Files.writeString(folder.resolve(name), block(section, language)).toString();
    }

    private static String block(String section, String language) {
        Matcher block = Pattern.compile(
                        "\n## " + section + "\n(?:(?!\n## ).)*?(?<=\n)```" + language + "\n(.*?\n)```\n",
                        Pattern.DOTALL)
                .matcher(page);
        assertThat(block.find()).as("```" + language + " under " + section).isTrue();
        return block.group(1);
    }

    private boolean isThere(String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            if (run(command).exit() == 0) {
                return true;
            }
        } catch (IOException e) {
            words.add("(" + e.getMessage() + ")");
        }
        System.out.println("NOT RUN: the recipe that needs " + String.join(" ", words));
        return false;
    }
}
