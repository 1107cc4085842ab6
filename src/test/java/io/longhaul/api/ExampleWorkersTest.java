package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The example workers run jobs, on machines that have Python and Node.js. {@link RemoteContractTest} tests the same protocol
 * everywhere.
 */
class ExampleWorkersTest {
    private static final Path FOLDER = Path.of("examples/workers");

    /** A product of two primes of 28 digits: its factors cannot be found within a test. */
    private static final String HARD = "3000000000000221000000038132770000000193083000009991729";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools()).withRemote();

    @Order(3)
    @RegisterExtension
    static final TestDatabase OTHER = TestDatabase.migrated();

    @Order(4)
    @RegisterExtension
    static final ApiServer ASKING = new ApiServer(OTHER, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withRemote()
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0, true, List.of(), OidcConfiguration.NONE));

    @Test
    void workersSendTheirKey() throws Exception {
        List<List<String>> workers = new ArrayList<>();
        if (!isMissing("python3", "--version")) {
            workers.add(List.of("python3", "worker.py", "factor"));
        }
        if (!node().isEmpty()) {
            workers.add(Stream.concat(node().stream(), Stream.of("worker.mts", "brotli"))
                    .toList());
        }
        String key = key(Role.WORK);
        String looks = key(Role.READ);
        for (List<String> words : workers) {
            List<String> command = words.subList(0, words.size() - 1);
            String tool = "/v1/tools/" + words.get(command.size());
            try (Example worker = new Example(ASKING, key, command.toArray(String[]::new))) {
                Await.until("the worker has brought its tool", () -> {
                    assertThat(worker.process.isAlive()).isTrue();
                    return ASKING.send(ASKING.request(tool).header("X-API-Key", looks))
                                    .status()
                            == 200;
                });
            }
        }
    }

    private static String key(Role role) {
        ApiKey key = ApiKey.random();
        ASKING.jdbi()
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(key.id(), "a worker", key.hash(), role.word(), null, null));
        return key.reveal();
    }

    @Test
    void thePythonWorkerFactorsNumbersAndStops() throws Exception {
        if (isMissing("python3", "--version") || isMissing("factor", "1")) {
            return;
        }
        try (Example worker = new Example(SERVER, "", "python3", "worker.py")) {
            String id = worker.submit("factor", "{\"numbers\": [8051, 1000000007, 360]}");
            assertThat(ended(id).json("/result").toString())
                    .isEqualTo("{\"360\":[2,2,2,3,3,5],\"8051\":[83,97],\"1000000007\":[1000000007]}");
            assertThat(SERVER.get("/v1/jobs/" + id).text("/progress/message")).isEqualTo("360 is done");
            assertThat(SERVER.get("/v1/jobs/" + id).text("/tool_version")).isEqualTo("1.0");
            String endless = worker.submit("factor", "{\"numbers\": [" + HARD + "]}");
            Await.until("the job runs", () -> status(endless).equals("running"));
            SERVER.delete("/v1/jobs/" + endless);
            assertThat(worker.out.readLine()).isEqualTo("stopped " + endless);
        }
    }

    @Test
    void typeScriptCompressesText() throws Exception {
        List<String> node = node();
        if (node.isEmpty()) {
            return;
        }
        try (Example worker = new Example(
                SERVER,
                "",
                Stream.concat(node.stream(), Stream.of("worker.mts")).toArray(String[]::new))) {
            String id = worker.submit("brotli", "{\"text\": \"" + "to be or not to be ".repeat(50) + "\"}");
            assertThat(ended(id).json("/result/11").intValue()).isBetween(10, 60);
            assertThat(SERVER.get("/v1/jobs/" + id).text("/node")).isEqualTo("node");
        }
    }

    @Test
    void theExamplesAreShort() throws IOException {
        for (String file : List.of("worker.py", "worker.mts")) {
            assertThat(Files.readAllLines(FOLDER.resolve(file))).as(file).hasSizeLessThan(100);
        }
    }

    private static Answer ended(String id) {
        Await.until("the job has ended", () -> !List.of("pending", "running").contains(status(id)));
        Answer job = SERVER.get("/v1/jobs/" + id);
        assertThat(job.text("/status")).as(job.body()).isEqualTo("completed");
        return job;
    }

    private static String status(String id) {
        return SERVER.get("/v1/jobs/" + id).text("/status");
    }

    private static boolean isMissing(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() != 0;
        } catch (IOException e) {
            System.out.println(
                    "NOT RUN: the example worker that needs " + command[0] + ", which is not on this machine");
            return true;
        }
    }

    /** The command that runs TypeScript in Node.js; empty if there is none. */
    private static List<String> node() throws Exception {
        if (isMissing("node", "--version")) {
            return List.of();
        }
        Process version = new ProcessBuilder("node", "--version").start();
        String[] parts = version.inputReader().readLine().substring(1).split("\\.");
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        if (major < 22 || (major == 22 && minor < 6)) {
            System.out.println("NOT RUN: the example worker in TypeScript; this Node.js is " + String.join(".", parts)
                    + ", and 22.6 is the first that reads it");
            return List.of();
        }
        boolean plain = major > 23 || (major == 23 && minor >= 6) || (major == 22 && minor >= 18);
        return plain ? List.of("node") : List.of("node", "--experimental-strip-types");
    }

    /** A worker's process. */
    private static final class Example implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;

        /** @param key what it sends; empty for none */
        Example(ApiServer server, String key, String... command) throws IOException {
            List<String> all = new ArrayList<>(List.of(command));
            ProcessBuilder builder = new ProcessBuilder(all).directory(FOLDER.toFile());
            builder.environment().put("LONGHAUL_URL", "http://127.0.0.1:" + server.port());
            builder.environment().put("LONGHAUL_API_KEY", key);
            process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            out = process.inputReader();
        }

        /** Submits as soon as the worker has registered its tool. */
        String submit(String tool, String params) {
            String body = "{\"tool\": \"" + tool + "\", \"params\": " + params + "}";
            List<Answer> taken = new ArrayList<>();
            Await.until("the worker has brought its tool", () -> {
                Answer answer = SERVER.post("/v1/jobs", body);
                return answer.status() == 201 && taken.add(answer);
            });
            return taken.get(0).text("/job_id");
        }

        @Override
        public void close() throws Exception {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            out.close();
        }
    }
}
