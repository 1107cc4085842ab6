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
import io.modelcontextprotocol.modern.McpException;
import io.modelcontextprotocol.modern.McpSchema.CallToolResult;
import io.modelcontextprotocol.modern.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.modern.McpSchema.ElicitResult;
import io.modelcontextprotocol.modern.McpSchema.ProgressParams;
import io.modelcontextprotocol.modern.McpSchema.Resource;
import io.modelcontextprotocol.modern.McpSchema.TextContent;
import io.modelcontextprotocol.modern.McpSchema.TextResourceContents;
import io.modelcontextprotocol.modern.McpSchema.Tool;
import io.modelcontextprotocol.modern.client.McpClient;
import io.modelcontextprotocol.modern.client.McpResponseLostException;
import io.modelcontextprotocol.modern.client.McpSyncClient;
import io.modelcontextprotocol.modern.client.SubscriptionEvent;
import io.modelcontextprotocol.modern.client.transport.HttpClientMcpTransport;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;

/** The official Java SDK's modern client, which speaks 2026-07-28 and knows no tasks. */
class JavaSdkModernTest {
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
        return client(NODE.url());
    }

    private static McpSyncClient client(String url) {
        return McpClient.sync(HttpClientMcpTransport.builder(url).build()).build();
    }

    /** A call that does not make the test wait. */
    private static CompletableFuture<CallToolResult> begin(McpSyncClient.ToolSpec call) {
        return CompletableFuture.supplyAsync(call::call);
    }

    private static String job(CallToolResult result) {
        return (String) result.meta().get(LonghaulNames.JOB);
    }

    private static String text(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> structured(CallToolResult result) {
        return (Map<String, Object>) result.structuredContent();
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("something comes").isNotNull();
        return next;
    }

    @Test
    void itFindsOutTheRevisionAndListsTheTools() {
        McpSyncClient client = client();

        assertThat(client.discover().supportedVersions()).containsExactly(Protocol.MODERN);
        assertThat(client.listTools().list().tools()).extracting(Tool::name).contains("step", "echo", "job_start");
    }

    @Test
    void aPlainCallHasProgressAndAStructuredResult() throws Exception {
        BlockingQueue<ProgressParams> progress = new LinkedBlockingQueue<>();
        CompletableFuture<CallToolResult> call =
                begin(client().tool("step").arguments(Map.of("a", 1)).progress(progress::add));
        Step step = NODE.claim("step");
        assertThat(step.params().path("a").asInt()).isEqualTo(1);
        step.progress(0.5, "half");
        ProgressParams half = next(progress);
        assertThat(half.message()).isEqualTo("half");
        assertThat(half.progress() / half.total()).isEqualTo(0.5);
        step.complete("{\"n\": 7}");

        assertThat(structured(call.join())).isEqualTo(Map.of("n", 7));
        assertThat(job(call.join())).isEqualTo(step.id());
    }

    @Test
    void aToolThatFailsAndWrongArgumentsAreResultsForTheModel() {
        CompletableFuture<CallToolResult> call = begin(client().tool("step"));
        NODE.claim("step").fail("TOOL_ERROR", "The disk is full.");

        assertThat(call.join().isError()).isTrue();
        assertThat(text(call.join())).isEqualTo("The disk is full.");
        CallToolResult wrong =
                client().tool("strict").arguments(Map.of("n", "seven")).call();
        assertThat(wrong.isError()).isTrue();
        assertThat(text(wrong)).contains("n");
    }

    @Test
    void whatAToolWantsInHeadersIsPutThere() {
        CompletableFuture<CallToolResult> call = begin(client().tool("strict").arguments(Map.of("n", 42)));
        Step step = NODE.claim("strict");
        assertThat(step.params().path("n").asInt()).isEqualTo(42);
        step.complete("\"done\"");

        assertThat(text(call.join())).isEqualTo("done");
    }

    @Test
    void errorsOfTheProtocolAreExceptions() {
        Tool gone = Tool.builder("no.such.tool", Map.of("type", "object")).build();
        assertThatThrownBy(() -> client().tool(gone).call())
                .asInstanceOf(type(McpException.class))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo(-32602))
                .satisfies(e -> assertThat(e.error().message()).contains("no.such.tool"));
        assertThatThrownBy(() -> client().tool("only.task").call())
                .as("the SDK has no tasks")
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(Protocol.TASKS);
    }

    @Test
    void aCallThatIsGivenUpCancelsItsJob() {
        Disposable call = McpClient.async(
                        HttpClientMcpTransport.builder(NODE.url()).build())
                .build()
                .tool("step")
                .call()
                .subscribe();
        Step step = NODE.claim("step");
        call.dispose();

        Await.until(
                "the job is cancelled", Await.LONG, () -> NODE.status(step.id()).equals("cancelled"));
    }

    @Test
    void aCallWhoseConnectionIsCutIsJoinedByTheSameCall() throws Exception {
        URI node = URI.create(NODE.url());
        try (Wire wire = new Wire(node.getHost(), node.getPort())) {
            McpSyncClient client = client("http://" + Wire.HOST + ":" + wire.port() + "/mcp");
            BlockingQueue<ProgressParams> progress = new LinkedBlockingQueue<>();
            CompletableFuture<CallToolResult> first =
                    begin(client.tool("joined").progress(progress::add));
            Step step = NODE.claim("joined");
            step.progress(0.5, "half");
            next(progress);
            wire.cut();
            assertThatThrownBy(first::join).hasCauseInstanceOf(McpResponseLostException.class);
            wire.join();
            CompletableFuture<CallToolResult> again = begin(client.tool("joined"));
            step.complete("{\"n\": 7}");

            assertThat(job(again.join())).isEqualTo(step.id());
            assertThat(structured(again.join())).isEqualTo(Map.of("n", 7));
        }
    }

    @Test
    void aJobIsStartedAskedAfterAndCancelledByHandleTools() {
        McpSyncClient client = client();
        String job = (String) structured(client.tool("job_start")
                        .arguments(Map.of("tool", "step"))
                        .call())
                .get("job_id");
        Step step = NODE.claim("step");
        assertThat(structured(client.tool("job_status")
                        .arguments(Map.of("job_id", job))
                        .call()))
                .containsEntry("status", "working");
        step.complete("{\"n\": 7}");
        assertThat(structured(client.tool("job_result")
                        .arguments(Map.of("job_id", job, "wait_seconds", 20))
                        .call()))
                .isEqualTo(Map.of("n", 7));
        String other = (String) structured(client.tool("job_start")
                        .arguments(Map.of("tool", "step"))
                        .call())
                .get("job_id");
        client.tool("job_cancel").arguments(Map.of("job_id", other)).call();
        assertThat(NODE.status(other)).isEqualTo("cancelled");
    }

    @Test
    void theResultOfAJobIsReadAndItsChangesAreHeardOf() throws Exception {
        McpSyncClient client = client();
        String job = (String) structured(client.tool("job_start")
                        .arguments(Map.of("tool", "step"))
                        .call())
                .get("job_id");
        String uri = "longhaul://jobs/" + job;
        BlockingQueue<SubscriptionEvent> events = new LinkedBlockingQueue<>();
        McpSyncClient.Listening listening = client.listen().resourceUpdates(uri).open(events::add);
        try (listening) {
            assertThat(next(events))
                    .asInstanceOf(type(SubscriptionEvent.Subscribed.class))
                    .satisfies(begun -> assertThat(begun.honoured()).isEqualTo(begun.requested()));
            Step step = NODE.claim("step");
            step.complete("{\"n\": 7}");
            assertThat(next(events))
                    .asInstanceOf(type(SubscriptionEvent.ResourceUpdated.class))
                    .satisfies(updated -> assertThat(updated.uri()).isEqualTo(uri));
        }
        assertThat(client.resources().list().resources())
                .extracting(Resource::uri)
                .contains(uri);
        assertThat(client.resource(uri + "/result").read().contents())
                .first()
                .asInstanceOf(type(TextResourceContents.class))
                .satisfies(contents -> assertThat(contents.text()).isEqualTo("{\"n\": 7}"));
    }

    @Test
    void aQuestionOfAToolIsAnsweredAndAskedAgainAfterAWrongAnswer() throws Exception {
        BlockingQueue<ElicitFormRequest> asked = new LinkedBlockingQueue<>();
        List<Object> names = List.of(7, "Ada");
        CompletableFuture<CallToolResult> call = begin(client().tool("step").formElicitation(form -> {
            asked.add(form);
            return ElicitResult.accept(Map.of("name", names.get(asked.size() - 1)));
        }));
        Step step = NODE.claim("step");
        String schema =
                ", \"schema\": {\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}, \"required\": [\"name\"]}";
        assertThat(step.awaitAnswer("who", schema).path("name").asText()).isEqualTo("Ada");
        step.complete("{\"n\": 7}");

        assertThat(structured(call.join())).isEqualTo(Map.of("n", 7));
        assertThat(asked).extracting(ElicitFormRequest::message).first().isEqualTo("May I?");
        assertThat(asked)
                .extracting(ElicitFormRequest::message)
                .element(1)
                .asString()
                .contains("name: integer found, string expected");
    }
}
