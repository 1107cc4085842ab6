package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Ledger;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** MCP clients of two nodes, one of which is killed: its jobs continue, and the other node gives their results. */
class McpIT {
    private static final int SLOTS = 16;
    private static final int CALLS = 200;

    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static final Map<String, NodeProcess> NODES = new HashMap<>();
    private static Database database;
    private static Ledger ledger;

    @BeforeAll
    static void open() throws IOException {
        database = new Database(TEST_DATABASE.dataSource());
        ledger = Ledger.in(folder);
    }

    @BeforeEach
    void bothNodesRun() {
        for (String name : List.of("a", "b")) {
            NODES.compute(name, (n, node) -> node != null && node.process().isAlive() ? node : start(n));
        }
        NODES.values().forEach(NodeProcess::awaitReady);
        Await.until(
                "both nodes live",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM nodes WHERE lease_until > NOW()") >= 2);
    }

    private static NodeProcess start(String name) {
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        environment.put("LONGHAUL_TOOLS", ledger.tools());
        environment.put("LONGHAUL_CONCURRENCY", Integer.toString(SLOTS));
        return NodeProcess.start(name, environment);
    }

    @AfterAll
    static void end() {
        NODES.values().forEach(NodeProcess::close);
    }

    private static McpClient client(String node) {
        try {
            return new McpClient(NODES.get(node).address() + "/mcp", null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode task(String node, int seconds) {
        return client(node)
                .modern(McpClient.TASKS)
                .result("tools/call", "{\"name\": \"ledger\", \"arguments\": {\"seconds\": " + seconds + "}}");
    }

    private static JsonNode get(String node, String id) {
        return client(node).modern(McpClient.TASKS).result("tasks/get", "{\"taskId\": \"" + id + "\"}");
    }

    @Test
    void aTaskOfAKilledNodeContinuesAndTheOtherGivesItsResult() throws IOException {
        String id = task("a", 600).path("taskId").asText();
        Ledger.Entry run = Await.value(
                "it runs", Await.LONG, () -> ledger.entries(Set.of(id)).stream().findFirst());
        String other = run.node().equals("a") ? "b" : "a";

        NODES.get(run.node()).process().kill();
        Duration took = Await.until(
                "the task is completed",
                Duration.ofSeconds(60),
                () -> get(other, id).path("status").asText().equals("completed"));

        System.out.println("The task of a killed node was completed on the other after " + took.toMillis() + " ms");
        assertThat(get(other, id).path("result").has("content")).isTrue();
        assertThat(ledger.entries(Set.of(id)))
                .extracting(Ledger.Entry::attempt, Ledger.Entry::node)
                .containsExactly(tuple(1, run.node()), tuple(2, other));
    }

    @Test
    void aSessionAndACallOfAKilledNodeContinueAtTheOther() {
        McpClient here = client("a").initialize("2025-11-25");
        Stream broken = here.open("tools/call", "{\"name\": \"sleep\", \"arguments\": {\"seconds\": 8}}");
        Await.until("the stream begins", Await.LONG, () -> broken.lastId() != null);
        NODES.get("a").process().kill();

        try (Stream again = client("b")
                .with("Mcp-Session-Id", here.session())
                .with("MCP-Protocol-Version", "2025-11-25")
                .listen("Last-Event-ID", broken.lastId())) {
            assertThat(again.last().path("result").has("content")).isTrue();
        }
    }

    @Test
    void aStoppingNodeCancelsNothing() {
        Stream stream =
                client("a").modern("{}").open("tools/call", "{\"name\": \"sleep\", \"arguments\": {\"seconds\": 45}}");
        Await.until("it streams", Await.LONG, () -> stream.comments() > 0);
        NODES.get("a").process().terminate();

        JsonNode error = stream.last().path("error");
        String id = error.at("/data/jobId").asText();

        assertThat(error.path("message").asText()).contains("stopping").contains(id);
        assertThat(get("b", id).path("status").asText()).isEqualTo("working");
        client("b").modern(McpClient.TASKS).result("tasks/cancel", "{\"taskId\": \"" + id + "\"}");
        // The next test begins with a node that runs, not with one that still ends.
        Await.until(
                "the node has ended",
                Await.LONG,
                () -> !NODES.get("a").process().isAlive());
    }

    @Test
    void twoHundredTasksAllEndAlthoughOneOfTwoNodesIsKilled() throws Exception {
        List<String> ids = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(32);
        try {
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                String node = i % 2 == 0 ? "a" : "b";
                calls.add(clients.submit(() -> task(node, 2).path("taskId").asText()));
            }
            for (Future<String> call : calls) {
                ids.add(call.get());
            }
        } finally {
            clients.shutdown();
        }
        Await.until(
                "some run on the node that is to die",
                Await.LONG,
                () -> ledger.entries(Set.copyOf(ids)).stream()
                        .anyMatch(run -> run.node().equals("a")));
        NODES.get("a").process().kill();

        for (String id : ids) {
            Await.until(
                    "task " + id + " is completed",
                    Await.LONG,
                    () -> get("b", id).path("status").asText().equals("completed"));
        }
        assertThat(ids).doesNotHaveDuplicates().hasSize(CALLS);
    }
}
