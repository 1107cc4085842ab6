package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.TokenProvider;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers have the same rights as over the HTTP API. */
class AccessTest {
    private static final TokenProvider PROVIDER = new TokenProvider();
    private static PublicJsonWebKey signing;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE =
            new McpNode(DATABASE, """
            auth: {mode: keys, requestsPerSecond: 60, oidc: {issuer: "%s", audience: "%s", jwks: "%s", clockSkew: 0s}}
            """.formatted(TokenProvider.ISSUER, TokenProvider.AUDIENCE, PROVIDER.keys()));

    /** Lets the tests work on jobs without a key. */
    @Order(3)
    @RegisterExtension
    static final McpNode WORKED_ON = new McpNode(DATABASE, "");

    @BeforeAll
    static void publishKey() throws Exception {
        signing = TokenProvider.rsa("one");
        PROVIDER.publish(signing);
    }

    private static String key(String name, Role role, String... tools) {
        ApiKey key = ApiKey.random();
        Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(
                                key.id(), name, key.hash(), role.word(), null, tools.length == 0 ? null : tools));
        return key.reveal();
    }

    private static McpClient modern(String key) {
        return NODE.client(key).modern(McpClient.TASKS);
    }

    private static String task(McpClient client) {
        return client.result("tools/call", "{\"name\": \"step\"}")
                .path("taskId")
                .asText();
    }

    private static String id(String task) {
        return "{\"taskId\": \"" + task + "\"}";
    }

    @Test
    void aRequestWithoutATokenIsToldHowToGetOne() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(NODE.url()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        HttpResponse<String> refused = McpNode.HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        String told = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
        assertThat(told).startsWith("Bearer ").contains("resource_metadata=\"http://127.0.0.1:");

        String address = told.replaceAll(".*resource_metadata=\"([^\"]*)\".*", "$1");
        HttpResponse<String> metadata =
                McpNode.HTTP.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
        assertThat(metadata.statusCode()).isEqualTo(200);
        assertThat(Json.parse(metadata.body()).path("resource").asText()).isEqualTo(NODE.url());
        assertThat(Json.parse(metadata.body()).path("authorization_servers"))
                .hasToString("[\"" + TokenProvider.ISSUER + "\"]");
    }

    @Test
    void aTokenOfTheProviderIsAccepted() throws Exception {
        String token = TokenProvider.signed(TokenProvider.claims("ada", "submit"), signing);

        McpClient ada = modern(token);
        String task = task(ada);

        assertThat(ada.result("tasks/get", id(task)).path("status").asText()).isEqualTo("working");
        assertThat(modern(key("other", Role.SUBMIT))
                        .error("tasks/get", id(task))
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        ada.result("tasks/cancel", id(task));
    }

    @Test
    void theTasksOfOthersAreNotFound() {
        McpClient ann = modern(key("ann", Role.SUBMIT));
        McpClient ben = modern(key("ben", Role.SUBMIT));
        McpClient boss = modern(key("boss", Role.OPERATE));
        String task = task(ann);

        JsonNode unknown = ben.error("tasks/get", id("11111111-2222-4333-8444-555555555555"));
        JsonNode hidden = ben.error("tasks/get", id(task));
        assertThat(hidden.path("code")).isEqualTo(unknown.path("code"));
        assertThat(hidden.path("message").asText().replace(task, ""))
                .isEqualTo(unknown.path("message").asText().replace("11111111-2222-4333-8444-555555555555", ""));
        assertThat(ben.error("tasks/cancel", id(task)).path("code").asInt()).isEqualTo(-32602);
        String uri = "{\"uri\": \"longhaul://jobs/" + task + "\"}";
        assertThat(ben.error("resources/read", uri).path("message").asText()).isEqualTo("Resource not found.");
        assertThat(ben.result("resources/list", "{}").path("resources").toString())
                .doesNotContain(task);
        assertThat(ann.result("resources/list", "{}").path("resources").toString())
                .contains(task);
        assertThat(boss.result("tasks/get", id(task)).path("status").asText()).isEqualTo("working");
        boss.result("tasks/cancel", id(task));
        assertThat(ann.result("tasks/get", id(task)).path("status").asText()).isEqualTo("cancelled");
    }

    /** The same error as for a job that does not exist, so that nobody learns which ids are taken. */
    private static void assertHidden(McpClient client, String method, String params, String job) {
        String unknown = "11111111-2222-4333-8444-555555555555";
        JsonNode hidden = client.error(method, params.formatted(job));
        JsonNode missing = client.error(method, params.formatted(unknown));
        assertThat(hidden.toString().replace(job, unknown)).as(method).isEqualTo(missing.toString());
    }

    @Test
    void noMethodOfEitherEraFindsTheJobsOfOthers() {
        McpClient owner = modern(key("owner", Role.SUBMIT));
        String task = task(owner);
        McpClient modern = modern(key("stranger", Role.SUBMIT));
        McpClient legacy = NODE.client(key("stranger2", Role.SUBMIT)).initialize("2025-11-25");

        for (String method : List.of("tasks/get", "tasks/cancel")) {
            assertHidden(modern, method, "{\"taskId\": \"%s\"}", task);
            assertHidden(legacy, method, "{\"taskId\": \"%s\"}", task);
        }
        assertHidden(legacy, "tasks/result", "{\"taskId\": \"%s\"}", task);
        assertHidden(modern, "tasks/update", "{\"taskId\": \"%s\", \"inputResponses\": {}}", task);
        for (String part : List.of("", "/result", "/log", "/files/report.txt")) {
            String uri = "{\"uri\": \"longhaul://jobs/%s" + part + "\"}";
            assertHidden(modern, "resources/read", uri, task);
            assertHidden(legacy, "resources/read", uri, task);
            assertHidden(legacy, "resources/subscribe", uri, task);
        }
        try (Stream stream = modern.open("subscriptions/listen", """
                {"notifications": {"taskIds": ["%1$s"], "resourceSubscriptions": ["longhaul://jobs/%1$s"]}}
                """.formatted(task))) {
            assertThat(stream.next().at("/params/notifications")).isEmpty();
        }

        assertThat(owner.result("tasks/get", id(task)).path("status").asText()).isEqualTo("working");
        owner.result("tasks/cancel", id(task));
    }

    @Test
    void eachRoleAllowsOnlyItsMethods() {
        McpClient reader = modern(key("reader", Role.READ));
        assertThat(reader.result("tools/list", "{}").path("tools")).isNotEmpty();
        try (Stream stream = reader.open("tools/call", "{\"name\": \"step\"}")) {
            assertThat(stream.status()).isEqualTo(403);
            assertThat(stream.last().at("/error/data/error_code").asText()).isEqualTo("MISSING_ROLE");
        }
        assertThat(modern(key("worker", Role.WORK))
                        .error("tools/list", "{}")
                        .path("message")
                        .asText())
                .contains("role read");
    }

    @Test
    void aKeyWithAListOfToolsSeesAndCallsOnlyThose() {
        McpClient limited = modern(key("limited", Role.SUBMIT, "echo"));

        assertThat(limited.result("tools/list", "{}").path("tools").findValuesAsText("name"))
                .containsExactly("echo");
        String hidden = limited.error("tools/call", "{\"name\": \"step\"}")
                .path("message")
                .asText();
        String unknown = limited.error("tools/call", "{\"name\": \"nope\"}")
                .path("message")
                .asText();
        assertThat(hidden.replace("step", "nope")).isEqualTo(unknown);
        assertThat(limited.error("tools/call", "{\"name\": \"ehco\"}")
                        .path("message")
                        .asText())
                .contains("Did you mean echo?");
        assertThat(limited.error("tools/call", "{\"name\": \"setp\"}")
                        .path("message")
                        .asText())
                .doesNotContain("Did you mean");
    }

    @Test
    void aSessionBelongsToOnePrincipal() {
        String ann = key("ann2", Role.SUBMIT);
        McpClient session = NODE.client(ann).initialize("2025-11-25");
        McpClient thief = NODE.client(key("thief", Role.SUBMIT)).with("Mcp-Session-Id", session.session());

        assertThat(thief.error("ping", "{}").path("message").asText()).contains("session has ended");
        assertThat(session.result("ping", "{}")).isEmpty();
    }

    @Test
    void aListInASessionThatWasForgottenIsRefused() throws Exception {
        McpClient session = NODE.client(key("forgotten", Role.SUBMIT)).initialize("2025-11-25");
        session.result("tools/list", "{}");
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM mcp_sessions WHERE id = '" + session.session() + "'");
        }

        for (String list : List.of("tools/list", "resources/list", "tasks/list")) {
            assertThat(session.error(list, "{}").path("message").asText())
                    .as(list)
                    .contains("session has ended");
        }
    }

    @Test
    void noRequestIsSentBackAsItCame() throws Exception {
        String key = key("tracer", Role.ADMIN);
        HttpResponse<String> answer = McpNode.HTTP.send(
                HttpRequest.newBuilder(URI.create(NODE.url()))
                        .header("Authorization", "Bearer " + key)
                        .method("TRACE", HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.body()).doesNotContain(key);
    }

    @Test
    void tasksAreListedInPagesToTheirOwner() {
        McpClient session = NODE.client(key("lister", Role.SUBMIT)).initialize("2025-11-25");
        for (int i = 0; i < 51; i++) {
            session.result("tools/call", "{\"name\": \"echo\", \"task\": {}}");
        }

        JsonNode first = session.result("tasks/list", "{}");
        JsonNode second = session.result(
                "tasks/list", "{\"cursor\": \"" + first.path("nextCursor").asText() + "\"}");

        assertThat(first.path("tasks")).hasSize(50);
        assertThat(second.path("tasks")).hasSize(1);
        assertThat(second.has("nextCursor")).isFalse();
        String madeUp = "+1000000000-12-31T23:59:59Z " + UUID.randomUUID();
        for (String cursor : List.of(
                "!", Base64.getUrlEncoder().withoutPadding().encodeToString(madeUp.getBytes(StandardCharsets.UTF_8)))) {
            assertThat(session.error("tasks/list", "{\"cursor\": \"" + cursor + "\"}")
                            .path("code")
                            .asInt())
                    .isEqualTo(-32602);
        }
    }

    @Test
    void eachMessageOfABatchCountsAsARequest() {
        McpClient client = NODE.client(key("batcher", Role.READ)).initialize("2025-03-26");
        String ping = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}";
        byte[] batch = Collections.nCopies(50, ping).toString().getBytes(StandardCharsets.UTF_8);
        List<JsonNode> refused = List.of();
        for (int i = 0; i < 20 && refused.isEmpty(); i++) {
            try (Stream stream = client.raw(batch)) {
                assertThat(stream.status()).isEqualTo(200);
                assertThat(stream.header("Retry-After")).isEmpty();
                refused = stream.last().findValues("error");
            }
        }
        assertThat(refused).isNotEmpty().allSatisfy(error -> {
            assertThat(error.at("/data/error_code").asText()).isEqualTo("RATE_LIMITED");
            assertThat(error.path("message").asText()).startsWith("batcher sends more than the 60 requests a second");
        });
    }

    @Test
    void theStateOfACallIsOfNoUseToAnotherPrincipal() {
        String abilities = "{\"elicitation\": {}}";
        String question = "{\"key\": \"who\", \"message\": \"Who?\"}";
        McpClient asked = NODE.client(key("asked", Role.SUBMIT)).modern(abilities);
        CompletableFuture<JsonNode> begun =
                CompletableFuture.supplyAsync(() -> asked.result("tools/call", "{\"name\": \"step\"}"));
        Step step = WORKED_ON.claim("step");
        step.ask(question);
        String again = """
                {"name": "step", "requestState": "%s",
                 "inputResponses": {"who": {"action": "accept", "content": {"answer": "me"}}}}""".formatted(begun.join().path("requestState").asText());

        McpClient other = NODE.client(key("robber", Role.SUBMIT)).modern(abilities);
        assertThat(other.error("tools/call", again).path("message").asText()).startsWith("Task not found");
        assertThat(step.ask(question).path("action").isNull()).isTrue();

        CompletableFuture<JsonNode> goesOn = CompletableFuture.supplyAsync(() -> asked.result("tools/call", again));
        Await.until(
                "it is answered",
                Await.LONG,
                () -> step.ask(question).path("content").asText().equals("me"));
        step.complete("{\"done\": true}");
        assertThat(goesOn.join().at("/structuredContent/done").asBoolean()).isTrue();
        assertThat(recorded(step.id())).containsExactly("asked POST /v1/jobs/" + step.id() + "/inputs/who");
    }

    private static List<String> recorded(String job) {
        return Jdbi.create(DATABASE.dataSource())
                .withHandle(handle -> handle.select(
                                "SELECT principal || ' ' || action FROM audit_log WHERE action LIKE ?", "%" + job + "%")
                        .mapTo(String.class)
                        .list());
    }

    /** Revokes a key, as the command does. */
    private static void revoke(String key) {
        String id = ApiKey.parse(key).orElseThrow().id();
        Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .useExtension(KeyStatements.class, keys -> keys.revoke(id));
    }

    @Test
    void allOpenAnswersOfARevokedKeyEndAndTheJobGoesOn() throws Exception {
        String key = key("leaver", Role.OPERATE);
        McpClient modern = NODE.client(key).modern("{}");
        McpClient legacy = NODE.client(key).initialize("2025-11-25");
        HttpRequest events = HttpRequest.newBuilder(URI.create(NODE.url().replace("/mcp", "/v1/events")))
                .header("Authorization", "Bearer " + key)
                .build();
        CompletableFuture<JsonNode> unstreamed = CompletableFuture.supplyAsync(() -> NODE.client(key)
                .modern("{}")
                .with("Accept", "application/json")
                .error("tools/call", "{\"name\": \"step\"}"));
        Step waitedFor = WORKED_ON.claim("step");
        try (Stream listening = modern.open("subscriptions/listen", "{\"notifications\": {}}");
                Stream ofSession = legacy.listen();
                Stream plain = modern.open("tools/call", "{\"name\": \"step\"}");
                Stream other = NODE.client(key("stayer", Role.READ))
                        .modern("{}")
                        .open("subscriptions/listen", "{\"notifications\": {\"toolsListChanged\": true}}")) {
            CompletableFuture<HttpResponse<String>> followed = McpNode.HTTP.sendAsync(events, BodyHandlers.ofString());
            Step step = WORKED_ON.claim("step");
            other.next();

            revoke(key);

            assertThat(listening.last().at("/result/resultType").asText()).isEqualTo("complete");
            assertThat(ofSession.next().isEmpty()).isTrue();
            JsonNode ended = plain.last();
            assertThat(ended.at("/error/data/error_code").asText()).isEqualTo("UNAUTHENTICATED");
            assertThat(ended.at("/error/message").asText())
                    .contains("revoked", "Job " + step.id() + " goes on", "longhaul://jobs/" + step.id() + "/result");
            assertThat(unstreamed.join().at("/data/error_code").asText()).isEqualTo("UNAUTHENTICATED");
            assertThat(unstreamed.join().at("/data/jobId").asText()).isEqualTo(waitedFor.id());
            assertThat(followed.join().statusCode()).isEqualTo(200);
            assertThat(WORKED_ON.status(step.id())).isEqualTo("running");
            assertThat(WORKED_ON.status(waitedFor.id())).isEqualTo("running");
            int told = other.comments();
            Await.until("the stream of another key goes on", Await.LONG, () -> other.comments() > told);
        }
    }

    @Test
    void aStreamEndsWithTheTokenThatOpenedIt() throws Exception {
        JwtClaims claims = TokenProvider.claims("brief", "read");
        claims.setExpirationTimeMinutesInTheFuture(0.05f);
        McpClient brief = modern(TokenProvider.signed(claims, signing));

        try (Stream stream = brief.open("subscriptions/listen", "{\"notifications\": {}}")) {
            assertThat(stream.last().at("/result/resultType").asText()).isEqualTo("complete");
        }
    }

    @Test
    void requestsOfOtherWebSitesAreRefused() {
        assertThat(NODE.client(key("x", Role.SUBMIT))
                        .with("Origin", "https://evil.example")
                        .open("ping", "{}")
                        .status())
                .isEqualTo(403);
    }
}
