package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.stdio.Bridge;
import io.longhaul.mcp.stdio.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A host that has started {@code mcp}, here without a process of its own. */
final class StdioHost implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final PipedOutputStream said = new PipedOutputStream();
    private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private final Thread serving;

    /** With a key or null. */
    StdioHost(URI endpoint, String key) throws IOException {
        this(endpoint, key, new Server.Patience(Duration.ofMillis(300), LONG));
    }

    StdioHost(URI endpoint, String key, Server.Patience patience) throws IOException {
        this(new Server(McpNode.HTTP, List.of(endpoint), key, "java -jar app.jar server", patience), line -> {});
    }

    /** With somebody who reads what is for people. */
    static StdioHost heard(URI endpoint, Consumer<String> log) throws IOException {
        Server.Patience patience = new Server.Patience(Duration.ofMillis(300), LONG);
        return new StdioHost(
                new Server(McpNode.HTTP, List.of(endpoint), null, "java -jar app.jar server", patience), log);
    }

    private StdioHost(Server server, Consumer<String> log) throws IOException {
        PipedInputStream in = new PipedInputStream(said, 1 << 16);
        PipedOutputStream out = new PipedOutputStream();
        PipedInputStream read = new PipedInputStream(out, 1 << 20);
        serving = new Thread(() -> {
            try (out) {
                Bridge.to(server, out, log, () -> {}).serve(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        serving.start();
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
                lines.lines().map(Json::parse).forEach(heard::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    /** Says a line. */
    StdioHost say(String line) throws IOException {
        return say((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    StdioHost say(byte[] bytes) throws IOException {
        said.write(bytes);
        said.flush();
        return this;
    }

    /** Sends a request of the legacy era. */
    StdioHost legacy(Object id, String method, String params) throws IOException {
        return say("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"method\": \"" + method + "\", \"params\": " + params
                + "}");
    }

    /** Sends a request of the modern era, from a client with these capabilities. */
    StdioHost modern(Object id, String method, String params, String capabilities) throws IOException {
        ObjectNode all = (ObjectNode) Json.parse(params);
        Rpc.meta(all).put(Protocol.META_VERSION, Protocol.MODERN);
        Rpc.meta(all).set(Protocol.META_CAPABILITIES, Json.parse(capabilities));
        return legacy(id, method, all.toString());
    }

    StdioHost notice(String method, String params) throws IOException {
        return say("{\"jsonrpc\": \"2.0\", \"method\": \"" + method + "\", \"params\": " + params + "}");
    }

    /** Begins a session. */
    StdioHost initialize(String version) throws IOException {
        return initialize(version, "{}");
    }

    /** Begins a session of a host with these capabilities. */
    StdioHost initialize(String version, String abilities) throws IOException {
        legacy("\"init\"", "initialize", """
                {"protocolVersion": "%s", "capabilities": %s, "clientInfo": {"name": "host", "version": "1"}}
                """.strip().formatted(version, abilities));
        notice("notifications/initialized", "{}");
        if (!next().at("/result/protocolVersion").asText().equals(version)) {
            throw new AssertionError("another version");
        }
        return this;
    }

    /** What is said next. */
    JsonNode next() {
        try {
            JsonNode message = heard.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing was said");
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The next answer, whatever is told before that. */
    JsonNode answer() {
        JsonNode message = next();
        while (message.has("method")) {
            message = next();
        }
        return message;
    }

    /** Ends what the host says, and gives the time until the other side has ended. */
    Duration end() throws IOException {
        long begun = System.nanoTime();
        said.close();
        try {
            serving.join(LONG.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (serving.isAlive()) {
            throw new AssertionError("it goes on");
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void close() throws IOException {
        end();
    }
}
