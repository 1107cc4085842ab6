package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.testing.LateReader;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of calls that have much to tell at once. */
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
}
