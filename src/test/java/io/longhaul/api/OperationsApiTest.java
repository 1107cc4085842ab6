package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations over HTTP, by callers of every role. */
class OperationsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withAuth(new AccessConfiguration(AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0));

    private static String ada;
    private static String bob;
    private static String olga;
    private static String root;

    @BeforeAll
    static void makeKeys() {
        ada = key("ada", Role.SUBMIT);
        bob = key("bob", Role.SUBMIT);
        olga = key("olga", Role.OPERATE);
        root = key("root", Role.ADMIN);
    }

    @BeforeEach
    void forgetAll() {
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "TRUNCATE jobs, job_leases, job_attempts, operations, operation_outcomes, audit_log"));
    }

    private static String key(String name, Role role, String... tools) {
        ApiKey key = ApiKey.random();
        SERVER.jdbi()
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(
                                key.id(), name, key.hash(), role.word(), null, tools.length == 0 ? null : tools));
        return key.reveal();
    }

    private static Answer send(String method, String path, String key, String body, String... headers) {
        var request = SERVER.request(path).setHeader("Content-Type", "application/json");
        if (headers.length > 0) {
            request.setHeader(headers[0], headers[1]);
        }
        return SERVER.send(request.header("X-API-Key", key).method(method, BodyPublishers.ofString(body)));
    }

    private static Answer get(String path, String key) {
        return send("GET", path, key, "");
    }

    private static Answer begin(String key, String body, String... headers) {
        return send("POST", "/v1/operations", key, body, headers);
    }

    private static String submit(String key, String tool) {
        return send("POST", "/v1/jobs", key, "{\"tool\": \"" + tool + "\"}").text("/job_id");
    }

    private static String status(String job) {
        return get("/v1/jobs/" + job, root).text("/status");
    }

    private static String failed(String key, String error) {
        String id = submit(key, "echo");
        ClaimedJob job = SERVER.worker().claim(id);
        SERVER.worker().fail(job, "TOOL_ERROR", error, null);
        return id;
    }

    private static List<String> all(Answer answer, String list, String member) {
        return StreamSupport.stream(answer.json(list).spliterator(), false)
                .map(one -> one.path(member).asText())
                .toList();
    }

    @Test
    void aCancelIsAcceptedAtOnceDoneLaterAndToldJobByJob() {
        List<String> jobs = List.of(submit(ada, "echo"), submit(bob, "echo"), submit(ada, "echo"));
        String other = submit(ada, "ping");

        Answer accepted = begin(olga, "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"echo\"}}");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.text("/state")).isEqualTo("pending");
        assertThat(accepted.text("/principal")).isEqualTo("olga");
        assertThat(accepted.json("/filter").toString())
                .isEqualTo("{\"status\":[\"pending\",\"running\"],\"tool\":\"echo\"}");
        String path = accepted.header("Location");
        assertThat(path).isEqualTo("/v1/operations/" + accepted.text("/operation_id"));
        assertThat(status(jobs.get(0))).isEqualTo("pending");

        SERVER.workOnOperations();

        Answer ended = get(path, olga);
        assertThat(ended.text("/state")).isEqualTo("completed");
        assertThat(ended.json("/listed").booleanValue()).isTrue();
        assertThat(ended.json("/matched").asInt()).isEqualTo(3);
        assertThat(ended.json("/done").asInt()).isEqualTo(3);
        assertThat(ended.text("/ended_at")).isNotNull();
        assertThat(jobs).allSatisfy(job -> assertThat(status(job)).isEqualTo("cancelled"));
        assertThat(status(other)).isEqualTo("pending");
        Answer first = get(path + "/outcomes?limit=2", olga);
        assertThat(all(first, "/outcomes", "job_id")).isEqualTo(jobs.subList(0, 2));
        Answer rest = get(path + "/outcomes?limit=2&cursor=" + first.text("/next_cursor"), olga);
        assertThat(all(rest, "/outcomes", "job_id")).isEqualTo(jobs.subList(2, 3));
        assertThat(all(rest, "/outcomes", "outcome")).containsExactly("done");
        assertThat(rest.json("/next_cursor").isNull()).isTrue();
        assertThat(get(path + "/outcomes?outcome=failed", olga).json("/outcomes"))
                .isEmpty();
    }

    @Test
    void aGroupOfFailuresIsRetriedAndEachNewJobIsNamed() {
        String one = failed(ada, "no space at 17");
        String two = failed(bob, "no space at 18");
        String other = failed(ada, "something else");
        String group = get("/v1/jobs/" + one, olga).text("/failure");

        Answer accepted = begin(olga, "{\"kind\": \"retry\", \"filter\": {\"failure\": \"" + group + "\"}}");
        SERVER.workOnOperations();

        Answer outcomes = get(accepted.header("Location") + "/outcomes", olga);
        assertThat(all(outcomes, "/outcomes", "job_id")).containsExactly(one, two);
        // It belongs to the owner of the job that it repeats.
        Answer again = get("/v1/jobs/" + outcomes.text("/outcomes/1/new_job_id"), bob);
        assertThat(again.text("/retry_of")).isEqualTo(two);
        assertThat(status(other)).isEqualTo("failed");
        assertThat(get("/v1/jobs?status=pending", olga).json("/total").asInt()).isEqualTo(2);
    }

    @Test
    void aDryRunCountsAndBeginsNothing() {
        String job = submit(ada, "echo");
        submit(bob, "echo");

        Answer preview = begin(olga, "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"echo\"}, \"dry_run\": true}");
        assertThat(preview.status()).isEqualTo(200);
        assertThat(preview.json("/dry_run").booleanValue()).isTrue();
        assertThat(preview.json("/matched").asInt()).isEqualTo(2);
        assertThat(preview.text("/sample/0")).isEqualTo(job);
        Answer own = begin(ada, "{\"kind\": \"cancel\", \"all\": true, \"dry_run\": true}");
        assertThat(own.json("/matched").asInt()).isEqualTo(1);
        assertThat(get("/v1/operations", olga).json("/operations")).isEmpty();
    }

    @Test
    void valuesOfParamsAreTextsNumbersAndTruthValues() {
        send("POST", "/v1/jobs", ada, "{\"tool\": \"echo\", \"params\": {\"a\": 1, \"b\": true, \"c\": \"x\"}}");
        Answer preview = begin(
                ada,
                "{\"kind\": \"cancel\", \"dry_run\": true, \"filter\": {\"status\": \"pending\","
                        + " \"params\": {\"a\": 1, \"b\": true, \"c\": \"x\"}}}");
        assertThat(preview.json("/matched").asInt()).as(preview.body()).isEqualTo(1);
    }

    @Test
    void aSubmitterChangesOnlyItsOwnJobsAndSeesOnlyItsOwnOperations() {
        String own = submit(ada, "echo");
        String others = submit(bob, "echo");

        String path = begin(ada, "{\"kind\": \"cancel\", \"all\": true}").header("Location");
        SERVER.workOnOperations();

        assertThat(status(own)).isEqualTo("cancelled");
        assertThat(status(others)).isEqualTo("pending");
        assertThat(get(path, ada).text("/filter/principal")).isEqualTo("ada");
        for (String hidden : List.of(path, path + "/outcomes")) {
            assertThat(get(hidden, bob).status()).isEqualTo(404);
            assertThat(get(hidden, bob).text("/error_code")).isEqualTo("OPERATION_NOT_FOUND");
        }
        assertThat(send("POST", path + "/cancel", bob, "").status()).isEqualTo(404);
        assertThat(get("/v1/operations", bob).json("/operations")).isEmpty();
        assertThat(get("/v1/operations", olga).json("/operations")).hasSize(1);
        assertThat(begin(key("rita", Role.READ), "{\"kind\": \"cancel\", \"all\": true}")
                        .text("/error_code"))
                .isEqualTo("MISSING_ROLE");
    }

    @Test
    void aKeyWithAListOfToolsRetriesNoOthers() {
        String job = submit(olga, "ping");
        send("DELETE", "/v1/jobs/" + job, olga, "");
        String path = begin(key("tom", Role.OPERATE, "echo"), """
                {"kind": "retry", "filter": {"status": ["cancelled"]}, "all": true}""").header("Location");

        SERVER.workOnOperations();

        assertThat(get(path + "/outcomes", olga).text("/outcomes/0/error_code")).isEqualTo("TOOL_FORBIDDEN");
        assertThat(get(path, olga).json("/failed").asInt()).isEqualTo(1);
    }

    @Test
    void theSameKeyBeginsOneOperationForEachPrincipal() {
        String body = "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"echo\"}}";
        String first = begin(olga, body, "Idempotency-Key", "k").text("/operation_id");

        Answer again = begin(olga, body, "Idempotency-Key", "k");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.text("/operation_id")).isEqualTo(first);
        Answer other = begin(olga, body.replace("echo", "ping"), "Idempotency-Key", "k");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("/error_code")).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(begin(root, body, "Idempotency-Key", "k").status()).isEqualTo(202);
    }

    @Test
    void aStoppedOperationChangesNothingMore() {
        String job = submit(ada, "echo");
        String path = begin(ada, "{\"kind\": \"cancel\", \"all\": true}").header("Location");

        assertThat(send("POST", path + "/cancel", ada, "").text("/state")).isEqualTo("cancelled");
        SERVER.workOnOperations();

        assertThat(status(job)).isEqualTo("pending");
        assertThat(send("POST", path + "/cancel", olga, "").text("/state")).isEqualTo("cancelled");
    }

    @Test
    void aPrincipalHasAFewOperationsAtOnce() {
        for (int i = 0; i < 5; i++) {
            assertThat(begin(ada, "{\"kind\": \"cancel\", \"all\": true}").status())
                    .isEqualTo(202);
        }
        Answer refused = begin(ada, "{\"kind\": \"cancel\", \"all\": true}");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.text("/error_code")).isEqualTo("TOO_MANY_OPERATIONS");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(begin(bob, "{\"kind\": \"cancel\", \"all\": true}").status()).isEqualTo(202);
        Answer page = get("/v1/operations?limit=4", olga);
        assertThat(page.text("/operations/0/principal")).isEqualTo("bob");
        assertThat(get("/v1/operations?limit=4&cursor=" + page.text("/next_cursor"), olga)
                        .json("/operations"))
                .hasSize(2);
    }

    @Test
    void theAuditLogHasEachOperationOnceWithItsFilter() {
        submit(ada, "echo");
        String id = begin(ada, "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"echo\"}}")
                .text("/operation_id");
        SERVER.workOnOperations();

        JsonNode actions = get("/v1/audit", root).json("/actions");
        assertThat(actions).hasSize(1);
        assertThat(actions.get(0).path("principal").asText()).isEqualTo("ada");
        assertThat(actions.get(0).path("action").asText())
                .startsWith("POST /v1/operations cancel " + id + " {\"status\":")
                .contains("\"tool\":\"echo\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|/kind",
                "{\"kind\": \"delete\", \"all\": true}|/kind",
                "{\"kind\": \"cancel\"}|/all",
                "{\"kind\": \"cancel\", \"filter\": {}}|/all",
                "{\"kind\": \"cancel\", \"filter\": {\"status\": [\"pending\"]}}|/all",
                "{\"kind\": \"cancel\", \"all\": \"yes\"}|/all",
                "{\"kind\": \"cancel\", \"filters\": {\"tool\": \"x\"}, \"all\": true}|/filters",
                "{\"kind\": \"cancel\", \"filter\": {\"tol\": \"x\"}}|/filter/tol",
                "{\"kind\": \"cancel\", \"filter\": {\"tool\": 3}}|/filter/tool",
                "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"\"}}|/filter/tool",
                "{\"kind\": \"cancel\", \"filter\": [\"tool\"]}|/filter",
                "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"x\", \"status\": [\"failed\"]}}|/filter/status",
                "{\"kind\": \"retry\", \"filter\": {\"tool\": \"x\", \"status\": \"running\"}}|/filter/status",
                "{\"kind\": \"retry\", \"filter\": {\"batch_id\": \"x\"}}|/filter/batch_id",
                "{\"kind\": \"retry\", \"filter\": {\"failure\": \"x\"}}|/filter/failure",
                "{\"kind\": \"retry\", \"filter\": {\"params\": {\"a/b\": {}}}}|/filter/params/a~1b",
                "{\"kind\": \"retry\", \"filter\": {\"params\": {\"a\": \"\"}}}|/filter/params/a",
                "{\"kind\": \"retry\", \"filter\": {\"params\": {\"a..b\": \"x\"}}}|/filter/params/a..b",
                "{\"kind\": \"retry\", \"filter\": {\"created_after\": \"yesterday\"}}|/filter/created_after",
                "{\"kind\": \"retry\", \"filter\": {\"cursor\": \"x\", \"tool\": \"x\"}}|/filter/cursor",
            })
    void aWrongRequestNamesItsPlaceAndBeginsNothing(String body, String pointer) {
        Answer answer = begin(olga, body);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
        assertThat(get("/v1/operations", olga).json("/operations")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"no-id,404", "3f2504e0-4f89-41d3-9a0c-0305e82c3301,404"})
    void anUnknownOperationIsNotFound(String id, int status) {
        Answer answer = get("/v1/operations/" + id, olga);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("/error_code")).isEqualTo("OPERATION_NOT_FOUND");
        assertThat(send("POST", "/v1/operations/" + id + "/cancel", olga, "").status())
                .isEqualTo(status);
    }
}
