package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools that ask for input, and clients of both eras that are asked. */
class QuestionsTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    @Order(3)
    @RegisterExtension
    static final McpNode OTHER = new McpNode(DATABASE, "");

    private static final String ASKED = "{\"elicitation\": {}}";
    private static final String TASKS =
            "{\"elicitation\": {}, \"extensions\": {\"io.modelcontextprotocol/tasks\": {}}}";
    private static final String NAME =
            ", \"schema\": {\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}, \"required\": [\"name\"]}";

    private static String task(String id, String more) {
        return "{\"taskId\": \"" + id + "\"" + more + "}";
    }

    /** Sends a call without waiting for the first byte of its answer. */
    private static CompletableFuture<Stream> begin(McpClient client, String call) {
        return CompletableFuture.supplyAsync(() -> client.open("tools/call", call));
    }

    private static JsonNode awaitStatus(McpClient client, String id, String status) {
        Await.until(
                "task " + id + " is " + status,
                Await.LONG,
                () -> client.result("tasks/get", task(id, ""))
                        .path("status")
                        .asText()
                        .equals(status));
        return client.result("tasks/get", task(id, ""));
    }

    @Test
    void aTaskAsksAndIsAnsweredOnAnotherNode() {
        McpClient client = NODE.client().modern(TASKS);
        String id = client.result("tools/call", "{\"name\": \"step\"}")
                .path("taskId")
                .asText();
        Step step = NODE.claim("step");
        step.ask("approve", ", \"schema\": {\"type\": \"boolean\"}");
        step.ask("who", NAME);

        JsonNode asking = client.result("tasks/get", task(id, ""));
        assertThat(asking.path("status").asText()).isEqualTo("input_required");
        assertThat(asking.at("/inputRequests/approve/method").asText()).isEqualTo("elicitation/create");
        assertThat(asking.at("/inputRequests/approve/params/message").asText()).isEqualTo("May I?");
        assertThat(asking.at("/inputRequests/approve/params/requestedSchema"))
                .hasToString(
                        "{\"type\":\"object\",\"properties\":{\"answer\":{\"type\":\"boolean\"}},\"required\":[\"answer\"]}");
        assertThat(asking.at("/inputRequests/who/params/requestedSchema/properties/name/type")
                        .asText())
                .isEqualTo("string");

        McpClient other = client.at(OTHER.url());
        JsonNode wrong = other.error(
                "tasks/update",
                task(id, ", \"inputResponses\": {\"who\": {\"action\": \"accept\", \"content\": {\"name\": 1}}}"));
        assertThat(wrong.path("code").asInt()).isEqualTo(-32602);
        assertThat(wrong.at("/data/errors/0/pointer").asText()).isEqualTo("/inputResponses/who/content/name");
        assertThat(wrong.path("message").asText()).contains("\"who\" (name: integer found, string expected)", "open");
        JsonNode taken = other.result(
                "tasks/update",
                task(
                        id,
                        ", \"inputResponses\": {\"nobody\": 1, \"approve\": {\"action\": \"accept\", \"content\": {\"answer\": true}}}"));
        assertThat(taken.path("resultType").asText()).isEqualTo("complete");
        assertThat(taken.has("taskId")).isFalse();
        JsonNode left = client.result("tasks/get", task(id, ""));
        assertThat(left.path("status").asText()).isEqualTo("input_required");
        assertThat(left.path("inputRequests").has("approve")).isFalse();
        assertThat(step.ask("approve", "").path("content")).hasToString("true");

        other.result("tasks/update", task(id, ", \"inputResponses\": {\"who\": {\"action\": \"decline\"}}"));
        assertThat(client.result("tasks/get", task(id, "")).path("status").asText())
                .isEqualTo("working");
        assertThat(step.ask("who", NAME).path("action").asText()).isEqualTo("decline");
        step.complete("1");
        awaitStatus(client, id, "completed");
        String door = "anybody POST /v1/jobs/" + id + "/inputs/";
        assertThat(recorded(id)).containsExactly(door + "approve", door + "who");
    }

    @Test
    void theStreamOfAPlainCallSaysWhereToAnswer() {
        String progress = "{\"name\": \"step\", \"_meta\": {\"progressToken\": 7}}";
        CompletableFuture<Stream> begun = begin(NODE.client().modern("{}"), progress);
        Step step = NODE.claim("step");
        step.ask("approve", "");
        try (Stream stream = begun.join()) {
            assertThat(stream.next().at("/params/message").asText()).contains("/v1/jobs/" + step.id() + "/inputs");
        }
        begun = begin(NODE.client().initialize(Protocol.LEGACY), "{\"name\": \"step\"}");
        Step other = NODE.claim("step");
        other.ask("approve", "");
        try (Stream stream = begun.join()) {
            assertThat(stream.next().at("/params/level").asText()).isEqualTo("notice");
        }
    }

    private static List<String> recorded(String job) {
        return Jdbi.create(DATABASE.dataSource())
                .withHandle(handle -> handle.select(
                                "SELECT principal || ' ' || action FROM audit_log WHERE action LIKE ? ORDER BY id",
                                "%" + job + "%")
                        .mapTo(String.class)
                        .list());
    }

    @Test
    void aClientThatCannotBeAskedIsToldWhereToAnswer() {
        McpClient client = NODE.client().modern(McpClient.TASKS);
        String id = client.result("tools/call", "{\"name\": \"step\"}")
                .path("taskId")
                .asText();
        NODE.claim("step").ask("approve", "");

        JsonNode waiting = client.result("tasks/get", task(id, ""));
        assertThat(waiting.path("status").asText()).isEqualTo("working");
        assertThat(waiting.has("inputRequests")).isFalse();
        assertThat(waiting.path("statusMessage").asText()).contains("POST /v1/jobs/" + id + "/inputs/");
    }

    @Test
    void aPlainCallEndsWithTheQuestionAndIsMadeAgainOnAnotherNode() {
        McpClient client = NODE.client().modern(ASKED);
        String call = "{\"name\": \"step\", \"arguments\": {\"a\": 1.5}";
        JsonNode required;
        CompletableFuture<Stream> begun = begin(client, call + "}");
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        try (Stream stream = begun.join()) {
            required = stream.last().path("result");
        }
        assertThat(required.path("resultType").asText()).isEqualTo("input_required");
        assertThat(required.at("/inputRequests/who/method").asText()).isEqualTo("elicitation/create");
        String state = required.path("requestState").asText();
        assertThat(NODE.status(step.id())).isEqualTo("running");

        McpClient other = client.at(OTHER.url());
        String responses =
                ", \"inputResponses\": {\"who\": {\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}}";
        for (String wrong : new String[] {
            call + responses + ", \"requestState\": \"" + state + "-TAMPERED\"}",
            call.replace("1.5", "2") + responses + ", \"requestState\": \"" + state + "\"}",
            call + responses + ", \"requestState\": \"" + state.replaceFirst("\\.1\\.", ".2.") + "\"}"
        }) {
            assertThat(other.error("tools/call", wrong).path("message").asText())
                    .contains("requestState");
        }
        CompletableFuture<Stream> retried = begin(other, call + responses + ", \"requestState\": \"" + state + "\"}");
        Await.until(
                "it is answered",
                Await.LONG,
                () -> step.ask("who", NAME).path("action").isTextual());
        assertThat(step.ask("who", NAME).at("/content/name").asText()).isEqualTo("Ada");
        step.ask("more", NAME);
        try (Stream stream = retried.join()) {
            JsonNode again = stream.last().path("result");
            assertThat(again.path("inputRequests").has("who")).isFalse();
            assertThat(again.path("inputRequests").has("more")).isTrue();
            assertThat(again.path("requestState").asText()).isNotEqualTo(state);
            state = again.path("requestState").asText();
        }
        CompletableFuture<Stream> last =
                begin(client, call + responses.replace("who", "more") + ", \"requestState\": \"" + state + "\"}");
        Await.until(
                "it is answered",
                Await.LONG,
                () -> step.ask("more", NAME).path("action").isTextual());
        step.complete("{\"done\": true}");
        try (Stream stream = last.join()) {
            assertThat(stream.last().at("/result/structuredContent/done").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void aToolThatAsksFirstIsAnsweredBeforeItsCallBecomesATask() {
        McpClient client = NODE.client().modern(TASKS);
        CompletableFuture<Stream> begun = begin(client, "{\"name\": \"asks.first\"}");
        Step step = NODE.claim("asks.first");
        step.ask("who", NAME);
        try (Stream stream = begun.join()) {
            JsonNode required = stream.last().path("result");
            assertThat(required.path("resultType").asText()).isEqualTo("input_required");
            assertThat(required.has("taskId")).isFalse();
            JsonNode task = client.result(
                    "tools/call",
                    "{\"name\": \"asks.first\", \"requestState\": \""
                            + required.path("requestState").asText()
                            + "\", \"inputResponses\": {\"who\": {\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}}}");
            assertThat(task.path("resultType").asText()).isEqualTo("task");
            assertThat(task.path("taskId").asText()).isEqualTo(step.id());
            assertThat(task.has("requestState")).isFalse();
            assertThat(step.ask("who", NAME).at("/content/name").asText()).isEqualTo("Ada");
            step.complete("1");
        }
    }

    @Test
    void onlyRequestsThatTheClientKnowsAreSent() {
        McpClient client = NODE.client().modern("{\"sampling\": {}}");
        CompletableFuture<Stream> begun = begin(client, "{\"name\": \"step\"}");
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        step.ask(
                "model",
                ", \"mcp\": {\"method\": \"sampling/createMessage\", \"params\": {\"messages\": [], \"maxTokens\": 9}}");
        try (Stream stream = begun.join()) {
            JsonNode requests = stream.last().at("/result/inputRequests");
            assertThat(requests.size()).isEqualTo(1);
            assertThat(requests.at("/model/method").asText()).isEqualTo("sampling/createMessage");
            assertThat(requests.at("/model/params/maxTokens").asInt()).isEqualTo(9);
        }
    }

    /** The first question is one that this client cannot be asked; by a later one it is asked nevertheless. */
    @Test
    void aPlainCallWithoutAStreamEndsWithTheFirstQuestionThatItsClientKnows() {
        McpClient client = NODE.client().modern("{\"sampling\": {}}").with("Accept", "application/json");
        CompletableFuture<Stream> begun = begin(client, "{\"name\": \"step\"}");
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        long asked = System.nanoTime();
        Await.until(
                "the call has met the question",
                Await.LONG,
                () -> System.nanoTime() - asked > Duration.ofMillis(1500).toNanos());
        step.ask(
                "model",
                ", \"mcp\": {\"method\": \"sampling/createMessage\", \"params\": {\"messages\": [], \"maxTokens\": 9}}");
        try (Stream stream = begun.join()) {
            assertThat(stream.header("Content-Type")).startsWith("application/json");
            JsonNode requests = stream.last().at("/result/inputRequests");
            assertThat(requests.size()).isEqualTo(1);
            assertThat(requests.has("model")).isTrue();
        }
    }

    @Test
    void aPlainCallWithoutAStreamOfAClientThatCanBeAskedNothingIsAnsweredAtItsEnd() {
        McpClient client = NODE.client().modern("{}").with("Accept", "application/json");
        CompletableFuture<Stream> begun = begin(client, "{\"name\": \"step\"}");
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        step.complete("{\"done\": true}");
        try (Stream stream = begun.join()) {
            assertThat(stream.header("Content-Type")).startsWith("application/json");
            assertThat(stream.last().at("/result/structuredContent/done").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void theLongerAWaitTheLessAJobIsLookedAt() {
        Looks looks = Looks.everLess(Duration.ofDays(1));
        assertThat(looks.next().pause()).hasMillis(300);
        assertThat(looks.next().next().next().next().pause()).hasMillis(2000);
        assertThat(looks.slowest().next().pause()).hasMillis(2000);
        assertThat(Looks.often(Duration.ofSeconds(5)).next().pause()).hasMillis(150);
        assertThat(Looks.often(Duration.ZERO).areOver()).isTrue();
    }

    @Test
    void aLegacyClientIsAskedOnTheStreamOfItsCallAndAnswersToAnyNode() {
        McpClient client = NODE.client().initialize(Protocol.LEGACY, ASKED);
        try (Stream stream = client.open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            step.ask("who", NAME);
            JsonNode request = nextRequest(stream);
            assertThat(request.path("method").asText()).isEqualTo("elicitation/create");
            assertThat(request.at("/params/requestedSchema/required")).hasToString("[\"name\"]");
            McpClient other = client.at(OTHER.url());
            for (String wrong :
                    List.of("{\"action\": \"accept\", \"content\": {\"name\": 1}}", "{\"action\": 1}", "{}")) {
                ObjectNode response = Rpc.result(request.get("id"), (ObjectNode) Json.parse(wrong));
                try (Stream refused = other.raw(Json.bytes(response))) {
                    assertThat(refused.status()).as(wrong).isEqualTo(422);
                    assertThat(refused.last().path("id").isNull()).isTrue();
                }
            }
            RpcError cannot = new RpcError(RpcError.METHOD_NOT_FOUND, "No forms here.");
            assertThat(other.raw(Json.bytes(Rpc.error(request.get("id"), cannot)))
                            .status())
                    .isEqualTo(202);
            assertThat(step.ask("who", NAME).path("action").isNull())
                    .as("it was wrong")
                    .isTrue();
            assertThat(other.respond(request, "{\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}"))
                    .isEqualTo(202);
            assertThat(step.ask("who", NAME).at("/content/name").asText()).isEqualTo("Ada");
            assertThat(recorded(step.id())).containsExactly("anybody POST /v1/jobs/" + step.id() + "/inputs/who");
            step.complete("{\"done\": true}");
            assertThat(stream.last().at("/result/structuredContent/done").asBoolean())
                    .isTrue();
        }
    }

    /** The next message that is no event without one. */
    private static JsonNode nextRequest(Stream stream) {
        JsonNode next = stream.next();
        while (!next.has("method")) {
            next = stream.next();
        }
        return next;
    }

    @Test
    void aLegacyTaskAsksOnTheStreamOfItsResult() {
        McpClient client = NODE.client().initialize(Protocol.LEGACY, ASKED);
        String id = client.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        assertThat(client.result("tasks/get", task(id, "")).path("status").asText())
                .isEqualTo("input_required");
        assertThat(NODE.client()
                        .initialize(Protocol.LEGACY)
                        .result("tasks/get", task(id, ""))
                        .path("status")
                        .asText())
                .as("for a client that cannot be asked")
                .isEqualTo("working");
        try (Stream stream = client.open("tasks/result", task(id, ""))) {
            JsonNode request = nextRequest(stream);
            assertThat(request.path("params")
                            .path("_meta")
                            .path(Protocol.META_RELATED_TASK)
                            .path("taskId")
                            .asText())
                    .isEqualTo(id);
            client.respond(request, "{\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}");
            assertThat(step.ask("who", NAME).at("/content/name").asText()).isEqualTo("Ada");
            step.complete("1");
            assertThat(stream.last().has("result")).isTrue();
        }
    }
}
