package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No request is served while a part of its query is ignored. */
class QueryParametersApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withRemote()
            .withAuth(AccessConfiguration.DEFAULT);

    /** Every operation of the description and its query parameters. */
    static Stream<Described> operations() {
        JsonNode paths = SERVER.get("/openapi.json").json("/paths");
        return paths.properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .map(verb -> new Described(
                                verb.getKey().toUpperCase(Locale.ROOT),
                                path.getKey()
                                        .replaceAll("\\{attempt}", "1")
                                        .replaceAll("\\{[^}]*}", "" + UUID.randomUUID()),
                                StreamSupport.stream(
                                                verb.getValue()
                                                        .path("parameters")
                                                        .spliterator(),
                                                false)
                                        .filter(parameter ->
                                                parameter.path("in").asText().equals("query"))
                                        .toList())));
    }

    record Described(String method, String path, List<JsonNode> parameters) {
        Answer ask(String query) {
            return SERVER.send(SERVER.request(path + "?" + query)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(method.equals("GET") ? "" : "{}")));
        }

        @Override
        public String toString() {
            return method + " " + path.replaceAll("/[0-9a-f-]{36}", "/{}");
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void noEndpointIgnoresUnknownParameters(Described operation) {
        for (String query : List.of("nonsense=1", "nonsense", "Limit=1", "tool%5B%5D=echo", "=1", "a/b~c=1")) {
            Answer answer = operation.ask(query);
            assertThat(answer.status()).as(query).isEqualTo(422);
            assertThat(answer.text("/error_code")).isEqualTo("INVALID_REQUEST");
            assertThat(answer.json("/errors")).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void noEndpointIgnoresEmptyOrRepeatedParameters(Described operation) {
        for (JsonNode parameter : operation.parameters()) {
            String name = parameter.path("name").asText();
            for (String query : List.of(name, name + "=", name + "=1&" + name + "=")) {
                Answer answer = operation.ask(query);
                assertThat(answer.status()).as(query).isEqualTo(422);
                assertThat(answer.text("/errors/0/pointer")).isEqualTo("/" + name);
                assertThat(answer.text("/errors/0/message")).contains("has no value");
            }
            if (!parameter.at("/schema/type").asText().equals("array")) {
                Answer twice = operation.ask(name + "=1&" + name + "=2");
                assertThat(twice.status()).as(name).isEqualTo(422);
                assertThat(twice.text("/errors/0/message")).contains("is there 2 times");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/jobs/cancel?bach_id=1, bach_id, batch_id",
        "POST, /v1/jobs/cancel?Batch_Id=1, Batch_Id, batch_id",
        "POST, /v1/jobs/cancel?batchId=1, batchId, batch_id",
        "POST, /v1/jobs/cancel?dryrun=true&all=true, dryrun, dry_run",
        "POST, /v1/jobs/cancel?dry-run=true&all=true, dry-run, dry_run",
        "POST, /v1/jobs/retry?tools=echo, tools, tool",
        "POST, /v1/jobs/retry?before=2026-01-01T00:00:00Z, before, created_before",
        "GET, /v1/jobs?state=failed, state, status",
        "GET, /v1/jobs?limits=1, limits, limit",
        "GET, /v1/events?schedule=1, schedule, schedule_id",
        "POST, /v1/files?nme=a, nme, name"
    })
    void theProbableNameIsSuggested(String method, String path, String sent, String meant) {
        Answer answer = SERVER.send(
                SERVER.request(path).method(method, BodyPublishers.ofString("")).header("Content-Type", "text/plain"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/" + sent);
        assertThat(answer.text("/detail")).endsWith("did you mean " + meant + "?");
    }

    @Test
    void optionsAreAnsweredWhateverTheQuerySays() {
        Answer answer = SERVER.send(
                SERVER.request("/v1/jobs/retry?all=true&dry_run=false").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Allow")).contains("POST");
    }

    @Test
    void anUnknownNameIsAnsweredWithAllKnownNames() {
        assertThat(SERVER.get("/v1/events?zzz=1").text("/errors/0/message"))
                .isEqualTo("is no parameter of this endpoint, which takes tool, status, batch_id, schedule_id");
        assertThat(SERVER.get("/healthz?zzz=1").text("/errors/0/message"))
                .isEqualTo("is no parameter of this endpoint, which takes none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dry_run&all=true",
                "dry_run=&all=true",
                "dry_run=yes&all=true",
                "dry_run=True&all=true",
                "dry_run=1&all=true",
                "dry_run=true&dry_run=false&all=true",
                "all",
                "all=TRUE",
                "created_before=",
                "created_before=&all=true",
                "created_before=yesterday&all=true",
                "tool=echo&batch_id=&all=true",
                "tool=&all=true",
                "status=&all=true",
                "status=Pending&all=true",
                "bach_id=1&all=true",
                "offset=5&all=true"
            })
    void aBulkRequestWithAnyErrorChangesNothing(String query) {
        String pending = SERVER.submit();
        for (String door : List.of("/v1/jobs/cancel?", "/v1/jobs/retry?")) {
            assertThat(SERVER.post(door + query, "").status()).as(door).isEqualTo(422);
        }
        assertThat(SERVER.get("/v1/jobs/" + pending).text("/status")).isEqualTo("pending");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"batch_id\": \"x\"}",
                "{\"dry_run\": true}",
                "[]",
                "batch_id=1",
                "dry_run=true",
                "null",
                "{} {}",
                "  1"
            })
    void filtersInTheBodyOfABulkRequestAreRefused(String body) {
        String pending = SERVER.submit();
        for (String door : List.of("/v1/jobs/cancel?all=true", "/v1/jobs/retry?all=true")) {
            Answer answer = SERVER.post(door, body);
            assertThat(answer.status()).as(door).isEqualTo(422);
            assertThat(answer.text("/detail")).contains("query parameters");
        }
        assertThat(SERVER.get("/v1/jobs/" + pending).text("/status")).isEqualTo("pending");
    }

    @Test
    void anEmptyBodyIsAllowedForBulkRequests() {
        for (String body : List.of("", "{}", " { } \n")) {
            assertThat(SERVER.post("/v1/jobs/cancel?dry_run=true&all=true", body)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aCommittedRedeliveryIsAnsweredCompletely() {
        String webhook = SERVER.post("/v1/webhooks", "{\"url\": \"https://hooks.example.org/x\"}")
                .text("/webhook_id");
        String since = "{\"since\": \"2026-01-01T00:00:00Z\"";
        Answer unknown = SERVER.post("/v1/webhooks/" + webhook + "/redeliver", since + ", \"untl\": \"x\"}");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text("/errors/0/pointer")).isEqualTo("/untl");
        assertThat(SERVER.post("/v1/webhooks/" + webhook + "/redeliver", since + "}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void severalStatusesAndFieldsMayComeInOneParameterOrInSeveral() {
        String job = SERVER.submit();
        for (String query : List.of(
                "status=pending,failed&fields=job_id,tool", "status=pending&status=failed&fields=job_id&fields=tool")) {
            Answer answer = SERVER.get("/v1/jobs?" + query);
            assertThat(answer.json("/jobs")).anySatisfy(one -> {
                assertThat(one.path("job_id").asText()).isEqualTo(job);
                assertThat(one).hasSize(2);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "[{}]", "1", "\"text\"", "true", "0.5"})
    void paramsThatAreNoObjectAreRefusedAtEveryDoor(String params) {
        String job = "{\"tool\": \"echo\", \"params\": " + params + "}";
        assertNoObject(SERVER.post("/v1/jobs", job), "/params");
        assertNoObject(SERVER.post("/v1/jobs", job, "Prefer", "wait=1"), "/params");
        assertNoObject(SERVER.post("/v1/mcp/invoke", job), "/params");
        assertNoObject(SERVER.post("/v1/jobs/batch", "{\"jobs\": [" + job + "]}"), "/jobs/0/params");
        String schedule = "{\"name\": \"%s\", \"cron\": \"0 0 * * *\", " + job.substring(1);
        assertNoObject(SERVER.post("/v1/schedules", schedule.formatted(UUID.randomUUID())), "/params");
        String id = SERVER.post(
                        "/v1/schedules", schedule.formatted(UUID.randomUUID()).replace("s\": " + params, "s\": {}"))
                .text("/schedule_id");
        Answer changed = SERVER.send(SERVER.request("/v1/schedules/" + id)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"params\": " + params + "}")));
        assertNoObject(changed, "/params");
        Answer each = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"atomic\": false, \"jobs\": [" + job + "]}")));
        assertThat(each.json("/results/0").toString()).contains("must be an object");
        Answer lines = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(job + "\n")));
        assertThat(lines.body()).contains("rejected", "must be an object");
    }

    private static void assertNoObject(Answer answer, String pointer) {
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json("/errors")).anySatisfy(error -> {
            assertThat(error.path("pointer").asText()).isEqualTo(pointer);
            assertThat(error.path("message").asText()).isEqualTo("must be an object");
        });
    }

    @Test
    void anEndedJobWhoseParamsAreNoObjectIsNotRepeated() {
        String id = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(id), "1");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET parameters = '[1]' WHERE id = ?::uuid", id));
        Answer answer = SERVER.post("/v1/jobs/" + id + "/retry", "");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_PARAMS");
    }
}
