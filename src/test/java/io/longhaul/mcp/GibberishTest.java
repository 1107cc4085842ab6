package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gibberish of every kind gets the right error, and the node goes on. */
class GibberishTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "api: {maxBody: 64KiB}\n");

    private static Stream send(String body) {
        return NODE.client().raw(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                        | -32700 | 400",
                "'{'                                                       | -32700 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"id\": 2}'            | -32700 | 400",
                "'{} {}'                                                   | -32700 | 400",
                "'null'                                                    | -32600 | 400",
                "'[]'                                                      | -32600 | 400",
                "'{}'                                                      | -32600 | 400",
                "'{\"jsonrpc\": \"1.0\", \"id\": 1, \"method\": \"ping\"}' | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1.5, \"method\": \"ping\"}' | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": null, \"method\": \"ping\"}' | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"ping\"}' | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": 7}'        | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1}'                       | -32600 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\", \"params\": []}' | -32602 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\", \"params\": {\"_meta\": 1}}' | -32602 | 400",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"\"}'     | -32601 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\"}' | -32602 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": 1}}' | -32602 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": \"echo\", \"arguments\": [1]}}' | -32602 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"resources/read\", \"params\": {\"uri\": \"longhaul://jobs/../x\"}}' | -32002 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"resources/list\", \"params\": {\"cursor\": \"AAAA\"}}' | -32602 | 200",
                "'{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"server/discover\"}' | -32602 | 400"
            })
    void messagesThatAreNotRequestsAreRefused(String body, int code, int status) {
        try (Stream stream = send(body)) {
            assertThat(stream.status()).isEqualTo(status);
            assertThat(stream.last().at("/error/code").asInt()).isEqualTo(code);
        }
    }

    @Test
    void bytesThatAreNotTextAreRefused() {
        try (Stream stream = NODE.client().raw(new byte[] {'"', (byte) 0xc3, '"'})) {
            assertThat(stream.last().at("/error/code").asInt()).isEqualTo(-32700);
        }
    }

    @Test
    void aDeepOrLargeMessageIsRefused() {
        try (Stream stream = send("[".repeat(30_000))) {
            assertThat(stream.last().at("/error/code").asInt()).isEqualTo(-32700);
        }
        try (Stream stream = send("{\"a\": \"" + "x".repeat(70_000) + "\"}")) {
            assertThat(stream.status()).isEqualTo(413);
        }
    }

    @Test
    void textThatCannotBeStoredIsExplainedToTheModel() {
        assertThat(NODE.client()
                        .result("tools/call", "{\"name\": \"echo\", \"arguments\": {\"a\": \"\\u0000\"}}")
                        .path("isError")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void otherMediaTypesAndMethodsAreRefused() {
        try (Stream stream = NODE.client().raw(new byte[0], "Content-Type", "text/plain")) {
            assertThat(stream.status()).isEqualTo(415);
        }
        try (Stream stream = NODE.client().listen()) {
            assertThat(stream.status()).isEqualTo(405);
            assertThat(stream.header("Allow")).isEqualTo("POST");
        }
        assertThat(NODE.client().delete().statusCode()).isEqualTo(405);
        assertThat(NODE.client().with("Mcp-Session-Id", "x").delete().statusCode())
                .isEqualTo(404);
        assertThat(NODE.client()
                        .initialize("2025-11-25")
                        .listen("Last-Event-ID", "nonsense")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void unknownRevisionsAreRefused() {
        try (Stream stream =
                NODE.client().with("MCP-Protocol-Version", "1999-01-01").open("ping", "{}")) {
            assertThat(stream.status()).isEqualTo(400);
        }
        try (Stream stream = NODE.client()
                .with("MCP-Protocol-Version", "2099-01-01")
                .with("Mcp-Method", "tools/list")
                .open("tools/list", """
                        {"_meta": {"io.modelcontextprotocol/protocolVersion": "2099-01-01",
                                   "io.modelcontextprotocol/clientCapabilities": {}}}""")) {
            assertThat(stream.status()).isEqualTo(400);
            assertThat(stream.last().at("/error/data/supported")).hasToString("[\"2026-07-28\"]");
        }
    }

    @Test
    void requestsAreCountedByMethodAndUnknownOnesTogether() {
        long pings = NODE.counted("ping");
        long calls = NODE.counted("tools_call");
        long others = NODE.counted("other");

        NODE.client().result("ping", "{}");
        NODE.client().result("tools/call", "{\"name\": \"echo\"}");
        NODE.client().error("made/up", "{}");
        NODE.client().error("made/up/too", "{}");

        assertThat(NODE.counted("ping")).isEqualTo(pings + 1);
        assertThat(NODE.counted("tools_call")).isEqualTo(calls + 1);
        assertThat(NODE.counted("other")).isEqualTo(others + 2);
        assertThat(NODE.counted("made_up")).isZero();
    }

    @Test
    void noAnswerHasAStackTraceOrTheNameOfAClass() {
        for (String method : List.of("tools/call", "tasks/get", "resources/read", "resources/subscribe", "nothing")) {
            try (Stream stream = NODE.client().open(method, "{\"name\": \"" + "\\ud83d".repeat(3) + "\"}")) {
                assertThat(stream.last().toString()).doesNotContain("Exception", "io.longhaul.mcp", "java.");
            }
        }
    }
}
