package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.stdio.Server;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Wire;
import io.longhaul.tools.http.StandIn;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that start a program speak to a server through it, and notice as little of lost connections as can be. */
class StdioTest {
    private static final String STEP = "{\"name\": \"step\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, """
            api: {maxBody: 64KiB}
            auth: {allowedHosts: [%s]}
            """.formatted(Wire.HOST));

    private static StdioHost host() throws IOException {
        return new StdioHost(URI.create(NODE.url()), null);
    }

    @Test
    void aModernHostFindsOutTheEraListsAndCallsWithProgress() throws Exception {
        try (StdioHost host = host()) {
            assertThat(host.modern(1, "server/discover", "{}", "{}").next().at("/result/supportedVersions"))
                    .hasToString("[\"2026-07-28\"]");
            assertThat(host.modern(2, "tools/list", "{}", "{}").next().at("/result/tools"))
                    .isNotEmpty();
            host.modern("\"c\"", "tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": 7}}", "{}");
            Step step = NODE.claim("step");
            step.progress(0.5, "half");
            JsonNode progress = host.next();
            assertThat(progress.at("/params/progressToken").asInt()).isEqualTo(7);
            assertThat(progress.at("/params/message").asText()).isEqualTo("half");
            step.complete("{\"text\": \"häß\"}");
            JsonNode answer = host.answer();
            assertThat(answer.path("id").asText()).isEqualTo("c");
            assertThat(answer.at("/result/structuredContent/text").asText()).isEqualTo("häß");
        }
    }

    @Test
    void aLegacyHostHasASessionAndATask() throws Exception {
        try (StdioHost host = host()) {
            host.initialize("2025-06-18");
            assertThat(host.legacy(1, "ping", "{}").next().has("result")).isTrue();
            String task = host.legacy(2, "tools/call", "{\"name\": \"step\", \"task\": {}}")
                    .next()
                    .at("/result/task/taskId")
                    .asText();
            host.legacy(3, "tasks/result", "{\"taskId\": \"" + task + "\"}");
            NODE.claim("step").complete("1");
            assertThat(host.answer().at("/result/content/0/text").asText()).isEqualTo("1");
        }
    }

    @Test
    void manyRequestsAreServedAtTheSameTime() throws Exception {
        try (StdioHost host = host()) {
            for (int i = 0; i < 3; i++) {
                host.modern(i, "tools/call", STEP, "{}");
            }
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                steps.add(NODE.claim("step"));
            }
            steps.forEach(step -> step.complete("1"));
            Set<Integer> answered = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                answered.add(host.answer().path("id").asInt());
            }
            assertThat(answered).containsExactly(0, 1, 2);
        }
    }

    @Test
    void whatAToolWantsInHeadersIsPutThere() throws Exception {
        try (StdioHost host = host()) {
            host.modern(1, "tools/call", "{\"name\": \"strict\", \"arguments\": {\"n\": 42}}", "{}");
            NODE.claim("strict").complete("1");
            assertThat(host.answer().has("result")).isTrue();
        }
    }

    @Test
    void whatIsNoMessageGetsAnErrorAndTheNextIsServed() throws Exception {
        try (StdioHost host = host()) {
            assertThat(code(host.say("nonsense"))).isEqualTo(-32700);
            assertThat(code(host.say(new byte[] {'"', (byte) 0xc3, '"', '\n'}))).isEqualTo(-32700);
            assertThat(code(host.say("[".repeat(60_000)))).isEqualTo(-32700);
            assertThat(code(host.say("[]"))).isEqualTo(-32600);
            assertThat(code(host.say("{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"ping\"}")))
                    .isEqualTo(-32600);
            JsonNode noMethod = host.say("\r\n{\"jsonrpc\": \"2.0\", \"id\": 5, \"method\": 1}\r")
                    .next();
            assertThat(noMethod.path("id").asInt()).isEqualTo(5);
            host.legacy(
                    6, "tools/call", "{\"name\": \"echo\", \"arguments\": {\"a\": \"" + "x".repeat(70_000) + "\"}}");
            JsonNode tooLarge = host.next();
            assertThat(tooLarge.path("id").asInt()).isEqualTo(6);
            assertThat(tooLarge.at("/error/message").asText()).contains("65536");
            host.say("{\"jsonrpc\": \"2.0\", \"id\": \"long\", \"method\": \"" + "x".repeat(17 << 20) + "\"}");
            JsonNode tooLong = host.next();
            assertThat(tooLong.path("id").asText()).isEqualTo("long");
            assertThat(tooLong.at("/error/message").asText()).contains("longer than");
            assertThat(host.legacy(7, "ping", "{}").next().has("result")).isTrue();
        }
    }

    @Test
    void theMessagesOfABatchAreAnsweredOneByOne() throws Exception {
        String ping = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}";
        try (StdioHost host = host().initialize("2025-03-26")) {
            host.say("[" + ping + ", {\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": 3}, " + ping.replace("1,", "\"c\",")
                    + "]");
            Map<String, Boolean> results = new TreeMap<>();
            for (int i = 0; i < 3; i++) {
                JsonNode answer = host.answer();
                results.put(answer.path("id").asText(), answer.has("result"));
            }
            assertThat(results).isEqualTo(Map.of("1", true, "2", false, "c", true));
            assertThat(code(host.say("[7]"))).isEqualTo(-32600);
            JsonNode tooMany = host.say("[" + "7,".repeat(50) + "7]").next().path("error");
            assertThat(tooMany.path("code").asInt()).isEqualTo(-32600);
            assertThat(tooMany.path("message").asText())
                    .isEqualTo("A batch has 1 to 50 messages, and this one has 51.");
        }
    }

    private static Wire wire() throws IOException {
        URI node = URI.create(NODE.url());
        return new Wire(node.getHost(), node.getPort());
    }

    private static URI url(Wire wire) {
        return URI.create("http://" + Wire.HOST + ":" + wire.port() + "/mcp");
    }

    private static int code(StdioHost host) {
        JsonNode answer = host.next();
        assertThat(answer.get("id").isNull()).isTrue();
        return answer.at("/error/code").asInt();
    }

    @Test
    void whileNoServerIsThereEachRequestIsToldSoAndTheNextOnesAreServed() throws Exception {
        try (Wire wire = wire();
                StdioHost host = new StdioHost(url(wire), null)) {
            wire.cut();
            JsonNode error = host.modern(1, "tools/list", "{}", "{}").next().path("error");
            assertThat(error.path("code").asInt()).isEqualTo(-32603);
            assertThat(error.path("message").asText())
                    .isEqualTo("No Longhaul server answers at " + url(wire) + ". Start it: java -jar app.jar server.");
            wire.join();
            assertThat(host.modern(2, "tools/list", "{}", "{}").next().has("result"))
                    .isTrue();
        }
    }

    @Test
    void aCallWhoseConnectionIsLostIsAnsweredByTheSameJob() throws Exception {
        try (Wire wire = wire();
                StdioHost modern = new StdioHost(url(wire), null);
                StdioHost legacy = new StdioHost(url(wire), null).initialize("2025-06-18")) {
            modern.modern(1, "tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": 7}}", "{}");
            Step first = NODE.claim("step");
            first.progress(0.5, "half");
            assertThat(modern.next().at("/params/progress").asDouble()).isEqualTo(0.5);
            legacy.legacy(1, "tools/call", STEP);
            Step second = NODE.claim("step");
            wire.cut();
            wire.join();
            first.complete("1");
            second.complete("2");
            for (StdioHost host : List.of(modern, legacy)) {
                JsonNode answer = host.next();
                assertThat(answer.at("/result/_meta").path("io.longhaul/jobId").asText())
                        .isEqualTo((host == modern ? first : second).id());
            }
        }
    }

    @Test
    void anAnswerOfTheHostIsKeptWhileTheServerIsAway() throws Exception {
        Server.Patience patience = new Server.Patience(Duration.ZERO, Await.LONG);
        try (Wire wire = wire();
                StdioHost host =
                        new StdioHost(url(wire), null, patience).initialize("2025-11-25", "{\"elicitation\": {}}")) {
            host.legacy(1, "tools/call", STEP);
            Step step = NODE.claim("step");
            step.ask("who", "");
            JsonNode asks = host.next();
            wire.cut();
            host.say("{\"jsonrpc\": \"2.0\", \"id\": " + asks.get("id") + ", \"result\": {\"action\": \"decline\"}}");
            wire.join();
            Await.until(
                    "it is answered",
                    Await.LONG,
                    () -> step.ask("who", "").path("action").asText().equals("decline"));
            step.complete("1");
            assertThat(host.answer().has("result")).isTrue();
        }
    }

    @Test
    void aCallThatWasGivenUpIsJoinedByTheSameCall() throws Exception {
        Server.Patience none = new Server.Patience(Duration.ZERO, Duration.ZERO);
        try (Wire wire = wire();
                StdioHost host = new StdioHost(url(wire), null, none)) {
            host.modern(1, "tools/call", STEP, "{}");
            Step step = NODE.claim("step");
            wire.cut();
            assertThat(host.next().at("/error/message").asText()).contains("goes on", "Repeat", "java -jar");
            wire.join();
            host.modern(2, "tools/call", STEP, "{}");
            step.complete("1");
            assertThat(host.answer()
                            .at("/result/_meta")
                            .path("io.longhaul/jobId")
                            .asText())
                    .isEqualTo(step.id());
        }
    }

    @Test
    void aSessionThatTheServerHasForgottenIsBegunAgain() throws Exception {
        try (StdioHost host = host().initialize("2025-11-25")) {
            host.legacy(1, "logging/setLevel", "{\"level\": \"info\"}").next();
            try (Connection connection = DATABASE.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM mcp_sessions");
            }
            assertThat(host.legacy(2, "tools/list", "{}").answer().has("result"))
                    .isTrue();
            host.legacy(3, "tools/call", STEP);
            Step step = NODE.claim("step");
            step.log("still told");
            assertThat(host.next().at("/params/data").asText()).isEqualTo("still told");
            step.complete("1");
            assertThat(host.answer().path("id").asInt()).isEqualTo(3);
        }
    }

    /** Sessions have the names s1, s2 and so on; another answer is given as long as there is one in the list. */
    private static StandIn server(AtomicInteger sessions, Queue<Integer> refusals) {
        return new StandIn().on("/mcp", (request, exchange) -> {
            boolean begins = request.body().contains("\"initialize\"");
            Integer refusal = begins || request.body().contains("notifications/initialized") ? null : refusals.poll();
            if (refusal != null) {
                exchange.json(refusal, "");
            } else if (begins) {
                exchange.header("Mcp-Session-Id", "s" + sessions.incrementAndGet())
                        .json(200, """
                                {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}}""");
            } else {
                exchange.json(request.method().equals("POST") ? 202 : 405, "");
            }
        });
    }

    @Test
    void anAnswerOfTheHostIsSentAgainUntilTheServerHasIt() throws Exception {
        AtomicInteger sessions = new AtomicInteger();
        Queue<Integer> refusals = new ConcurrentLinkedQueue<>();
        try (StandIn server = server(sessions, refusals);
                StdioHost host = new StdioHost(URI.create(server.url() + "/mcp"), null).initialize("2025-11-25")) {
            Await.until(
                    "nobody listens",
                    Await.LONG,
                    () -> server.requests().stream()
                            .anyMatch(request -> request.method().equals("GET")));
            refusals.addAll(List.of(503, 429, 404));
            host.say("{\"jsonrpc\": \"2.0\", \"id\": \"q\", \"result\": {\"action\": \"accept\"}}");
            Await.until("it is taken", Await.LONG, () -> answers(server).size() == 4);
            assertThat(answers(server))
                    .extracting(request -> request.header("Mcp-session-id"))
                    .containsExactly("s1", "s1", "s1", "s2");
        }
    }

    @Test
    void anAnswerThatCannotBeReadDoesNotEndListening() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        try (StandIn server = new StandIn().on("/mcp", (request, exchange) -> {
                    if (request.body().contains("\"initialize\"")) {
                        int times = begun.incrementAndGet();
                        exchange.header("Mcp-Session-Id", "s" + times)
                                .json(200, times == 2 ? "<html>Back soon</html>" : """
                                        {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}}""");
                    } else if (request.method().equals("POST")) {
                        exchange.json(202, "");
                    } else if ("s3".equals(request.header("Mcp-session-id"))) {
                        exchange.text(200, "text/event-stream", """
                                data: {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}

                                """);
                    } else {
                        exchange.json(404, "");
                    }
                });
                StdioHost host = new StdioHost(URI.create(server.url() + "/mcp"), null).initialize("2025-11-25")) {
            assertThat(host.next().path("method").asText()).isEqualTo("notifications/tools/list_changed");
        }
    }

    private static List<StandIn.Request> answers(StandIn server) {
        return server.requests().stream()
                .filter(request -> request.body().contains("\"accept\""))
                .toList();
    }

    @Test
    void theEndOfTheInputEndsItSoonAndNoJob() throws Exception {
        StdioHost host = host();
        host.modern(1, "tools/call", STEP, "{}");
        Step step = NODE.claim("step");
        StdioHost other = host();
        other.modern(1, "tools/list", "{}", "{}");

        assertThat(other.end()).isLessThan(Duration.ofSeconds(1));
        assertThat(other.next().has("result")).isTrue();
        assertThat(host.end()).isLessThan(Duration.ofSeconds(1));
        try (StdioHost next = host()) {
            next.modern(1, "tools/call", "{\"name\": \"ping\"}", "{}").answer();
        }
        assertThat(NODE.status(step.id())).isEqualTo("running");
    }
}
