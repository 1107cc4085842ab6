package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Wire;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ResourceContents;
import io.modelcontextprotocol.spec.McpSchema.SubscribeRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The official Java SDK's other client, which agrees upon 2025-11-25 and knows no tasks. It never tells a server that it has
 * given a call up.
 */
class JavaSdkLegacyTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, """
            mcp: {handleTools: true}
            auth: {allowedHosts: [%s]}
            """.formatted(Wire.HOST));

    private static McpSyncClient client() {
        return client(NODE.url(), spec -> spec);
    }

    private static McpSyncClient client(String url, UnaryOperator<McpClient.SyncSpec> with) {
        McpSyncClient client = with.apply(McpClient.sync(
                        HttpClientStreamableHttpTransport.builder(url).build()))
                .build();
        client.initialize();
        return client;
    }

    private static CallToolRequest call(String tool, Map<String, Object> arguments) {
        return CallToolRequest.builder(tool).arguments(arguments).build();
    }

    /** A call that does not make the test wait. */
    private static CompletableFuture<CallToolResult> begin(McpSyncClient client, CallToolRequest call) {
        return CompletableFuture.supplyAsync(() -> client.callTool(call));
    }

    private static String text(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> structured(CallToolResult result) {
        return (Map<String, Object>) result.structuredContent();
    }

    private static String started(McpSyncClient client) {
        return (String) structured(client.callTool(call("job_start", Map.of("tool", "step"))))
                .get("job_id");
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("something comes").isNotNull();
        return next;
    }

    @Test
    void itAgreesUponTheRevisionAndListsTheTools() {
        try (McpSyncClient client = client()) {
            assertThat(client.getCurrentInitializationResult().protocolVersion())
                    .isEqualTo(Protocol.LEGACY);
            assertThat(client.listTools().tools()).extracting(Tool::name).contains("step", "echo", "job_start");
        }
    }

    @Test
    void aPlainCallHasProgressAndAStructuredResult() throws Exception {
        BlockingQueue<ProgressNotification> progress = new LinkedBlockingQueue<>();
        try (McpSyncClient client = client(NODE.url(), spec -> spec.progressConsumer(progress::add))) {
            CompletableFuture<CallToolResult> call = begin(
                    client,
                    CallToolRequest.builder("step")
                            .arguments(Map.of("a", 1))
                            .progressToken("p")
                            .build());
            Step step = NODE.claim("step");
            step.progress(0.5, "half");
            ProgressNotification half = next(progress);
            assertThat(half.message()).isEqualTo("half");
            assertThat(half.progress() / half.total()).isEqualTo(0.5);
            step.complete("{\"n\": 7}");

            assertThat(structured(call.join())).isEqualTo(Map.of("n", 7));
            assertThat(call.join().meta()).containsEntry(LonghaulNames.JOB, step.id());
        }
    }

    @Test
    void errorsOfToolsAreResultsAndThoseOfTheProtocolExceptions() {
        try (McpSyncClient client = client()) {
            CompletableFuture<CallToolResult> call = begin(client, call("step", Map.of()));
            NODE.claim("step").fail("TOOL_ERROR", "The disk is full.");

            assertThat(call.join().isError()).isTrue();
            assertThat(text(call.join())).isEqualTo("The disk is full.");
            assertThat(client.callTool(call("strict", Map.of("n", "seven"))).isError())
                    .isTrue();
            for (Map.Entry<String, Integer> refused :
                    Map.of("no.such.tool", -32602, "only.task", -32601).entrySet()) {
                assertThatThrownBy(() -> client.callTool(call(refused.getKey(), Map.of())))
                        .hasMessageContaining(refused.getKey())
                        .asInstanceOf(type(McpError.class))
                        .satisfies(e -> assertThat(e.getJsonRpcError().code()).isEqualTo(refused.getValue()));
            }
        }
    }

    /** This client does not come back for the answer of a stream that broke. */
    @Test
    void aCallWhoseConnectionIsCutIsJoinedByTheSameCall() throws Exception {
        URI node = URI.create(NODE.url());
        BlockingQueue<ProgressNotification> progress = new LinkedBlockingQueue<>();
        try (Wire wire = new Wire(node.getHost(), node.getPort());
                McpSyncClient client = client(
                        "http://" + Wire.HOST + ":" + wire.port(), spec -> spec.progressConsumer(progress::add))) {
            CompletableFuture<CallToolResult> lost = begin(
                    client, CallToolRequest.builder("joined").progressToken("p").build());
            Step step = NODE.claim("joined");
            step.progress(0.5, "half");
            next(progress);
            wire.cut();
            wire.join();
            CompletableFuture<CallToolResult> again =
                    begin(client, CallToolRequest.builder("joined").build());
            step.complete("{\"n\": 7}");

            assertThat(again.join().meta()).containsEntry(LonghaulNames.JOB, step.id());
            assertThat(structured(again.join())).isEqualTo(Map.of("n", 7));
            assertThat(lost).isNotDone();
        }
    }

    @Test
    void aJobIsStartedAskedAfterAndCancelledByHandleTools() {
        try (McpSyncClient client = client()) {
            Map<String, Object> first = Map.of("job_id", started(client), "wait_seconds", 20);
            NODE.claim("step").complete("{\"n\": 7}");
            assertThat(structured(client.callTool(call("job_result", first)))).isEqualTo(Map.of("n", 7));
            String other = started(client);
            client.callTool(call("job_cancel", Map.of("job_id", other)));
            assertThat(NODE.status(other)).isEqualTo("cancelled");
        }
    }

    @Test
    void theResultOfAJobIsReadAndItsChangesAreHeardOf() throws Exception {
        BlockingQueue<List<ResourceContents>> updates = new LinkedBlockingQueue<>();
        try (McpSyncClient client = client(NODE.url(), spec -> spec.resourcesUpdateConsumer(updates::add))) {
            String uri = "longhaul://jobs/" + started(client);
            client.subscribeResource(SubscribeRequest.builder(uri).build());
            next(updates);
            NODE.claim("step").complete("{\"n\": 7}");
            Await.until("its end is told", Await.LONG, () -> text(next(updates)).contains("\"completed\""));
            assertThat(text(client.readResource(
                                    ReadResourceRequest.builder(uri + "/result").build())
                            .contents()))
                    .isEqualTo("{\"n\": 7}");
        }
    }

    private static String text(List<ResourceContents> contents) {
        return ((TextResourceContents) contents.get(0)).text();
    }

    @Test
    void aQuestionOfAToolIsAnsweredAndAskedAgainAfterAWrongAnswer() {
        BlockingQueue<ElicitFormRequest> asked = new LinkedBlockingQueue<>();
        List<Object> names = List.of(7, "Ada");
        try (McpSyncClient client = client(
                NODE.url(),
                spec -> spec.elicitation(form -> {
                    asked.add(form);
                    return ElicitResult.builder(ElicitResult.Action.ACCEPT)
                            .content(Map.of("name", names.get(asked.size() - 1)))
                            .build();
                }))) {
            CompletableFuture<CallToolResult> call = begin(client, call("step", Map.of()));
            Step step = NODE.claim("step");
            String schema =
                    ", \"schema\": {\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}, \"required\": [\"name\"]}";
            assertThat(step.awaitAnswer("who", schema).path("name").asText()).isEqualTo("Ada");
            step.complete("{\"n\": 7}");

            assertThat(structured(call.join())).isEqualTo(Map.of("n", 7));
            assertThat(asked)
                    .extracting(ElicitFormRequest::message)
                    .element(1)
                    .asString()
                    .contains("name: integer found, string expected");
        }
    }
}
