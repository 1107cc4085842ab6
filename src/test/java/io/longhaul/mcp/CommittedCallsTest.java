package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.testing.Await;
import io.longhaul.testing.CutWire;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The database goes away after the commit of a call's job, or at its cancel: the call must not be made again, and none is lost. */
class CommittedCallsTest {
    private static final String ASKED = "{\"elicitation\": {}}";
    private static final String STEP = "{\"name\": \"step\"}";
    private static final String ASKS_FIRST = "{\"name\": \"asks.first\"}";

    /** A part of the statement that reads one job. */
    private static final String READ = "LEFT JOIN job_progress p ON p.job_id = j.id";

    /** A part of the statement that reads the files of an ended job. */
    private static final String FILES = "jf.attempt = j.attempt";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "").wired();

    private final Database beside = new Database(DATABASE.dataSource());

    private static McpClient wholeAnswers(String abilities) {
        return NODE.client().modern(abilities).with("Accept", "application/json");
    }

    private static CompletableFuture<JsonNode> begin(McpClient client, String call) {
        return CompletableFuture.supplyAsync(() -> client.result("tools/call", call));
    }

    private static void awaitCut(int before) {
        Await.until("the wire is cut", Await.LONG, () -> NODE.wire().cuts() > before);
    }

    private void assertDone(JsonNode result, Step step) {
        assertThat(result.at("/structuredContent/done").asBoolean())
                .as(result.toString())
                .isTrue();
        assertThat(beside.column("SELECT id FROM jobs")).containsExactly(step.id());
    }

    @Test
    void aJobThatCannotBeReadIsATaskAllTheSame() {
        int cuts = NODE.wire().cuts();
        NODE.wire().cutBefore(READ);

        JsonNode task = NODE.client().modern(McpClient.TASKS).result("tools/call", STEP);

        assertThat(NODE.wire().cuts()).isGreaterThan(cuts);
        assertThat(task.path("resultType").asText()).isEqualTo("task");
        assertThat(beside.column("SELECT id FROM jobs"))
                .containsExactly(task.path("taskId").asText());
    }

    @Test
    void aJobThatCannotBeReadIsAnsweredOnItsStream() {
        int cuts = NODE.wire().cuts();
        NODE.wire().cutBefore(READ);

        try (Stream stream = NODE.client().modern("{}").open("tools/call", STEP)) {
            assertThat(NODE.wire().cuts()).isGreaterThan(cuts);
            Step step = NODE.claim("step");
            step.complete("{\"done\": true}");
            assertDone(stream.last().path("result"), step);
        }
    }

    @Test
    void aToolThatAsksFirstIsWaitedForAlthoughOneLookFails() {
        int cuts = NODE.wire().cuts();
        NODE.wire().cutBefore(READ);

        CompletableFuture<JsonNode> call = begin(NODE.client().modern(McpClient.TASKS), ASKS_FIRST);
        awaitCut(cuts);
        Step step = NODE.claim("asks.first");
        JsonNode answer = call.join();
        assertThat(answer.path("taskId").asText()).isEqualTo(step.id());
        step.complete("1");
    }

    @Test
    void aWaitWithoutAStreamOutlastsAFailedLook() {
        for (String abilities : List.of(ASKED, "{}")) {
            beside.run("TRUNCATE jobs, job_leases");
            int cuts = NODE.wire().cuts();
            NODE.wire().cutBefore(READ);
            CompletableFuture<JsonNode> call = begin(wholeAnswers(abilities), STEP);
            awaitCut(cuts);
            Step step = NODE.claim("step");
            step.complete("{\"done\": true}");

            assertDone(call.join(), step);
        }
    }

    @Test
    void anEndedJobWhoseFilesCannotBeReadIsAnsweredLater() {
        int cuts = NODE.wire().cuts();
        CompletableFuture<JsonNode> call = begin(wholeAnswers("{}"), STEP);
        Step step = NODE.claim("step");
        NODE.wire().cutBefore(FILES);
        step.complete("{\"done\": true}");

        assertDone(call.join(), step);
        assertThat(NODE.wire().cuts()).isGreaterThan(cuts);
    }

    @Test
    void aCallThatCannotBeRecordedForOtherNodesGoesOn() {
        int cuts = NODE.wire().cuts();
        McpClient session = NODE.client().initialize(Protocol.LEGACY);
        NODE.wire().cutBefore("INSERT INTO mcp_calls");

        try (Stream stream = session.open("tools/call", STEP)) {
            Step step = NODE.claim("step");
            step.complete("{\"done\": true}");
            assertDone(stream.last().path("result"), step);
        }
        assertThat(NODE.wire().cuts()).isGreaterThan(cuts);
    }

    @Test
    void whatIsWrongAfterTheCommitNamesTheJob() {
        McpClient client = wholeAnswers(ASKED);
        CompletableFuture<JsonNode> call = CompletableFuture.supplyAsync(
                () -> client.error("tools/call", "{\"name\": \"step\", \"inputResponses\": {\"who\": \"me\"}}"));
        Step step = NODE.claim("step");
        step.ask("who", "");

        JsonNode error = call.join();
        assertThat(error.path("code").asInt()).isEqualTo(-32602);
        assertThat(error.at("/data/jobId").asText()).isEqualTo(step.id());
        assertThat(error.path("message").asText())
                .startsWith("Invalid params")
                .endsWith("Job " + step.id() + " goes on: its result will be at longhaul://jobs/" + step.id()
                        + "/result.");
    }

    @Test
    void aLargeAnswerForWhichThereIsNoMemoryNamesItsJob() {
        String id = "11111111-2222-4333-8444-555555555555";
        JsonNode result = Json.parse("{\"result\": {\"_meta\": {\"io.longhaul/jobId\": \"" + id + "\"}}}");
        JsonNode error = Json.parse("{\"error\": {\"data\": {\"jobId\": \"" + id + "\"}}}");
        assertThat(JobAnswer.job((ObjectNode) result)).contains(id);
        assertThat(JobAnswer.job((ObjectNode) error)).contains(id);
        assertThat(JobAnswer.job(Rpc.object())).isEmpty();

        assertThat(ErrorTranslator.overloaded(List.of(id)).status()).isEqualTo(200);
        assertThat(ErrorTranslator.overloaded(List.of(id))
                        .json()
                        .at("/data/jobId")
                        .asText())
                .isEqualTo(id);
        assertThat(ErrorTranslator.overloaded(List.of(id)).getMessage())
                .endsWith("Do not call again, but read longhaul://jobs/" + id + "/result.");
        assertThat(ErrorTranslator.overloaded(List.of()).status()).isEqualTo(429);
    }

    private static JsonNode sent(McpClient session, String id, String token) {
        String body = """
                {"jsonrpc": "2.0", "id": "%s", "method": "tools/call",
                 "params": {"name": "never.task", "_meta": {"progressToken": "%s"}}}""".formatted(id, token);
        try (Stream stream = session.raw(body.getBytes(StandardCharsets.UTF_8))) {
            return stream.last();
        }
    }

    /** An id that no row could keep would be found out after the commit. */
    @Test
    void longIdsAreRefusedBeforeTheCommit() {
        McpClient session = NODE.client().initialize(Protocol.LEGACY);

        assertThat(sent(session, "\u00e4".repeat(500), "1").at("/error/message").asText())
                .contains("the id of a request has more than 1000 bytes");
        assertThat(sent(session, "1", "t".repeat(1_000)).at("/error/message").asText())
                .contains("progressToken has more than 1000 bytes");
        assertThat(beside.column("SELECT id FROM jobs")).isEmpty();

        CompletableFuture<JsonNode> call =
                CompletableFuture.supplyAsync(() -> sent(session, "\\u0001".repeat(166), "t".repeat(998)));
        Await.until(
                "the call is recorded",
                Await.LONG,
                () -> !beside.column("SELECT job_id FROM mcp_calls").isEmpty());
        NODE.claim("never.task").complete("1");
        assertThat(call.join().has("result")).isTrue();
    }

    @Test
    void theJobOfAClosedStreamIsCancelledOnceTheDatabaseIsBack() {
        CutWire wire = NODE.wire();
        try (Stream stream = NODE.client().modern("{}").open("tools/call", STEP)) {
            assertThat(stream.header("Longhaul-Job")).isNotEmpty();
            wire.cut();
        }
        Await.until("the node notices it", Await.LONG, () -> NODE.streams() == 0);
        int refusals = wire.refusals();
        Await.until("it has tried for a while", Await.LONG, () -> wire.refusals() > refusals + 20);
        wire.join();

        Await.until(
                "the job is cancelled",
                Await.LONG,
                () -> beside.column("SELECT status FROM jobs").equals(List.of("cancelled")));
    }
}
