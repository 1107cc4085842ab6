package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that the protocol does not allow are refused, with the reason, and change nothing. */
class WrongRequestsTest {
    private static final String MODERN = """
            {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}""";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    private static McpClient modern() {
        return NODE.client().modern("{}");
    }

    /** Sends a body with headers that may be there more than once. */
    private static HttpResponse<String> send(String method, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(NODE.url()))
                .header("Accept", "application/json, text/event-stream")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        return McpNode.HTTP.send(request.headers(headers).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> call(String... more) throws Exception {
        String[] headers = {
            "Content-Type",
            "application/json",
            "MCP-Protocol-Version",
            "2026-07-28",
            "Mcp-Method",
            "tools/call",
            "Mcp-Name",
            "strict",
            "Mcp-Param-N",
            "1"
        };
        String[] all =
                Stream.concat(Arrays.stream(headers), Arrays.stream(more)).toArray(String[]::new);
        return send("POST", """
                {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                 "params": {"name": "strict", "arguments": {"n": 1}, "_meta": %s}}""".formatted(MODERN), all);
    }

    private static long counted(String rows) {
        return Jdbi.create(DATABASE.dataSource())
                .withHandle(handle -> handle.select("SELECT count(*) FROM " + rows)
                        .mapTo(Long.class)
                        .one());
    }

    private static JsonNode error(HttpResponse<String> answer) {
        return Json.parse(answer.body()).path("error");
    }

    /** The tree of a message is kept as long as its call runs. */
    @Test
    void aMessageOfVeryManyValuesIsRefused() throws Exception {
        String many = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"params\": [" + "[],".repeat(100_000) + "[]]}";
        HttpResponse<String> answer = send("POST", many, "Content-Type", "application/json");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer).path("message").asText()).contains("more than 100000 names and values");
    }

    @Test
    void pagesOfOtherSitesOpenNoStreamEither() throws Exception {
        McpClient session = NODE.client().initialize("2025-11-25");
        String[] own = {"Mcp-Session-Id", session.session(), "MCP-Protocol-Version", "2025-11-25"};
        String here = NODE.url().replace("/mcp", "");

        assertThat(session.listen("Origin", "https://evil.example").status()).isEqualTo(403);
        assertThat(session.listen("Origin", here, "Origin", "https://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(session.listen("Sec-Fetch-Site", "cross-site").status()).isEqualTo(403);
        assertThat(send("POST", "{}", "Origin", here, "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("DELETE", "", own).statusCode()).isEqualTo(200);
        try (McpClient.Stream stream = NODE.client().initialize("2025-11-25").listen("Origin", here)) {
            assertThat(stream.status()).isEqualTo(200);
        }
    }

    @Test
    void aHeaderWithTwoValuesIsRefused() throws Exception {
        for (String header : List.of("Mcp-Name", "Mcp-Method", "MCP-Protocol-Version", "Mcp-Param-N")) {
            HttpResponse<String> refused = call(header, "other");
            assertThat(refused.statusCode()).as(header).isEqualTo(400);
            assertThat(error(refused).path("code").asInt()).as(header).isEqualTo(-32020);
            assertThat(error(refused).path("message").asText()).contains("header " + header, "Send it once");
        }
        assertThat(counted("jobs")).isZero();

        McpClient session = NODE.client().initialize("2025-11-25");
        String[] versioned = {"MCP-Protocol-Version", "2025-11-25", "Mcp-Session-Id", session.session()};
        assertThat(session.listen("Mcp-Session-Id", "other").status()).isEqualTo(400);
        assertThat(session.listen("Last-Event-ID", "a", "Last-Event-ID", "b").status())
                .isEqualTo(400);
        assertThat(send("DELETE", "", versioned).statusCode()).isEqualTo(200);
    }

    @Test
    void onlyAnObjectDeclaresACapability() {
        String extension = "{\"extensions\": {\"io.modelcontextprotocol/tasks\": %s}}";
        for (String value : List.of("false", "null", "true", "\"yes\"")) {
            McpClient client = NODE.client().modern(extension.formatted(value));
            assertThat(client.error("tools/call", "{\"name\": \"only.task\"}")
                            .path("code")
                            .asInt())
                    .as(value)
                    .isEqualTo(-32021);
            assertThat(NODE.client()
                            .modern("{\"sampling\": " + value + "}")
                            .error("tools/call", "{\"name\": \"needy\"}")
                            .path("code")
                            .asInt())
                    .as(value)
                    .isEqualTo(-32021);
        }
        assertThat(Elicitation.canAskAnything(Json.parse("{\"elicitation\": false, \"roots\": null}")))
                .isFalse();
        NODE.client()
                .initialize(
                        "2025-11-25",
                        "{\"elicitation\": false, \"roots\": {}, \"extensions\": {\"io.modelcontextprotocol/ui\": null}}");
        assertThat(counted("""
                mcp_sessions
                WHERE capabilities::text LIKE '%roots%' AND capabilities::text NOT LIKE '%elicitation%' AND NOT shows_apps
                """)).isOne();
    }

    @Test
    void aStateOfAWrongTypeBeginsNoJob() {
        for (String wrong : List.of(
                "\"requestState\": [\"x\"]",
                "\"requestState\": 5",
                "\"requestState\": {}",
                "\"inputResponses\": []",
                "\"inputResponses\": \"x\"")) {
            JsonNode error = modern().error("tools/call", "{\"name\": \"step\", " + wrong + "}");
            assertThat(error.path("code").asInt()).as(wrong).isEqualTo(-32602);
            assertThat(error.path("message").asText()).contains(wrong.substring(1, wrong.indexOf(':') - 1));
        }
        assertThat(counted("jobs")).isZero();
    }

    @Test
    void aMissingHeaderIsNamedWithWhatToSend() throws Exception {
        JsonNode error = error(send(
                "POST",
                """
                {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "step", "_meta": %s}}""".formatted(MODERN),
                "Content-Type",
                "application/json",
                "MCP-Protocol-Version",
                "2026-07-28",
                "Mcp-Method",
                "tools/call"));
        assertThat(error.path("code").asInt()).isEqualTo(-32020);
        assertThat(error.path("message").asText()).contains("Mcp-Name is missing", "Send Mcp-Name: step");
    }

    @Test
    void anUnknownRevisionIsAnsweredWithThoseThatAreSpoken() {
        McpClient session = NODE.client().initialize("2025-11-25").with("MCP-Protocol-Version", "2099-01-01");
        JsonNode error = session.error("ping", "{}");
        assertThat(error.path("message").asText()).contains("Unsupported protocol version", "2025-11-25, 2025-06-18");
        assertThat(error.at("/data/supported")).hasSize(4);
        assertThat(NODE.client()
                        .with("MCP-Protocol-Version", "2099-01-01")
                        .result("initialize", "{\"protocolVersion\": \"2099-01-01\", \"capabilities\": {}}")
                        .path("protocolVersion")
                        .asText())
                .as("initialize agrees upon a revision")
                .isEqualTo("2025-11-25");
        assertThat(session.listen().last().at("/error/message").asText()).contains("Unsupported protocol version");
    }

    @Test
    void onlyJsonInUtf8IsTaken() throws Exception {
        String ping = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}";
        for (String type : List.of(
                "application/json; charset=latin1",
                "application/json" + ";a= ".repeat(1_500) + ";charset=utf-80",
                "application/json-patch+json",
                "application/jsonx",
                "text/json")) {
            assertThat(send("POST", ping, "Content-Type", type).statusCode())
                    .as(type)
                    .isEqualTo(415);
        }
        for (String type : List.of(
                "application/json",
                "Application/JSON; charset=\"UTF-8\"",
                "application/json ; charset = utf-8 ; x=y ",
                "application/json;charset=utf-8;x=y",
                "application/json" + ";a=".repeat(2_500))) {
            assertThat(send("POST", ping, "Content-Type", type).statusCode())
                    .as(type)
                    .isEqualTo(200);
        }
    }

    @Test
    void aBodyThatIsNoMessageIsToldWhy() throws Exception {
        String twice = "{\"jsonrpc\": \"2.0\", \"jsonrpc\": \"2.0\"}";
        assertThat(error(send("POST", twice, "Content-Type", "application/json"))
                        .path("message")
                        .asText())
                .contains("the same member twice");
        String deep = "[".repeat(501) + "]".repeat(501);
        assertThat(error(send("POST", deep, "Content-Type", "application/json"))
                        .path("message")
                        .asText())
                .contains("deeper than 500 levels");
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        for (String method : List.of("FOO", "PUT", "PROPFIND")) {
            HttpResponse<String> refused = send(method, "", "Content-Type", "application/json");
            assertThat(refused.statusCode()).as(method).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow").orElse("")).contains("POST", "GET", "DELETE");
        }
    }

    private static void assertInvalid(McpClient client, String method, String params, String named) {
        JsonNode error = client.error(method, params);
        assertThat(error.path("code").asInt()).as(params).isEqualTo(-32602);
        assertThat(error.path("message").asText()).as(params).contains(named);
    }

    @Test
    void paramsOfWrongTypesAreRefused() {
        McpClient legacy = NODE.client().initialize("2025-11-25");
        for (String task : List.of("5", "null", "[]", "{\"ttl\": \"x\"}", "{\"ttl\": -5}", "{\"ttl\": 1.5}")) {
            assertInvalid(legacy, "tools/call", "{\"name\": \"step\", \"task\": " + task + "}", "task");
        }
        for (McpClient client : List.of(legacy, modern())) {
            assertInvalid(
                    client, "tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": {}}}", "progressToken");
            for (String list : List.of("tools/list", "resources/list", "resources/templates/list", "prompts/list")) {
                assertInvalid(client, list, "{\"cursor\": 5}", "cursor");
                assertInvalid(client, list, "{\"cursor\": \"garbage\"}", "cursor");
            }
        }
        for (String level : List.of("\"bogus\"", "5")) {
            assertInvalid(
                    modern(),
                    "tools/call",
                    "{\"name\": \"step\", \"_meta\": {\"io.modelcontextprotocol/logLevel\": " + level + "}}",
                    "log level");
        }
        assertInvalid(
                modern(),
                "subscriptions/listen",
                "{\"notifications\": {\"toolsListChanged\": \"yes\"}}",
                "toolsListChanged");
        assertInvalid(
                modern(),
                "subscriptions/listen",
                "{\"notifications\": {\"resourceSubscriptions\": \"x\"}}",
                "resourceSubscriptions");
        assertInvalid(NODE.client(), "initialize", "{}", "capabilities");
        assertInvalid(NODE.client(), "initialize", "{\"capabilities\": {}}", "protocolVersion");
        assertThat(counted("jobs")).isZero();
    }

    @Test
    void theIdOfACallIsForOneCall() {
        String call = "{\"name\": \"echo\", \"arguments\": {\"n\": %d}, \"_meta\": {\"io.longhaul/callId\": \"c1\"}}";
        modern().result("tools/call", call.formatted(1));
        assertInvalid(modern(), "tools/call", call.formatted(2), "io.longhaul/callId");
    }

    @Test
    void theAnswerIsInTheTraceOfTheMessage() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (McpClient.Stream answer = modern().open(
                        "tools/call",
                        "{\"name\": \"echo\", \"_meta\": {\"traceparent\": \"00-" + trace
                                + "-00f067aa0ba902b7-01\"}}")) {
            assertThat(answer.header("traceparent")).contains(trace);
        }
    }
}
