package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.http.StandIn;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server with one tool, {@code s.t}, over HTTP, whose answers a test writes, right or wrong. */
final class WrongServer implements AutoCloseable {
    static final String DISCOVERED = "{'supportedVersions': ['2026-07-28'], 'capabilities': {'tools': {}}}";
    static final String LISTED = "{'tools': [{'name': 't', 'inputSchema': {'type': 'object'}}]}";

    private final StandIn http = new StandIn();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> times = new ConcurrentHashMap<>();

    /** Answers the requests of one method. */
    interface Script {
        /** {@code times} counts from 1. */
        void answer(StandIn.Exchange exchange, JsonNode message, int times) throws IOException;
    }

    /** A server of the newer era; its tool answers nothing yet. */
    WrongServer() {
        http.on("/mcp", this::answer);
        result("server/discover", DISCOVERED);
        result("tools/list", LISTED);
    }

    /** A server of the older era with a session. */
    static WrongServer legacy() {
        WrongServer server = new WrongServer();
        server.on("server/discover", (exchange, message, times) -> exchange.json(400, ""));
        server.on(
                "initialize",
                (exchange, message, times) -> exchange.header("Mcp-Session-Id", "s" + times)
                        .json(200, wrapped(message, "{'protocolVersion': '2025-11-25', 'capabilities': {}}")));
        return server;
    }

    WrongServer on(String method, Script script) {
        scripts.put(method, script);
        return this;
    }

    /** JSON with single quotes, always the same. */
    WrongServer result(String method, String result) {
        return on(method, (exchange, message, times) -> exchange.json(200, wrapped(message, result)));
    }

    static String wrapped(JsonNode message, String result) {
        return ("{'jsonrpc': '2.0', 'id': " + message.path("id") + ", 'result': " + result + "}").replace('\'', '"');
    }

    String settings() {
        return "start_timeout: 5s, url: '" + http.url() + "/mcp'";
    }

    int times(String method) {
        return times.computeIfAbsent(method, name -> new AtomicInteger()).get();
    }

    StandIn http() {
        return http;
    }

    private void answer(StandIn.Request request, StandIn.Exchange exchange) throws IOException {
        if (!request.method().equals("POST")) {
            exchange.json(200, "");
            return;
        }
        JsonNode message = RecordedCall.JSON.readTree(request.body());
        String method = message.path("method").asText();
        Script script = scripts.get(method);
        if (!message.has("id") || script == null) {
            exchange.json(202, "");
            return;
        }
        script.answer(
                exchange,
                message,
                times.computeIfAbsent(method, name -> new AtomicInteger()).incrementAndGet());
    }

    @Override
    public void close() {
        http.close();
    }
}
