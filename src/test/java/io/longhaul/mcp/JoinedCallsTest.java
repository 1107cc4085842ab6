package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A repeated call joins the job of the first if its tool or its client asks for that. */
class JoinedCallsTest {
    private static final String TASK = "{\"name\": \"joined\", \"arguments\": {\"a\": 1, \"b\": %s}}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    @Order(3)
    @RegisterExtension
    static final McpNode OTHER = new McpNode(DATABASE, "");

    private static String task(McpNode node, String params) {
        return node.client()
                .modern(McpClient.TASKS)
                .result("tools/call", params)
                .path("taskId")
                .asText();
    }

    @Test
    void callsAtTheSameTimeOnTwoNodesAreOneJob() {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            McpNode node = i % 2 == 0 ? NODE : OTHER;
            calls.add(CompletableFuture.supplyAsync(() -> task(node, TASK.formatted("\"race\""))));
        }
        Set<String> jobs = new TreeSet<>();
        calls.forEach(call -> jobs.add(call.join()));

        assertThat(jobs).hasSize(1);
        NODE.claim("joined").complete("1");
    }

    @Test
    void aCallWhoseStreamWasLostJoinsTheRunningJob() {
        McpClient client = NODE.client().modern("{}");
        Stream lost = client.open("tools/call", TASK.formatted("2"));
        Step step = NODE.claim("joined");
        lost.close();

        try (Stream again = OTHER.client()
                .modern("{}")
                .open("tools/call", "{\"name\": \"joined\", \"arguments\": {\"b\": 2, \"a\": 1}}")) {
            step.complete("{\"same\": true}");
            JsonNode result = again.last().path("result");
            assertThat(result.at("/structuredContent/same").asBoolean()).isTrue();
            assertThat(result.path("_meta").path("io.longhaul/jobId").asText()).isEqualTo(step.id());
        }
        // For some time the job answers after its end as well.
        assertThat(client.result("tools/call", TASK.formatted("2"))
                        .path("_meta")
                        .path("io.longhaul/jobId")
                        .asText())
                .isEqualTo(step.id());
    }

    @Test
    void noCallJoinsAJobThatFailedOrEndedLongAgo() throws Exception {
        String failed = task(NODE, TASK.formatted("3"));
        NODE.claim("joined").fail("TOOL_ERROR", "No.");
        String second = task(OTHER, TASK.formatted("3"));
        assertThat(second).isNotEqualTo(failed);
        NODE.claim("joined").complete("1");
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE jobs SET completed_at = completed_at - INTERVAL '2 hours',"
                    + " started_at = started_at - INTERVAL '2 hours', created_at = created_at - INTERVAL '2 hours'"
                    + " WHERE id = '" + second + "'");
        }

        String third = task(NODE, TASK.formatted("3"));

        assertThat(third).isNotIn(failed, second);
        assertThat(NODE.claim("joined").id()).isEqualTo(third);
    }

    @Test
    void aCallWithOtherArgumentsGetsAJobOfItsOwn() {
        String one = task(NODE, TASK.formatted("4"));
        assertThat(task(NODE, TASK.formatted("5"))).isNotEqualTo(one);
        NODE.claim("joined").complete("1");
        NODE.claim("joined").complete("1");
    }

    @Test
    void callsWithTheSameKeyShareOneJob() {
        String params =
                "{\"name\": \"step\", \"arguments\": {\"a\": %s}, \"_meta\": {\"io.longhaul/idempotencyKey\": \"%s\"}}";
        String one = task(NODE, params.formatted("1", "k1"));
        assertThat(task(OTHER, params.formatted("1", "k1"))).isEqualTo(one);
        McpClient client = OTHER.client().modern(McpClient.TASKS);

        JsonNode error = client.error("tools/call", params.formatted("2", "k1"));

        assertThat(error.path("code").asInt()).isEqualTo(-32602);
        assertThat(error.at("/data/error_code").asText()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(client.error("tools/call", params.formatted("2", ""))
                        .path("message")
                        .asText())
                .contains("idempotencyKey");
        NODE.claim("step").complete("1");
    }

    @Test
    void aMistypedNameIsAnsweredWithAWarning() {
        String mistyped = """
                {"name": "step", "arguments": {}, "argumets": {}, "idempotency_key": "k",
                 "_meta": {"idempotency-key": "k", "io.longhaul/calId": "c", "com.example/other": 1}}""";
        JsonNode made = OTHER.client().modern(McpClient.TASKS).result("tools/call", mistyped);
        assertThat(made.at("/_meta/io.longhaul~1warnings"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(
                        "/argumets is no member of this request: did you mean arguments?",
                        "/idempotency_key is no member of this request: did you mean io.longhaul/idempotencyKey in _meta?",
                        "/_meta/idempotency-key is no member of this request: did you mean io.longhaul/idempotencyKey?",
                        "/_meta/io.longhaul~1calId is no member of this request: did you mean io.longhaul/callId?");
        NODE.claim("step").complete("1");
    }

    @Test
    void aCallThatIsSentAgainIsTheSameAndIsCancelledExpresslyOnly() {
        String params = "{\"name\": \"step\", \"_meta\": {\"io.longhaul/callId\": \"again\"}}";
        Stream lost = NODE.client().modern("{}").open("tools/call", params);
        Step step = NODE.claim("step");
        assertThat(lost.header("Longhaul-Job")).isEqualTo(step.id());
        Stream left = NODE.client().modern("{}").open("tools/call", "{\"name\": \"step\"}");
        Step other = NODE.claim("step");
        lost.close();
        left.close();
        Await.until(
                "what was left is cancelled",
                Await.LONG,
                () -> NODE.status(other.id()).equals("cancelled"));

        try (Stream again = OTHER.client().modern("{}").open("tools/call", params)) {
            assertThat(again.header("Longhaul-Job")).isEqualTo(step.id());
            assertThat(NODE.status(step.id())).isEqualTo("running");
            OTHER.client().modern(McpClient.TASKS).result("tasks/cancel", "{\"taskId\": \"" + step.id() + "\"}");
            assertThat(again.last().at("/error/code").asInt()).isEqualTo(-32800);
        }
    }
}
