package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.testing.LateReader;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that have much to tell at once. */
class CallStreamTest {
    /** As many as one look at a job brings. */
    private static final int LINES = 100;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    @Test
    void manyLongLinesOfALogLoseNoClient() throws Exception {
        McpClient client = NODE.client().initialize(Protocol.LEGACY);
        client.result("logging/setLevel", "{\"level\": \"info\"}");
        String id = client.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        Step step = NODE.claim("step");
        LateReader.addLines(DATABASE, id, LINES);
        String body = """
                {"jsonrpc": "2.0", "id": 1, "method": "tasks/result", "params": {"taskId": "%s"}}""".formatted(id);
        String request = """
                POST /mcp HTTP/1.0
                Host: localhost
                Content-Type: application/json
                Accept: text/event-stream
                Mcp-Session-Id: %s
                Content-Length: %d

                """.formatted(client.session(), body.length()).replace("\n", "\r\n");
        try (LateReader reader = new LateReader(URI.create(NODE.url()).getPort(), request + body)) {
            step.complete("\"done\"");
            String answer = "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\"";
            assertThat(reader.count("data: {", answer)).isEqualTo(LINES);
        }
    }

    /** Together they are more than may wait for a client. */
    @Test
    void largeResultsOfManyTasksAreToldOneAfterTheOther() {
        McpClient client = NODE.client().modern(McpClient.TASKS);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ids.add(client.result("tools/call", "{\"name\": \"step\"}")
                    .path("taskId")
                    .asText());
            NODE.claim("step").complete("\"" + "x".repeat(300_000) + "\"");
        }
        String params = "{\"notifications\": {\"taskIds\": [\"%s\"]}}".formatted(String.join("\",\"", ids));
        try (McpClient.Stream stream = client.open("subscriptions/listen", params)) {
            Set<String> told = new HashSet<>();
            while (told.size() < ids.size()) {
                JsonNode message = stream.next();
                assertThat(stream.isEnd(message)).isFalse();
                if (message.path("method").asText().equals("notifications/tasks")) {
                    told.add(message.at("/params/taskId").asText());
                }
            }
            assertThat(told).containsExactlyInAnyOrderElementsOf(ids);
        }
    }
}
