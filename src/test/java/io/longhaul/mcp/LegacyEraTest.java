package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Revisions that begin with {@code initialize}, on two nodes that share all state. */
class LegacyEraTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    @Order(3)
    @RegisterExtension
    static final McpNode OTHER = new McpNode(DATABASE, "");

    private static McpClient begun() {
        return NODE.client().initialize("2025-11-25");
    }

    /** The same session on the other node. */
    private static McpClient there(McpClient here) {
        return OTHER.client().with("Mcp-Session-Id", here.session()).with("MCP-Protocol-Version", "2025-11-25");
    }

    @Test
    void aSessionIsKnownToAllNodesUntilItIsEnded() {
        McpClient here = begun();
        assertThat(there(here).result("ping", "{}")).isEmpty();

        assertThat(there(here).delete().statusCode()).isEqualTo(200);
        try (Stream stream = here.open("ping", "{}")) {
            assertThat(stream.status()).isEqualTo(404);
            assertThat(stream.last().at("/error/code").asInt()).isEqualTo(-32600);
        }
    }

    @Test
    void theServerAnswersTheRevisionOfTheClientIfItKnowsIt() {
        for (String version : List.of("2025-11-25", "2025-06-18", "2025-03-26")) {
            JsonNode result = NODE.client()
                    .result("initialize", "{\"protocolVersion\": \"" + version + "\", \"capabilities\": {}}");
            assertThat(result.path("protocolVersion").asText()).isEqualTo(version);
            assertThat(result.path("capabilities").has("tasks")).isEqualTo(version.equals("2025-11-25"));
            assertThat(result.at("/capabilities/tasks").has("list")).isFalse();
        }
        JsonNode newest =
                NODE.client().result("initialize", "{\"protocolVersion\": \"2099-01-01\", \"capabilities\": {}}");
        assertThat(newest.path("protocolVersion").asText()).isEqualTo("2025-11-25");
        assertThat(NODE.client()
                        .initialize("2025-06-18")
                        .result("tools/list", "{}")
                        .path("tools"))
                .isNotEmpty();
    }

    @Test
    void theListOfToolsSaysWhichCallsMayBeTasks() {
        JsonNode tools = begun().result("tools/list", "{}").path("tools");

        assertThat(tools).anySatisfy(tool -> {
            assertThat(tool.path("name").asText()).isEqualTo("only.task");
            assertThat(tool.at("/execution/taskSupport").asText()).isEqualTo("required");
        });
        assertThat(begun().error("tools/call", "{\"name\": \"only.task\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32601);
        assertThat(begun().error("tools/call", "{\"name\": \"never.task\", \"task\": {}}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32601);
    }

    @Test
    void aTaskOfOneNodeGivesItsResultAtTheOther() {
        McpClient here = begun();
        JsonNode task = here.result("tools/call", "{\"name\": \"step\", \"task\": {\"ttl\": 60000}}")
                .path("task");
        String id = task.path("taskId").asText();
        assertThat(task.path("status").asText()).isEqualTo("working");
        assertThat(task.path("ttl").isNull()).isTrue();
        try (Stream stream = there(here).open("tasks/result", """
                {"taskId": "%s", "_meta": {"progressToken": 5}}""".formatted(id))) {
            Step step = NODE.claim("step");
            step.progress(0.5, "half");
            JsonNode progress = stream.next().path("params");
            assertThat(progress.path("progressToken").asInt()).isEqualTo(5);
            assertThat(progress.at("/_meta")
                            .path("io.modelcontextprotocol/related-task")
                            .path("taskId")
                            .asText())
                    .isEqualTo(id);
            step.complete("{\"c\": 3}");
            JsonNode result = stream.last().path("result");
            assertThat(result.at("/structuredContent/c").asInt()).isEqualTo(3);
            assertThat(result.path("_meta")
                            .path("io.modelcontextprotocol/related-task")
                            .path("taskId")
                            .asText())
                    .isEqualTo(id);
        }
        assertThat(there(here)
                        .result("tasks/get", "{\"taskId\": \"" + id + "\"}")
                        .path("ttl")
                        .asLong())
                .isBetween(3_600_000L, 4_000_000L);
        assertThat(there(here)
                        .result("tasks/result", "{\"taskId\": \"" + id + "\"}")
                        .at("/structuredContent/c")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void aToolThatFailsMakesAFailedTaskWithAResult() {
        McpClient here = begun();
        String id = here.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        NODE.claim("step").fail("TOOL_ERROR", "It rains.");

        JsonNode task = here.result("tasks/get", "{\"taskId\": \"" + id + "\"}");
        assertThat(task.path("status").asText()).isEqualTo("failed");
        assertThat(task.path("statusMessage").asText()).isEqualTo("It rains.");
        JsonNode result = here.result("tasks/result", "{\"taskId\": \"" + id + "\"}");
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(result.at("/content/0/text").asText()).isEqualTo("It rains.");
    }

    @Test
    void aTaskIsCancelledOnceAndThenHasNoResult() {
        McpClient here = begun();
        String id = here.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        String params = "{\"taskId\": \"" + id + "\"}";

        assertThat(there(here).result("tasks/cancel", params).path("status").asText())
                .isEqualTo("cancelled");
        assertThat(here.error("tasks/cancel", params).path("code").asInt()).isEqualTo(-32602);
        assertThat(here.error("tasks/result", params).path("code").asInt()).isEqualTo(-32800);
    }

    @Test
    void aNotificationOnAnyNodeCancelsACall() {
        McpClient here = begun();
        try (Stream stream = here.open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            Await.until("the stream begins", Await.LONG, () -> stream.lastId() != null);
            String request = requestOf(step.id());

            assertThat(there(here).tell("notifications/cancelled", "{\"requestId\": " + request + "}"))
                    .isEqualTo(202);

            assertThat(stream.last().at("/error/code").asInt()).isEqualTo(-32800);
            assertThat(NODE.status(step.id())).isEqualTo("cancelled");
        }
    }

    private static String requestOf(String job) {
        return stored("SELECT request_id FROM mcp_calls WHERE job_id = '" + job + "'");
    }

    private static String stored(String query) {
        return Await.value("it is kept for all nodes", Await.LONG, () -> {
            try (Connection connection = DATABASE.dataSource().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery(query)) {
                return found.next() ? Optional.of(found.getString(1)) : Optional.empty();
            }
        });
    }

    @Test
    void ofTheCapabilitiesOfAClientOnlyWhatItCanBeAskedIsKept() {
        McpClient client = NODE.client().initialize("2025-11-25", """
                {"elicitation": {"form": {"x": [1]}, "url": {"y": 2}}, "sampling": {"tools": {}}, "experimental": {}}""");

        assertThat(stored("SELECT capabilities::text FROM mcp_sessions WHERE id = '" + client.session() + "'"))
                .isEqualTo("{\"elicitation\":{\"url\":{}},\"sampling\":{}}");
    }

    @Test
    void aCallWhoseStreamBrokeIsAnsweredByTheOtherNode() {
        McpClient here = begun();
        Stream broken = here.open("tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": \"p\"}}");
        Step step = NODE.claim("step");
        Await.until("the stream begins", Await.LONG, () -> broken.lastId() != null);
        broken.close();

        try (Stream again = there(here).listen("Last-Event-ID", broken.lastId())) {
            step.progress(0.9, "nearly");
            assertThat(again.next().at("/params/progressToken").asText()).isEqualTo("p");
            step.complete("{\"kept\": true}");
            JsonNode answer = again.last();
            assertThat(answer.path("id").isInt()).isTrue();
            assertThat(answer.at("/result/structuredContent/kept").asBoolean()).isTrue();
        }
    }

    @Test
    void aSessionIsNotifiedOfItsResourcesAtAnyNode() {
        McpClient here = begun();
        String id = here.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        String log = "{\"uri\": \"longhaul://jobs/" + id + "/log\"}";
        assertThat(here.error("resources/subscribe", "{\"uri\": \"longhaul://jobs/none\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        try (Stream stream = there(here).listen()) {
            here.result("resources/subscribe", log);
            JsonNode told = stream.next();
            Step step = NODE.claim("step");
            step.log("first");
            Await.until("it was told again", Await.LONG, () -> stream.next().equals(told));
            assertThat(told.path("method").asText()).isEqualTo("notifications/resources/updated");
            assertThat(told.at("/params/uri").asText()).endsWith(id + "/log");
            assertThat(here.result("resources/read", log).at("/contents/0/text").asText())
                    .isEqualTo("first\n");
            step.complete("1");
            here.delete();
            // Maybe after news of the end.
            stream.all();
        }
    }

    @Test
    void aSessionWithAStreamHearsOfEachStatusOfItsTasks() {
        McpClient here = NODE.client().initialize("2025-11-25", "{\"elicitation\": {}}");
        try (Stream stream = here.listen()) {
            // A stream that answers is known to the node.
            Await.until("the stream lives", Await.LONG, () -> stream.comments() > 0);
            String id = here.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                    .at("/task/taskId")
                    .asText();
            Step step = NODE.claim("step");
            step.progress(0.5, "half");
            step.ask("who", "");
            JsonNode asks = stream.next();
            assertThat(asks.path("method").asText()).isEqualTo("notifications/tasks/status");
            assertThat(asks.at("/params/taskId").asText()).isEqualTo(id);
            assertThat(asks.at("/params/status").asText()).isEqualTo("input_required");
            assertThat(asks.at("/params/_meta/io.modelcontextprotocol~1related-task")
                            .isMissingNode())
                    .isTrue();
            step.complete("1");
            JsonNode ended = stream.next();
            assertThat(ended.at("/params/status").asText()).isEqualTo("completed");
            assertThat(ended.path("params")).isEqualTo(here.result("tasks/get", "{\"taskId\": \"" + id + "\"}"));
        }
    }

    @Test
    void tasksAreNotListedWithoutAuthentication() {
        assertThat(begun().error("tasks/list", "{}").path("message").asText()).contains("authentication");
    }

    @Test
    void logLinesOfAToolReachClientsThatAskForThem() {
        McpClient here = begun();
        here.result("logging/setLevel", "{\"level\": \"debug\"}");
        assertThat(here.error("logging/setLevel", "{\"level\": \"loud\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        try (Stream stream = here.open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            step.log("hello");
            assertThat(stream.next().at("/params/data").asText()).isEqualTo("hello");
            step.complete("1");
            assertThat(stream.last().has("result")).isTrue();
        }
    }

    private static String batch(String... messages) {
        return "[" + String.join(",", messages) + "]";
    }

    private static String request(Object id, String method, String params) {
        return "{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"method\": \"" + method + "\", \"params\": " + params + "}";
    }

    private static Stream send(McpClient client, String body) {
        return client.raw(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aBatchIsAnsweredAsAnArray() {
        String note = "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}";
        McpClient client = NODE.client().initialize("2025-03-26");
        try (Stream stream = send(
                client,
                batch(
                        request(1, "ping", "{}"),
                        note,
                        request("\"b\"", "nothing", "{}"),
                        "7",
                        request(3, "initialize", "{}")))) {
            JsonNode answers = stream.last();
            assertThat(stream.status()).isEqualTo(200);
            assertThat(answers).hasSize(4);
            assertThat(answers.at("/0/result")).isEmpty();
            assertThat(answers.at("/1/id").asText()).isEqualTo("b");
            assertThat(answers.at("/1/error/code").asInt()).isEqualTo(-32601);
            assertThat(answers.at("/2/error/code").asInt()).isEqualTo(-32600);
            assertThat(answers.at("/3/error/message").asText()).contains("alone");
        }
        assertThat(send(client, batch(note, note)).status()).isEqualTo(202);
    }

    @Test
    void aBatchWithCallsIsAnsweredOnAStreamAsTheyEnd() {
        McpClient client = NODE.client().initialize("2025-03-26");
        String slow = request(1, "tools/call", "{\"name\": \"step\"}");
        String quick = request(2, "tools/call", "{\"name\": \"echo\", \"arguments\": {\"a\": 1}}");
        try (Stream stream = send(client, batch(slow, quick))) {
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.next().path("id").asInt()).isEqualTo(2);
            NODE.claim("step").complete("{\"done\": true}");
            assertThat(stream.next().at("/result/structuredContent/done").asBoolean())
                    .isTrue();
            assertThat(stream.isEnd(stream.next())).isTrue();
        }
    }

    /** Messages that read a result of more than 1.5 MiB, with the ids from 0. */
    private static String[] reads(McpClient client, int count) {
        String id = client.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        NODE.claim("step").complete("\"" + "x".repeat(3 << 19) + "\"");
        String uri = "{\"uri\": \"longhaul://jobs/" + id + "/result\"}";
        return IntStream.range(0, count)
                .mapToObj(number -> request(number, "resources/read", uri))
                .toArray(String[]::new);
    }

    @Test
    void theAnswersOfABatchAreBoundedTogether() {
        McpClient client = NODE.client().initialize("2025-03-26");
        try (Stream stream = send(client, batch(reads(begun(), 14)))) {
            JsonNode answers = stream.last();
            assertThat(answers).hasSize(14);
            for (int i = 0; i < 14; i++) {
                assertThat(answers.path(i).path("id").asInt()).isEqualTo(i);
                assertThat(answers.path(i).has("result")).as("answer " + i).isEqualTo(i < 10);
            }
            assertThat(answers.at("/13/error/code").asInt()).isEqualTo(-32603);
            assertThat(answers.at("/13/error/message").asText()).endsWith("send this message alone.");
        }
    }

    @Test
    void largeAnswersOfABatchOnAStreamLoseNoClient() {
        McpClient client = NODE.client().initialize("2025-03-26");
        String[] messages = reads(begun(), 9);
        messages[0] = request(0, "tools/call", "{\"name\": \"echo\", \"arguments\": {\"a\": 1}}");
        try (Stream stream = send(client, batch(messages))) {
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.all())
                    .hasSize(9)
                    .allSatisfy(answer -> assertThat(answer.has("result")).isTrue());
        }
    }

    @Test
    void batchesOfOtherRevisionsAndTooLargeOnesAreRefused() {
        String ping = request(1, "ping", "{}");
        for (McpClient client : List.of(begun(), NODE.client().with("MCP-Protocol-Version", "2026-07-28"))) {
            try (Stream stream = send(client, batch(ping))) {
                assertThat(stream.status()).isEqualTo(400);
                assertThat(stream.last().at("/error/message").asText()).contains("2025-03-26");
            }
        }
        try (Stream stream =
                send(NODE.client(), batch(Collections.nCopies(51, ping).toArray(String[]::new)))) {
            assertThat(stream.status()).isEqualTo(400);
            assertThat(stream.last().at("/error/message").asText()).contains("50");
        }
    }
}
