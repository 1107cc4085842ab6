package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.PackageVersion;
import io.longhaul.client.Job;
import io.longhaul.client.JobFilter;
import io.longhaul.client.JobRequest;
import io.longhaul.client.JobStatus;
import io.longhaul.client.LonghaulClient;
import io.longhaul.testing.Await;
import io.longhaul.testing.BusyDoor;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.Page;
import io.longhaul.testing.TestDatabase;
import java.io.File;
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
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page about clients, run as it stands; {@link ClientPackagesIT} runs its parts in Python and TypeScript. And the command
 * line as a process.
 */
class ClientsIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final Page PAGE = Page.of("docs", "clients.md");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path folder;

    private static NodeProcess node;
    private static LonghaulClient client;

    @BeforeAll
    static void open() throws IOException {
        node = NodeProcess.start("clients", NodeProcess.database(DATABASE)).awaitReady();
        client = node.client();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void curl() throws Exception {
        if (CommandRun.isThere(folder, "curl", "--version")) {
            check("curl", "bash", "-euo", "pipefail", file("curl", "sh", "recipe.sh"));
        }
    }

    @Test
    void commandLine() throws Exception {
        check("Command line", "bash", "-euo", "pipefail", file("Command line", "sh", "recipe.sh"));
    }

    @Test
    void java() throws Exception {
        String classPath = "target/app-client.jar" + File.pathSeparator + String.join(File.pathSeparator, jackson());
        check("Java", JAVA, "-cp", classPath, file("Java", "java", "Example.java"));
    }

    /** The one dependency that the client's jar declares, and what that needs. */
    private static List<String> jackson() {
        return Stream.of(ObjectMapper.class, JsonFactory.class, JsonProperty.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toList();
    }

    @Test
    void theClientsJarHasNothingOfAServer() throws IOException {
        try (ZipFile jar = new ZipFile("target/app-client.jar")) {
            assertThat(jar.stream().map(ZipEntry::getName).filter(name -> !name.endsWith("/")))
                    .contains("META-INF/LICENSE", "io/longhaul/client/LonghaulClient.class")
                    .allMatch(name -> name.startsWith("META-INF/") || name.startsWith("io/longhaul/client/"));
            String pom = new String(
                    jar.getInputStream(jar.getEntry("META-INF/maven/io.longhaul/longhaul-client/pom.xml"))
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
            assertThat(pom)
                    .contains("<version>" + PackageVersion.VERSION + "</version></dependency>")
                    .containsOnlyOnce("<dependency>")
                    .doesNotContain("${");
        }
    }

    @Test
    void theCommandLineLoadsNothingOfAServer() throws Exception {
        Path classes = folder.resolve("classes.log");
        CommandRun run = run(JAVA, "-Xlog:class+load:file=" + classes, "-jar", "target/app.jar", "job", "list");
        assertThat(run.exitCode()).as(run.err()).isZero();
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
        CommandRun run = run("bash", "-o", "pipefail", "-c", "java -jar target/app.jar job list --json | head -c 1");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void whereNobodyAnswersTheExitCodeSaysSo() throws Exception {
        CommandRun run = run(JAVA, "-jar", "target/app.jar", "job", "list", "--url", "http://127.0.0.1:9");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith(
                        "The server does not answer. (Trying again for 15 seconds.)\njob list: No connection to http://127.0.0.1:9")
                .hasLineCount(2);
    }

    private static Stream<Job> running() {
        return client.list(JobFilter.ALL.tool("sleep").status(JobStatus.RUNNING));
    }

    /** Through a door that sends the first request away: a recipe that gives up there is none. */
    private void check(String section, String... command) throws Exception {
        CommandRun run;
        try (BusyDoor door = new BusyDoor(node.address())) {
            run = run(door.address(), command);
            assertThat(door.sentAway()).isEqualTo(1);
        }
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(PAGE.block(section, "text"));
    }

    private CommandRun run(String... command) throws IOException {
        return run(node.address(), command);
    }

    private CommandRun run(String url, String[] command) throws IOException {
        return CommandRun.program(folder, Map.of("LONGHAUL_URL", url), command);
    }

    /** Writes the first block of a section to a file. */
    private String file(String section, String language, String name) throws IOException {
        return Files.writeString(folder.resolve(name), PAGE.block(section, language))
                .toString();
    }
}
