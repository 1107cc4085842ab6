package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.Database;
import io.longhaul.testing.NextRelease;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docker/release.sh}: green against a real server, and stopped at each of its steps. */
class ReleaseIT {
    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Path calls;

    /** What the script left. */
    private record Released(int exitCode, String said) {}

    @BeforeEach
    void noCalls() {
        calls = folder.resolve("calls");
    }

    @Test
    void aReleaseGoesIntoServiceBesideWhatOthersKeepThere() throws Exception {
        new Database(TEST_DATABASE.dataSource())
                .run(
                        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL); CREATE VIEW late AS SELECT * FROM jobs;"
                                + " ALTER TABLE jobs REPLICA IDENTITY FULL");
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        Path next = NextRelease.in(folder, SchemaExpectation.packed().level());
        try (NodeProcess node = NodeProcess.start("released", environment).awaitReady()) {
            environment.put("RESTART", "touch " + folder.resolve("restarted"));
            environment.put("SMOKE_URL", node.address());
            environment.put("JAVA", quickJava().toString());
            environment.put("NODES_SECONDS", "1");
            Released old = release(environment, next.toString(), "target/app.jar");
            assertThat(old.exitCode()).as(old.said()).isEqualTo(70);
            assertThat(old.said())
                    .contains(
                            "1 preflight", "6 smoke", "not all nodes run " + NextRelease.VERSION + ": released runs ");
        }
        try (NodeProcess node = NodeProcess.start(next, "released", environment).awaitReady()) {
            environment.put("SMOKE_URL", node.address());
            environment.put("NODES_SECONDS", "60");
            Released released = release(environment, next.toString(), "target/app.jar");
            assertThat(released.exitCode()).as(released.said()).isZero();
            assertThat(released.said()).contains("begun before", "7 nodes", "99 is in service");
        }
        assertThat(folder.resolve("restarted")).exists();
        Database database = new Database(TEST_DATABASE.dataSource());
        assertThat(database.number("SELECT count(*) FROM databasechangelog WHERE tag = 'before-99'"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM databasechangelog WHERE id LIKE '9000-next-%'"))
                .isEqualTo(2);
    }

    /** A program in the place of java fails at one command; nothing after that is done. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    check                        | 10 | mend             | 1
                    db locks                     | 10 | cannot be asked  | 2
                    schema verify FILE           | 10 | repairs          | 3
                    db tag                       | 20 | start again      | 4
                    db migrate                   | 30 | db rollback -t   | 5
                    schema verify --compatible   | 40 | go back at once  | 7
                    restart                      | 50 | put the old jar  | 7
                    smoke                        | 60 | put the old jar  | 7
                    """)
    void stopsAtTheStepThatFails(String failing, int exitCode, String advice, int commands) throws Exception {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put(
                "JAVA", failingJava(failing.replace("FILE", "config.yml")).toString());
        environment.put("RESTART", failing.equals("restart") ? "false" : "true");
        environment.put("SMOKE_URL", "http://127.0.0.1:1");
        environment.put("SMOKE_SECONDS", "1");
        Path jar = Files.writeString(folder.resolve("some.jar"), "");
        Released released = release(environment, jar.toString(), jar.toString());
        assertThat(released.exitCode()).as(released.said()).isEqualTo(exitCode);
        assertThat(released.said()).contains("next: ").contains(advice);
        assertThat(Files.readAllLines(calls)).hasSize(commands);
    }

    /** After a failed restart, say: tagging again would move the place to roll back to. */
    @Test
    void aReleaseThatWasBegunBeforeGoesOnAndKeepsItsTag() throws Exception {
        Path java = script("java", """
                jar=$2
                shift 2
                echo "$*" >>'%s'
                case "$jar $*" in
                  *old.jar*" schema verify config.yml") echo "Applied by a newer release: 9000-next" ;;
                  *" db locks"*) echo "No migration is running." ;;
                esac
                """.formatted(calls));
        Path next = Files.writeString(folder.resolve("next.jar"), "");
        Path old = Files.writeString(folder.resolve("old.jar"), "");
        Map<String, String> environment = Map.of(
                "JAVA", java.toString(), "RESTART", "false", "SMOKE_URL", "http://127.0.0.1:1", "SMOKE_SECONDS", "1");
        Released released = release(environment, next.toString(), old.toString());
        assertThat(released.exitCode()).as(released.said()).isEqualTo(50);
        assertThat(released.said()).contains("begun before");
        assertThat(Files.readAllLines(calls))
                .contains("db migrate config.yml")
                .noneMatch(call -> call.startsWith("db tag"));
    }

    @Test
    void whatIsMissingInTheCallIsSaid() throws Exception {
        Released released = release(Map.of("SMOKE_URL", "http://127.0.0.1:1"), "next.jar", "old.jar");
        assertThat(released.exitCode()).isEqualTo(64);
        assertThat(released.said()).endsWith("Set RESTART.\n").doesNotContain("pipefail");
    }

    @Test
    void aMigrationThatRunsAlreadyIsWaitedFor() throws Exception {
        Path java = script("java", "echo \"A migration is running: pid 1\"");
        Path jar = Files.writeString(folder.resolve("some.jar"), "");
        Map<String, String> environment =
                Map.of("JAVA", java.toString(), "RESTART", "true", "SMOKE_URL", "http://127.0.0.1:1");
        Released released = release(environment, jar.toString(), jar.toString());
        assertThat(released.exitCode()).isEqualTo(10);
        assertThat(released.said()).contains("a migration is running");
    }

    /** Whoever restarts the old jar has released nothing. */
    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', textBlock = """
                    0  | all nodes run it   | alive 2.0 4, alive 2.0 0, lost 1.0 4, alive 1.0 null | 99 is in service
                    0  | an old one drains  | alive 2.0 4, alive 1.0 0 3 | 99 is in service
                    70 | one has no slots   | alive 2.0 4, alive 1.0 0 0 | node-1 runs 1.0
                    70 | one runs the old   | alive 2.0 4, alive 1.0 4 | not all nodes run 2.0: node-1 runs 1.0
                    70 | all run the old    | alive 1.0 4, alive 1.0 4 | not all nodes run 2.0: node-0 runs 1.0, node-1 runs 1.0
                    70 | there is no answer | lost 1.0 4 | does not say which release its nodes run
                    """)
    void allNodesHaveToRunTheNewRelease(int exitCode, String about, String nodes, String said) throws Exception {
        Path java = script("java", "case \"$*\" in *--version) echo 2.0 ;; *) echo 'No migration is running.' ;; esac");
        Path jar = Files.writeString(folder.resolve("some.jar"), "");
        HttpServer server = server(nodes);
        try {
            Map<String, String> environment = new LinkedHashMap<>(
                    Map.of("JAVA", java.toString(), "RESTART", "true", "SMOKE_KEY", "lh_right", "NODES_SECONDS", "1"));
            environment.put("SMOKE_URL", address(server));
            Released released = release(environment, jar.toString(), jar.toString());
            assertThat(released.exitCode()).as(released.said()).isEqualTo(exitCode);
            assertThat(released.said()).contains("6 smoke", said);
        } finally {
            server.stop(0);
        }
    }

    /** A server with keys: the smoke job needs one, and that is found before anything is changed. */
    @Test
    void theSmokeJobHasTheKeyThatTheServerAsksFor() throws Exception {
        Path java = script(
                "java",
                "case \"$*\" in *--version) echo 2.0; exit ;; esac; echo \"$*\" >>'" + calls
                        + "'; echo \"No migration is running.\"");
        Path jar = Files.writeString(folder.resolve("some.jar"), "");
        HttpServer server = server("alive 2.0 4");
        try {
            Map<String, String> environment = new LinkedHashMap<>(Map.of("JAVA", java.toString(), "RESTART", "true"));
            environment.put("SMOKE_URL", address(server));
            Released without = release(environment, jar.toString(), jar.toString());
            assertThat(without.exitCode()).as(without.said()).isEqualTo(10);
            assertThat(without.said()).contains("asks for a key", "key create --name release config.yml");
            assertThat(calls).doesNotExist();
            environment.put("SMOKE_KEY", "lh_reads");
            Released reading = release(environment, jar.toString(), jar.toString());
            assertThat(reading.exitCode()).as(reading.said()).isEqualTo(10);
            assertThat(reading.said()).contains("may not submit a ping", "key create --name release config.yml");
            environment.put("SMOKE_KEY", "lh_other");
            Released refused = release(environment, jar.toString(), jar.toString());
            assertThat(refused.exitCode()).as(refused.said()).isEqualTo(10);
            assertThat(refused.said()).contains("does not take the smoke job: {", "do what the answer says");
            assertThat(calls).doesNotExist();
            environment.put("SMOKE_KEY", "lh_right");
            Released with = release(environment, jar.toString(), jar.toString());
            assertThat(with.exitCode()).as(with.said()).isZero();
            assertThat(with.said()).contains("99 is in service").doesNotContain("lh_right");
        } finally {
            server.stop(0);
        }
    }

    /**
     * Does every job at once.
     *
     * @param nodes that it knows: status, version, slots and, unless it is 1, jobs of each
     */
    private static HttpServer server(String nodes) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean submits = exchange.getRequestMethod().equals("POST");
            int status = !key.startsWith("Bearer lh_") ? 401 : submits && key.endsWith("reads") ? 403 : 200;
            String body = exchange.getRequestURI().getPath().equals("/v1/nodes")
                    ? list(nodes.split(", "))
                    : "{\"job_id\": \"1\", \"status\": \"completed\"}";
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(key.endsWith("other") ? 422 : status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String list(String... nodes) {
        return IntStream.range(0, nodes.length)
                .mapToObj(i -> {
                    String[] words = nodes[i].split(" ");
                    return "{\"id\":1,\"name\":\"node-%d\",\"version\":\"%s\",\"status\":\"%s\",\"running\":%s,\"tools\":[],\"slots\":%s}"
                            .formatted(i, words[1], words[0], words.length > 3 ? words[3] : "1", words[2]);
                })
                .collect(Collectors.joining(",", "{\"nodes\":[", "]}"));
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Path failingJava(String failing) throws IOException {
        return script("java", """
                shift 2
                echo "$*" >>'%s'
                case "$*" in
                  %s*) echo "no: $*" >&2; exit 1 ;;
                  "db locks"*) echo "No migration is running." ;;
                esac
                """.formatted(calls, '"' + failing + '"'));
    }

    /** As all processes of these tests are started. */
    private Path quickJava() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return script("java", "exec '" + java + "' -XX:TieredStopAtLevel=1 -Xshare:auto \"$@\"");
    }

    private Path script(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Released release(Map<String, String> environment, String next, String old) throws Exception {
        Path log = Files.createTempFile(folder, "release", ".log");
        ProcessBuilder builder = new ProcessBuilder(List.of("docker/release.sh", next, old, "config.yml", "99"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(n -> n.startsWith("LONGHAUL_") || n.startsWith("DATABASE_"));
        builder.environment().putAll(environment);
        return new Released(builder.start().waitFor(), Files.readString(log));
    }
}
