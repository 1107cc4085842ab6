package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Answers that do not fit the schema of their question: the client is told which field is wrong, and is asked again. */
class WrongAnswersTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    private static final String ASKED = "{\"elicitation\": {}}";
    private static final String NAME =
            ", \"schema\": {\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}, \"required\": [\"name\"]}";
    private static final String SEVEN = "{\"action\": \"accept\", \"content\": {\"name\": 7}}";
    private static final String ADA = "{\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}";

    private static JsonNode nextRequest(Stream stream) {
        JsonNode next = stream.next();
        while (!next.has("method")) {
            next = stream.next();
        }
        return next;
    }

    private static CompletableFuture<JsonNode> call(McpClient client, String more) {
        return CompletableFuture.supplyAsync(() -> {
            try (Stream stream = client.open("tools/call", "{\"name\": \"step\"" + more + "}")) {
                return stream.last().path("result");
            }
        });
    }

    private static String responses(JsonNode required, String responses) {
        return ", \"requestState\": \"" + required.path("requestState").asText() + "\", \"inputResponses\": {"
                + responses + "}";
    }

    /** What is written to the log of actions meanwhile. */
    private static List<String> audited(Runnable work) {
        Logger log = (Logger) LoggerFactory.getLogger("longhaul.audit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Level level = log.getLevel();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
        try {
            work.run();
        } finally {
            log.detachAppender(lines);
            log.setLevel(level);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aModernPlainCallEndsWithTheSameQuestionAgainAndSaysWhy() {
        McpClient client = NODE.client().modern(ASKED);
        CompletableFuture<JsonNode> begun = call(client, "");
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        JsonNode required = begun.join();

        JsonNode again = call(client, responses(required, "\"who\": " + SEVEN)).join();
        assertThat(again.path("resultType").asText()).isEqualTo("input_required");
        assertThat(again.at("/inputRequests/who/params/message").asText())
                .isEqualTo("May I?\n\nThe last answer does not fit: name: integer found, string expected.");
        JsonNode empty = call(client, responses(again, "\"who\": {\"action\": \"accept\"}"))
                .join();
        assertThat(empty.at("/inputRequests/who/params/message").asText()).contains("does not fit");
        assertThat(step.ask("who", NAME).path("action").isNull()).isTrue();
        assertThat(audited(() -> {
                    CompletableFuture<JsonNode> last = call(client, responses(empty, "\"who\": " + ADA));
                    step.complete(step.awaitAnswer("who", NAME).toString());
                    assertThat(last.join().at("/structuredContent/name").asText())
                            .isEqualTo("Ada");
                }))
                .containsExactly("anybody POST /v1/jobs/" + step.id() + "/inputs/who was answered 200");
    }

    @Test
    void ofSeveralAnswersThoseThatFitAreTaken() {
        McpClient client =
                NODE.client().modern("{\"elicitation\": {}, \"extensions\": {\"io.modelcontextprotocol/tasks\": {}}}");
        String task = client.result("tools/call", "{\"name\": \"step\"}")
                .path("taskId")
                .asText();
        Step step = NODE.claim("step");
        step.ask("who", NAME);
        step.ask("approve", ", \"schema\": {\"type\": \"boolean\"}");
        step.ask("sure", ", \"schema\": {\"type\": \"boolean\"}");

        JsonNode error = client.error("tasks/update", """
                {"taskId": "%s", "inputResponses": {
                  "who": %s,
                  "approve": {"action": "accept", "content": {"answer": true}},
                  "sure": {"action": "accept", "content": {"answer": "yes"}}}}""".formatted(task, SEVEN));
        assertThat(error.path("message").asText())
                .contains("\"who\" (name: integer", "\"sure\" (answer: string")
                .doesNotContain("approve");
        assertThat(error.at("/data/errors").findValuesAsText("pointer"))
                .containsExactly("/inputResponses/who/content/name", "/inputResponses/sure/content/answer");
        assertThat(step.ask("approve", "").path("content").asBoolean()).isTrue();
        JsonNode open =
                client.result("tasks/get", "{\"taskId\": \"" + task + "\"}").path("inputRequests");
        assertThat(List.copyOf(open.properties()).stream().map(Map.Entry::getKey))
                .containsExactly("who", "sure");
        step.complete("1");
    }

    @Test
    void aLegacyClientIsAskedAgainOnTheSameStream() {
        McpClient client = NODE.client().initialize(Protocol.LEGACY, ASKED);
        try (Stream stream = client.open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            step.ask("who", NAME);
            JsonNode first = nextRequest(stream);
            ObjectNode wrong = Rpc.result(first.get("id"), (ObjectNode) Json.parse(SEVEN));
            try (Stream refused = client.raw(Json.bytes(wrong))) {
                assertThat(refused.status()).isEqualTo(422);
                JsonNode error = refused.last().path("error");
                assertThat(error.path("message").asText()).contains("name: integer found, string expected");
                assertThat(error.at("/data/errors/0/pointer").asText()).isEqualTo("/result/content/name");
            }
            JsonNode second = nextRequest(stream);
            assertThat(second.at("/params/message").asText())
                    .startsWith("May I?")
                    .contains("name: integer");
            assertThat(second.get("id")).isNotEqualTo(first.get("id"));
            assertThat(client.respond(second, ADA)).isEqualTo(202);
            step.complete(step.awaitAnswer("who", NAME).toString());
            assertThat(stream.last().at("/result/structuredContent/name").asText())
                    .isEqualTo("Ada");
        }
    }

    @Test
    void aLegacyClientThatAnswersWithAnErrorIsToldWhereElseToAnswer() {
        McpClient client = NODE.client().initialize(Protocol.LEGACY, ASKED);
        try (Stream stream = client.open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            step.ask("who", NAME);
            JsonNode asked = nextRequest(stream);
            RpcError cannot = new RpcError(RpcError.METHOD_NOT_FOUND, "Nobody is here");
            try (Stream taken = client.raw(Json.bytes(Rpc.error(asked.get("id"), cannot)))) {
                assertThat(taken.status()).isEqualTo(202);
            }
            JsonNode told = nextRequest(stream);
            assertThat(told.path("method").asText()).isEqualTo("notifications/message");
            assertThat(told.at("/params/data").asText()).contains("POST /v1/jobs/" + step.id() + "/inputs/");
            assertThat(client.respond(asked, ADA)).isEqualTo(202);
            step.complete(step.awaitAnswer("who", NAME).toString());
            assertThat(stream.last().at("/result/structuredContent/name").asText())
                    .isEqualTo("Ada");
        }
    }

    @Test
    void hostsThatStartAProgramAreAskedAgainToo() throws Exception {
        List<String> forPeople = new CopyOnWriteArrayList<>();
        try (StdioHost host =
                        StdioHost.heard(URI.create(NODE.url()), forPeople::add).initialize(Protocol.LEGACY, ASKED);
                StdioHost modern = new StdioHost(URI.create(NODE.url()), null)) {
            host.legacy(1, "tools/call", "{\"name\": \"step\"}");
            Step step = NODE.claim("step");
            step.ask("who", NAME);
            JsonNode first = host.next();
            host.say(Rpc.result(first.get("id"), (ObjectNode) Json.parse(SEVEN)).toString());
            JsonNode second = host.next();
            assertThat(second.at("/params/message").asText()).contains("name: integer found, string expected");
            Await.until("people are told", Await.LONG, () -> !forPeople.isEmpty());
            assertThat(forPeople).singleElement().asString().contains("HTTP 422", "name: integer found");
            host.say(Rpc.result(second.get("id"), (ObjectNode) Json.parse(ADA)).toString());
            step.complete(step.awaitAnswer("who", NAME).toString());
            assertThat(host.answer().at("/result/structuredContent/name").asText())
                    .isEqualTo("Ada");

            modern.modern(1, "tools/call", "{\"name\": \"step\"}", ASKED);
            NODE.claim("step").ask("who", NAME);
            JsonNode required = modern.answer().path("result");
            modern.modern(
                    2, "tools/call", "{\"name\": \"step\"" + responses(required, "\"who\": " + SEVEN) + "}", ASKED);
            assertThat(modern.answer()
                            .at("/result/inputRequests/who/params/message")
                            .asText())
                    .contains("name: integer found, string expected");
        }
    }
}
