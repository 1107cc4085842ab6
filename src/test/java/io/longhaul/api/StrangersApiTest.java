package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No request that names a job, a batch or a file shows whether another principal's exists. */
class StrangersApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools())
            .withAuth(new AccessConfiguration(AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0));

    private static String alice;
    private static String bob;
    private static String job;
    private static String batch;
    private static String file;

    @BeforeAll
    static void makeWhatIsAlices() {
        alice = key("alice");
        bob = key("bob");
        job = send("POST", "/v1/jobs", alice, "{\"tool\": \"echo\"}").text("/job_id");
        batch = send("POST", "/v1/jobs/batch", alice, "{\"jobs\": [{\"tool\": \"echo\"}]}")
                .text("/batch_id");
        file = send("POST", "/v1/files?name=plans", alice, "secret").text("/file_id");
        send("POST", "/v1/jobs", bob, "{\"tool\": \"echo\", \"idempotency_key\": \"taken\"}");
    }

    private static List<RegisteredTool> tools() {
        RegisteredTool reader = TestTools.one("""
                - type: command
                  name: reader
                  command: [cat, "{file}"]
                  params: {type: object, required: [file], properties: {file: {type: string, format: longhaul-file}, n: {type: integer}}}
                """);
        return Stream.concat(BuiltIn.tools().stream(), Stream.of(reader)).toList();
    }

    private static String key(String name) {
        ApiKey key = ApiKey.random();
        SERVER.jdbi()
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(key.id(), name, key.hash(), Role.SUBMIT.word(), null, null));
        return key.reveal();
    }

    private static Answer send(String method, String path, String key, String body, String... headers) {
        var request = SERVER.request(path).header("Authorization", "Bearer " + key);
        boolean typed = List.of(headers).contains("Content-Type");
        request = typed ? request : request.header("Content-Type", "application/json");
        request = headers.length == 0 ? request : request.headers(headers);
        return SERVER.send(request.method(method, BodyPublishers.ofString(body)));
    }

    /** An answer without the id that was sent and without members that always differ. */
    private static String told(Answer answer, String id) {
        TreeMap<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        List.of("traceparent", "date", "content-length").forEach(headers::remove);
        String body = answer.body().replaceAll("\"trace_id\":\"[0-9a-f]*\"", "");
        return (answer.status() + " " + headers + " " + body).replace(id, "ID");
    }

    /** Every operation of the description with such an id in its path. */
    static Stream<String> paths() {
        return Contract.ofJar().operations().stream()
                .filter(operation -> operation.matches("\\w+ /v1/(jobs|batches|files)/\\{.*"));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void aPathToAResourceOfOthersIsAnsweredAsIfItDidNotExist(String operation) {
        String method = operation.substring(0, operation.indexOf(' ')).toUpperCase(Locale.ROOT);
        String path = operation.substring(operation.indexOf(' ') + 1).replace("{name}", "a.txt");
        String theirs = path.startsWith("/v1/jobs") ? job : path.startsWith("/v1/batches") ? batch : file;
        String nothing = UUID.randomUUID().toString();
        String body = method.equals("GET") ? "" : "{}";
        Answer others = send(method, path.replaceAll("\\{\\w+}", theirs), bob, body);
        Answer unknown = send(method, path.replaceAll("\\{\\w+}", nothing), bob, body);
        assertThat(told(others, theirs)).isEqualTo(told(unknown, nothing));
        assertThat(unknown.status()).isIn(403, 404);
    }

    /** Submissions that name a job or a file, otherwise valid or invalid. */
    static Stream<String> submissions() {
        String after = "{\"tool\": \"echo\", \"after\": [\"JOB\"]}";
        String reads = "{\"tool\": \"reader\", \"params\": {\"file\": \"FILE\"}}";
        return Stream.of(
                after,
                after.replace("{\"tool", "{\"params\": {\"a\": {\"$result\": \"JOB\"}}, \"tool"),
                after.replace("[\"JOB\"]", "[\"JOB\", \"" + UUID.randomUUID() + "\"]"),
                after.replace("echo", "no.such.tool"),
                after.replace("echo", "sleep"),
                after.replace("{\"tool", "{\"idempotency_key\": \"taken\", \"tool"),
                after.replace("{\"tool", "{\"priority\": 11, \"tool"),
                after.replace("{\"tool", "{\"params\": [], \"tool"),
                reads,
                reads.replace("{\"file\"", "{\"n\": \"no number\", \"file\""),
                reads.replace("{\"tool", "{\"idempotency_key\": \"taken\", \"tool"),
                reads.replace("{\"tool", "{\"after\": [\"JOB\"], \"tool"));
    }

    @ParameterizedTest
    @MethodSource("submissions")
    void aReferenceToAResourceOfOthersIsRefusedAsIfItDidNotExist(String submission) {
        assertAlike("/v1/jobs", submission);
        assertAlike("/v1/jobs", submission, "Prefer", "wait=1");
        assertAlike("/v1/mcp/invoke", submission);
        assertAlike("/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"echo\"}, " + submission + "]}");
        assertAlike("/v1/jobs/batch", "{\"atomic\": false, \"jobs\": [" + submission + "]}");
        assertAlike("/v1/jobs/batch", submission + "\n", "Content-Type", "application/x-ndjson");
    }

    private static void assertAlike(String door, String body, String... headers) {
        String nothing = UUID.randomUUID().toString();
        Answer others = send("POST", door, bob, body.replace("JOB", job).replace("FILE", file), headers);
        Answer unknown = send("POST", door, bob, body.replace("JOB", nothing).replace("FILE", nothing), headers);
        String told = told(others, job).replace(file, "ID");
        assertThat(told).as(door).isEqualTo(told(unknown, nothing));
        assertThat(told).containsAnyOf("UNKNOWN_", "INVALID_");
    }

    @Test
    void listsFilteredByResourcesOfOthersAreEmpty() {
        String nothing = UUID.randomUUID().toString();
        for (String name : List.of("batch_id", "schedule_id", "trace_id")) {
            Answer others = send("GET", "/v1/jobs?" + name + "=" + batch, bob, "");
            assertThat(told(others, batch))
                    .isEqualTo(told(send("GET", "/v1/jobs?" + name + "=" + nothing, bob, ""), nothing));
        }
    }

    @Test
    void ownResourcesAreFoundByTheSameQuery() {
        String after = "{\"tool\": \"echo\", \"after\": [\"" + job + "\"]}";
        assertThat(send("POST", "/v1/jobs", alice, after).status()).isEqualTo(201);
        String reads = "{\"tool\": \"reader\", \"params\": {\"file\": \"" + file + "\"}}";
        assertThat(send("POST", "/v1/jobs", alice, reads).status()).isEqualTo(201);
    }
}
