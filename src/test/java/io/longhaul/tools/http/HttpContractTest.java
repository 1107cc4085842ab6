package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContract;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** HTTP servers as tools keep the contract. */
final class HttpContractTest extends ToolContract {
    private final StandIn server = new StandIn();
    private final AtomicInteger open = new AtomicInteger();

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected RegisteredTool echo() {
        server.on("/echo", (request, exchange) -> exchange.json(200, request.body()));
        return tool("/echo", "method: POST, output: json");
    }

    @Override
    protected RegisteredTool reporting() {
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/work",
                (request, exchange) -> exchange.header("Location", "/state").json(202, "{}"));
        server.on(
                "/state",
                (request, exchange) -> exchange.json(
                        200,
                        switch (asked.getAndIncrement()) {
                            case 0 -> "{\"progress\": 0.25, \"message\": \"reading\", \"log\": \"first\"}";
                            case 1 -> "{\"progress\": 0.5, \"log\": [\"zweite Zeile: äß漢😀\"]}";
                            default -> "{\"state\": \"ok\", \"value\": \"done\"}";
                        }));
        return tool(
                "/work",
                "method: POST, poll: {url: '{headers.location}', interval: 5ms, done: {/state: ok},"
                        + " progress: /progress, message: /message, log: /log, result: /value}");
    }

    @Override
    protected RegisteredTool failing() {
        server.on("/failing", (request, exchange) -> exchange.json(500, "{\"message\": \"no such gene\"}"));
        return tool("/failing", "method: GET");
    }

    @Override
    protected RegisteredTool hopeless() {
        server.on("/hopeless", (request, exchange) -> exchange.text(409, "text/plain", "this cannot ever work"));
        return tool("/hopeless", "method: GET");
    }

    @Override
    protected RegisteredTool unavailable() {
        RegisteredTool tool = tool("/nowhere", "method: GET");
        server.close();
        return tool;
    }

    @Override
    protected RegisteredTool flooding() {
        server.on("/flood", (request, exchange) -> {
            exchange.http().sendResponseHeaders(200, 0);
            flood(exchange.http().getResponseBody());
        });
        return tool("/flood", "max_response: 1MiB");
    }

    private static void flood(OutputStream out) throws IOException {
        byte[] chunk = "0123456789".repeat(1000).getBytes(StandardCharsets.UTF_8);
        while (true) {
            out.write(chunk);
        }
    }

    @Override
    protected RegisteredTool unstorable() {
        server.on("/odd", (request, exchange) -> exchange.json(200, "{\"a\\u0000b\":\"c\\u0000d\\ud800\"}"));
        return tool("/odd", "output: json");
    }

    @Override
    protected RegisteredTool leaking(Path secretFile) {
        server.on(
                "/told",
                (request, exchange) -> exchange.header("Location", "/state").json(202, "{}"));
        server.on("/state", (request, exchange) -> {
            ObjectNode state = JsonNodeFactory.instance.objectNode().put("log", "using " + request.header("X-key"));
            state.putObject("result").put("told", request.header("X-key"));
            exchange.json(200, state.toString());
        });
        return tool(
                "/told",
                "auth: {header: X-Key, value: {file: " + secretFile + "}}, poll: {url: '{headers.location}',"
                        + " interval: 5ms, log: /log, message: /log, result: /result}");
    }

    @Override
    protected RegisteredTool leakingFailure(Path secretFile) {
        server.on("/denied", (request, exchange) -> exchange.text(403, "text/plain", "denied: " + request.uri()));
        return tool("/denied", "auth: {query: api_key, value: {file: " + secretFile + "}}");
    }

    @Override
    protected RegisteredTool endless() {
        server.on("/start", (request, exchange) -> exchange.json(200, "{\"id\": \"7\", \"log\": \"started\"}"));
        server.on("/state/7", (request, exchange) -> {
            exchange.http().sendResponseHeaders(200, 0);
            OutputStream out = exchange.http().getResponseBody();
            if (server.requests().stream()
                            .filter(r -> r.uri().startsWith("/state"))
                            .count()
                    == 1) {
                out.write("{\"log\": \"started\"}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            open.incrementAndGet();
            try {
                while (true) {
                    out.write(' ');
                    out.flush();
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            } finally {
                open.decrementAndGet();
            }
        });
        return tool(
                "/start", "method: POST, poll: {url: '/state/{answer.id}', interval: 1ms, done: {/x: y}, log: /log}");
    }

    @Override
    protected boolean awaitStopped(RecordedCall call, long deadline) throws InterruptedException {
        while (open.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return open.get() == 0;
    }

    private RegisteredTool tool(String path, String settings) {
        return TestTools.one("[{type: http, name: tool, url: '" + server.url() + path + "', " + settings + "}]");
    }
}
