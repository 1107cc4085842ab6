package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.http.StandIn;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** {@link StandInTools} as a streamable HTTP server. */
public final class StandInEndpoint implements AutoCloseable {
    public final StandInTools tools;
    final StandIn server = new StandIn();
    volatile String session = UUID.randomUUID().toString();
    private final boolean modern;

    public StandInEndpoint(boolean modern) {
        this.modern = modern;
        tools = new StandInTools(modern);
        server.on("/mcp", this::answer);
    }

    public String url() {
        return server.url() + "/mcp";
    }

    private void answer(StandIn.Request request, StandIn.Exchange exchange) throws IOException {
        if (!request.method().equals("POST")) {
            exchange.json(200, "");
            return;
        }
        JsonNode message = RecordedCall.JSON.readTree(request.body());
        String method = message.path("method").asText();
        if (!modern && method.equals("server/discover")) {
            exchange.json(
                    400,
                    "{\"jsonrpc\": \"2.0\", \"id\": null, \"error\": {\"code\": -32000, \"message\": \"No session\"}}");
        } else if (!modern && !method.equals("initialize") && !session.equals(request.header("Mcp-session-id"))) {
            exchange.json(404, "");
        } else if (!message.has("id") || !message.has("method")) {
            tools.take(message, null, text -> {});
            exchange.json(202, "");
        } else {
            stream(request, message, exchange.header("Mcp-Session-Id", session).http());
        }
    }

    private void stream(StandIn.Request request, JsonNode message, HttpExchange http) throws IOException {
        http.getResponseHeaders().set("Content-Type", "text/event-stream");
        http.sendResponseHeaders(200, 0);
        OutputStream out = http.getResponseBody();
        Thread watch = new Thread(() -> keepAlive(out, message.path("id").toString()));
        watch.start();
        try {
            tools.take(
                    message,
                    request.header("X-key"),
                    text -> write(out, "event: message\r\ndata: " + text + "\r\n\r\n"));
        } finally {
            watch.interrupt();
        }
    }

    /** Only a write shows that a client has closed the connection. */
    private void keepAlive(OutputStream out, String id) {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(20);
                write(out, ": still there\n");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException e) {
            if (modern) {
                tools.cancel(id);
            }
        }
    }

    private static void write(OutputStream out, String text) {
        synchronized (out) {
            try {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
