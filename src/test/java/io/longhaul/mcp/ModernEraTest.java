package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Revision 2026-07-28. */
class ModernEraTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "mcp: {handleTools: true}\n");

    private static McpClient plain() {
        return NODE.client().modern("{}");
    }

    private static McpClient tasks() {
        return NODE.client().modern(McpClient.TASKS);
    }

    @Test
    void theServerDescribesItsCapabilities() {
        JsonNode result = plain().result("server/discover", "{}");

        assertThat(result.path("resultType").asText()).isEqualTo("complete");
        assertThat(result.path("supportedVersions")).hasToString("[\"2026-07-28\"]");
        assertThat(result.at("/capabilities/extensions").has("io.modelcontextprotocol/tasks"))
                .isTrue();
        assertThat(result.path("_meta")
                        .path("io.modelcontextprotocol/serverInfo")
                        .path("name")
                        .asText())
                .isEqualTo("longhaul");
    }

    @Test
    void allToolsAreListedWithSchemasOfObjects() {
        JsonNode tools = plain().result("tools/list", "{}").path("tools");

        assertThat(tools.findValuesAsText("name")).contains("echo", "step", "strict", "job_start", "job_cancel");
        assertThat(tools).allSatisfy(tool -> {
            assertThat(tool.at("/inputSchema/type").asText()).isEqualTo("object");
            assertThat(tool.has("execution")).isFalse();
        });
    }

    @Test
    void whatAToolWantsInHeadersIsListedAndMustBeThere() {
        JsonNode tools = plain().result("tools/list", "{}").path("tools");
        assertThat(tools.findValuesAsText("x-mcp-header")).containsExactly("N");
        String call = "{\"name\": \"strict\", \"arguments\": {\"n\": 42}}";
        for (String wrong : List.of("43", "", "=?base64?NDI?=", "4é")) {
            JsonNode error = plain().with("Mcp-Param-N", wrong).error("tools/call", call);
            assertThat(error.path("code").asInt()).isEqualTo(-32020);
            assertThat(error.path("message").asText()).contains("Mcp-Param-N");
        }
        assertThat(plain().error("tools/call", call).path("code").asInt()).isEqualTo(-32020);
        assertThat(plain().with("Mcp-Param-N", "1")
                        .error("tools/call", "{\"name\": \"strict\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32020);
        for (String right : List.of("42", "42.0", "=?base64?NDI=?=")) {
            try (Stream stream = plain().with("Mcp-Param-N", right).open("tools/call", call)) {
                NODE.claim("strict").complete("1");
                assertThat(stream.last().has("result")).isTrue();
            }
        }
    }

    @Test
    void aCallThatEndsAtOnceIsAnsweredAsAWhole() {
        try (Stream stream = plain().open("tools/call", "{\"name\": \"echo\", \"arguments\": {\"a\": 1.50}}")) {
            assertThat(stream.header("Content-Type")).startsWith("application/json");
            JsonNode result = stream.last().path("result");
            assertThat(result.path("structuredContent")).hasToString("{\"a\":1.50}");
            assertThat(result.at("/content/0/type").asText()).isEqualTo("text");
            assertThat(result.path("_meta").path("io.longhaul/jobId").asText()).hasSize(36);
        }
    }

    @Test
    void aLongCallSendsProgressAndLogLinesAndThenItsResult() {
        try (Stream stream = plain().open("tools/call", """
                {"name": "step", "_meta": {"progressToken": "t", "io.modelcontextprotocol/logLevel": "info"}}""")) {
            Step step = NODE.claim("step");
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.header("X-Accel-Buffering")).isEqualTo("no");
            step.progress(0.5, "half");
            assertThat(stream.next().path("params"))
                    .hasToString("{\"progressToken\":\"t\",\"progress\":0.5,\"total\":1,\"message\":\"half\"}");
            step.progress(0.25, "back");
            assertThat(stream.next().at("/params/progress").asDouble()).isGreaterThan(0.5);
            step.log("a line");
            assertThat(stream.next().at("/params/data").asText()).isEqualTo("a line");
            step.complete("{\"n\": 1}");
            assertThat(stream.last().at("/result/structuredContent/n").asInt()).isEqualTo(1);
        }
    }

    @Test
    void theConnectionOfASilentCallIsKeptAlive() {
        try (Stream stream = plain().open("tools/call", "{\"name\": \"step\"}")) {
            Step step = NODE.claim("step");
            Await.until("a comment came after the first", Await.LONG, () -> stream.comments() > 1);
            step.complete("1");
            assertThat(stream.last().at("/result/content/0/text").asText()).isEqualTo("1");
        }
    }

    @Test
    void aClientThatClosesItsStreamCancelsTheJob() {
        Stream stream = plain().open("tools/call", "{\"name\": \"step\"}");
        Step step = NODE.claim("step");
        stream.close();

        Await.until(
                "the job is cancelled", Await.LONG, () -> NODE.status(step.id()).equals("cancelled"));
    }

    @Test
    void aFailedToolIsAResultAndAFailedPlatformAnError() {
        try (Stream stream = plain().open("tools/call", "{\"name\": \"step\"}")) {
            NODE.claim("step").fail("TOOL_ERROR", "It is too late.");
            JsonNode result = stream.last().path("result");
            assertThat(result.path("isError").asBoolean()).isTrue();
            assertThat(result.at("/content/0/text").asText()).isEqualTo("It is too late.");
        }
        try (Stream stream = plain().open("tools/call", "{\"name\": \"step\"}")) {
            NODE.claim("step").fail("UNAVAILABLE", "There is no such program.");
            JsonNode error = stream.last().path("error");
            assertThat(error.path("code").asInt()).isEqualTo(-32603);
            assertThat(error.at("/data/error_code").asText()).isEqualTo("UNAVAILABLE");
        }
    }

    @Test
    void wrongArgumentsAreToldToTheModel() {
        JsonNode result = plain().with("Mcp-Param-N", "x")
                .result("tools/call", "{\"name\": \"strict\", \"arguments\": {\"n\": \"x\"}}");

        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(result.at("/content/0/text").asText())
                .contains("arguments/n")
                .contains("integer");
    }

    @Test
    void aTaskFollowsItsJobToTheEnd() {
        JsonNode created = tasks().result("tools/call", "{\"name\": \"step\", \"arguments\": {\"a\": 1}}");
        String id = created.path("taskId").asText();
        assertThat(created.path("resultType").asText()).isEqualTo("task");
        assertThat(created.path("status").asText()).isEqualTo("working");
        assertThat(created.path("ttlMs").isNull()).isTrue();
        assertThat(created.path("pollIntervalMs").asInt()).isEqualTo(500);
        assertThat(NODE.status(id)).isEqualTo("pending");
        assertThat(get(id).path("statusMessage").asText())
                .isEqualTo("It is the next job of tool \"step\", and waits for a free slot of a node.");

        Step step = NODE.claim("step");
        assertThat(step.id()).isEqualTo(id);
        step.progress(0.4, "on it");
        assertThat(get(id).path("statusMessage").asText()).isEqualTo("40 % on it");
        step.complete("{\"b\": 2}");

        JsonNode ended = get(id);
        assertThat(ended.path("status").asText()).isEqualTo("completed");
        assertThat(ended.path("ttlMs").asLong()).isGreaterThan(3_600_000);
        JsonNode result = ended.path("result");
        assertThat(result.path("resultType").asText()).isEqualTo("complete");
        assertThat(result.path("structuredContent")).hasToString("{\"b\":2}");
    }

    private static JsonNode get(String id) {
        return tasks().result("tasks/get", "{\"taskId\": \"" + id + "\"}");
    }

    private static String task(String tool) {
        return tasks().result("tools/call", "{\"name\": \"" + tool + "\"}")
                .path("taskId")
                .asText();
    }

    @Test
    void aToolThatFailsMakesACompletedTask() {
        String failed = task("step");
        NODE.claim("step").fail("TOOL_ERROR", "No.");
        String broken = task("step");
        NODE.claim("step").fail("TIMEOUT", "Too slow.");

        assertThat(get(failed).path("status").asText()).isEqualTo("completed");
        assertThat(get(failed).at("/result/isError").asBoolean()).isTrue();
        assertThat(get(broken).path("status").asText()).isEqualTo("failed");
        assertThat(get(broken).at("/error/message").asText()).isEqualTo("Too slow.");
    }

    @Test
    void aCancelledTaskStaysCancelledAndMayBeCancelledAgain() {
        String id = task("step");

        for (int i = 0; i < 2; i++) {
            assertThat(tasks().result("tasks/cancel", "{\"taskId\": \"" + id + "\"}")
                            .path("resultType")
                            .asText())
                    .isEqualTo("complete");
        }
        assertThat(get(id).path("status").asText()).isEqualTo("cancelled");
        assertThat(NODE.status(id)).isEqualTo("cancelled");
    }

    @Test
    void theSettingOfAToolDecidesIfItsCallsAreTasks() {
        JsonNode refused = plain().error("tools/call", "{\"name\": \"only.task\"}");
        assertThat(refused.path("code").asInt()).isEqualTo(-32021);
        assertThat(refused.at("/data/requiredCapabilities/extensions").has("io.modelcontextprotocol/tasks"))
                .isTrue();
        assertThat(plain().error("tools/call", "{\"name\": \"needy\"}")
                        .at("/data/requiredCapabilities")
                        .has("sampling"))
                .isTrue();
        try (Stream stream = tasks().open("tools/call", "{\"name\": \"never.task\"}")) {
            NODE.claim("never.task").complete("{}");
            assertThat(stream.last().path("result").has("content")).isTrue();
        }
    }

    @Test
    void onlyClientsWithTheExtensionGetTasks() {
        assertThat(plain().error("tasks/get", "{\"taskId\": \"x\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32021);
        assertThat(tasks().error("tasks/get", "{\"taskId\": \"x\"}")
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        for (String gone : List.of("tasks/result", "tasks/list", "initialize", "ping", "logging/setLevel")) {
            try (Stream stream = tasks().open(gone, "{}")) {
                assertThat(stream.status()).as(gone).isEqualTo(404);
                assertThat(stream.last().at("/error/code").asInt()).isEqualTo(-32601);
            }
        }
    }

    @Test
    void headersMustRepeatTheBody() {
        byte[] body = """
                {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": {
                 "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                 "io.modelcontextprotocol/clientCapabilities": {}}}}""".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String version = "MCP-Protocol-Version";

        assertThat(code(NODE.client().raw(body, version, "2026-07-28", "Mcp-Method", "tools/list")))
                .isZero();
        assertThat(code(NODE.client().raw(body, version, "2026-07-28", "Mcp-Method", "tools/call")))
                .isEqualTo(-32020);
        assertThat(code(NODE.client().raw(body, version, "2026-07-28"))).isEqualTo(-32020);
        assertThat(code(NODE.client().raw(body, "Mcp-Method", "tools/list"))).isEqualTo(-32020);
    }

    private static int code(Stream stream) {
        return stream.last().at("/error/code").asInt(0);
    }

    @Test
    void aSubscriberIsNotifiedOfTasksResourcesAndTools() {
        String id = task("step");
        String uri = "longhaul://jobs/" + id;
        try (Stream stream = tasks().open("subscriptions/listen", """
                {"notifications": {"taskIds": ["%s", "none"], "resourceSubscriptions": ["%s", "longhaul://jobs/x"],
                 "toolsListChanged": true}}""".formatted(id, uri))) {
            JsonNode acknowledged = stream.next();
            assertThat(acknowledged.path("method").asText()).isEqualTo("notifications/subscriptions/acknowledged");
            assertThat(acknowledged.at("/params/notifications/taskIds")).hasToString("[\"" + id + "\"]");
            assertThat(acknowledged.at("/params/notifications/resourceSubscriptions"))
                    .hasToString("[\"" + uri + "\"]");
            assertThat(until(stream, "notifications/tasks").at("/params/status").asText())
                    .isEqualTo("working");

            NODE.api("POST", "/v1/workers", "{\"tools\": [{\"name\": \"brought\"}]}");
            JsonNode changed = until(stream, "notifications/tools/list_changed");
            assertThat(changed.at("/params/_meta")
                            .path("io.modelcontextprotocol/subscriptionId")
                            .isInt())
                    .isTrue();

            NODE.claim("step").complete("3");
            assertThat(until(stream, "notifications/resources/updated")
                            .at("/params/uri")
                            .asText())
                    .isEqualTo(uri);
            JsonNode told = until(stream, "notifications/tasks");
            while (!told.at("/params/status").asText().equals("completed")) {
                told = until(stream, "notifications/tasks");
            }
            assertThat(told.at("/params/result/content/0/text").asText()).isEqualTo("3");
        }
    }

    private static JsonNode until(Stream stream, String method) {
        JsonNode message = stream.next();
        while (!message.path("method").asText().equals(method)) {
            assertThat(stream.isEnd(message)).isFalse();
            message = stream.next();
        }
        return message;
    }

    @Test
    void handleToolsStartShowAndCancelJobs() {
        JsonNode started = handle("job_start", "{\"tool\": \"step\", \"arguments\": {\"a\": 1}}");
        String id = started.path("job_id").asText();
        assertThat(started.path("status").asText()).isEqualTo("working");
        Step step = NODE.claim("step");
        assertThat(step.params()).hasToString("{\"a\":1}");
        step.progress(0.1, "begun");
        assertThat(handle("job_status", "{\"job_id\": \"" + id + "\"}")
                        .path("message")
                        .asText())
                .isEqualTo("10 % begun");
        step.complete("{\"done\": true}");
        assertThat(handle("job_result", "{\"job_id\": \"" + id + "\", \"wait_seconds\": 20}"))
                .hasToString("{\"done\":true}");

        for (String wrong : List.of("\"x\"", "-1", "1.5", "51")) {
            JsonNode refused = plain().error(
                            "tools/call",
                            "{\"name\": \"job_result\", \"arguments\": {\"job_id\": \"" + id + "\", \"wait_seconds\": "
                                    + wrong + "}}");
            assertThat(refused.path("message").asText()).as(wrong).contains("'wait_seconds'", "from 0 to 50");
        }

        String other =
                handle("job_start", "{\"tool\": \"step\"}").path("job_id").asText();
        assertThat(handle("job_cancel", "{\"job_id\": \"" + other + "\"}")
                        .path("status")
                        .asText())
                .isEqualTo("cancelled");
    }

    private static JsonNode handle(String tool, String arguments) {
        return plain().result("tools/call", "{\"name\": \"" + tool + "\", \"arguments\": " + arguments + "}")
                .path("structuredContent");
    }

    @Test
    void aJobContinuesTheTraceOfItsCall() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        tasks().result("tools/call", """
                {"name": "step", "_meta": {"traceparent": "00-%s-00f067aa0ba902b7-01"}}""".formatted(trace));

        Step step = NODE.claim("step");
        assertThat(step.traceId()).isEqualTo(trace);
        step.complete("1");
    }
}
