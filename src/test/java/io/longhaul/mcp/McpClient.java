package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that sends whatever a test asks for, right or wrong. */
public final class McpClient {
    static final String TASKS = "{\"extensions\": {\"io.modelcontextprotocol/tasks\": {}}}";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger IDS = new AtomicInteger();

    private final String url;
    private final String key;
    private final Map<String, String> headers = new TreeMap<>();
    private String capabilities;

    public McpClient(String url, String key) {
        this.url = url;
        this.key = key;
    }

    /** Speaks as a modern client with these capabilities. */
    McpClient modern(String json) {
        capabilities = json;
        return this;
    }

    McpClient with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Begins a session. */
    public McpClient initialize(String version) {
        return initialize(version, "{}");
    }

    /** Begins a session of a client with these capabilities. */
    McpClient initialize(String version, String abilities) {
        HttpResponse<InputStream> answer = send("initialize", Json.parse("""
                {"protocolVersion": "%s", "capabilities": %s, "clientInfo": {"name": "test", "version": "1"}}
                """.formatted(version, abilities)));
        headers.put(
                Protocol.SESSION_HEADER,
                answer.headers().firstValue(Protocol.SESSION_HEADER).orElseThrow());
        headers.put(Protocol.VERSION_HEADER, version);
        new Stream(answer).last();
        return this;
    }

    String session() {
        return headers.get(Protocol.SESSION_HEADER);
    }

    /** The answer of a request, read to its end. */
    JsonNode ask(String method, String params) {
        return open(method, params).last();
    }

    public JsonNode result(String method, String params) {
        JsonNode answer = ask(method, params);
        if (!answer.has("result")) {
            throw new AssertionError(answer.toString());
        }
        return answer.get("result");
    }

    JsonNode error(String method, String params) {
        JsonNode answer = ask(method, params);
        if (!answer.has("error")) {
            throw new AssertionError(answer.toString());
        }
        return answer.get("error");
    }

    /** Sends a request and opens its answer. */
    Stream open(String method, String params) {
        return new Stream(send(method, Json.parse(params)));
    }

    /** Sends a notification; returns the HTTP status. */
    int tell(String method, String params) {
        ObjectNode message = Rpc.notification(method, (ObjectNode) Json.parse(params));
        return post(Json.bytes(message), Map.of()).statusCode();
    }

    /** Answers a request of the server, and gives the HTTP status. */
    int respond(JsonNode request, String result) {
        ObjectNode message = Rpc.result(request.get("id"), (ObjectNode) Json.parse(result));
        return post(Json.bytes(message), Map.of()).statusCode();
    }

    /** A client of the same session on another node. */
    McpClient at(String otherUrl) {
        McpClient other = new McpClient(otherUrl, key);
        other.headers.putAll(headers);
        other.capabilities = capabilities;
        return other;
    }

    /** Opens the stream of a session. */
    Stream listen(String... more) {
        HttpRequest.Builder request =
                request().header("Accept", "text/event-stream").GET();
        return new Stream(send(more.length == 0 ? request : request.headers(more)));
    }

    HttpResponse<InputStream> delete() {
        return send(request().DELETE());
    }

    /** Sends any bytes. */
    Stream raw(byte[] body, String... more) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return new Stream(post(body, all));
    }

    private HttpResponse<InputStream> send(String method, JsonNode params) {
        ObjectNode all = (ObjectNode) params;
        Map<String, String> own = new TreeMap<>();
        if (capabilities != null) {
            Rpc.meta(all).put(Protocol.META_VERSION, Protocol.MODERN);
            Rpc.meta(all).set(Protocol.META_CAPABILITIES, Json.parse(capabilities));
            own.put(Protocol.VERSION_HEADER, Protocol.MODERN);
            own.put(Protocol.METHOD_HEADER, method);
            for (String name : List.of("name", "uri", "taskId")) {
                if (all.path(name).isTextual()) {
                    own.put(Protocol.NAME_HEADER, all.get(name).asText());
                }
            }
        }
        ObjectNode message = Rpc.notification(method, all);
        message.put("id", IDS.incrementAndGet());
        return post(Json.bytes(message), own);
    }

    private HttpResponse<InputStream> post(byte[] body, Map<String, String> more) {
        HttpRequest.Builder request = request()
                .header("Content-Type", "application/json")
                .setHeader("Accept", headers.getOrDefault("Accept", "application/json, text/event-stream"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        more.forEach(request::setHeader);
        return send(request);
    }

    private HttpRequest.Builder request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
        headers.forEach(request::setHeader);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return request;
    }

    private static HttpResponse<InputStream> send(HttpRequest.Builder request) {
        try {
            return McpNode.HTTP.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** An answer: one message, or a stream of them. */
    static final class Stream implements AutoCloseable {
        private static final JsonNode END = Rpc.object();

        private final HttpResponse<InputStream> response;
        private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
        private final AtomicInteger comments = new AtomicInteger();
        private volatile String lastId;

        Stream(HttpResponse<InputStream> response) {
            this.response = response;
            Thread reader = new Thread(this::read, "mcp-client");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            boolean events = header("Content-Type").startsWith("text/event-stream");
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!events) {
                        messages.add(Json.parse(line));
                    } else if (line.startsWith("data: ")) {
                        messages.add(Json.parse(line.substring(6)));
                    } else if (line.startsWith("id: ")) {
                        lastId = line.substring(4);
                    } else if (line.startsWith(":")) {
                        comments.incrementAndGet();
                    }
                }
            } catch (IOException e) {
                // The connection was closed, by either side.
            } finally {
                messages.add(END);
            }
        }

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String lastId() {
            return lastId;
        }

        int comments() {
            return comments.get();
        }

        /** The next message; missing at the end. */
        JsonNode next() {
            try {
                JsonNode message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                if (message == null) {
                    throw new AssertionError("no message came");
                }
                return message;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        boolean isEnd(JsonNode message) {
            return message == END;
        }

        /** All messages up to the answer. */
        List<JsonNode> all() {
            List<JsonNode> all = new ArrayList<>();
            for (JsonNode message = next(); !isEnd(message); message = next()) {
                all.add(message);
            }
            return all;
        }

        /** The last message. */
        JsonNode last() {
            List<JsonNode> all = all();
            if (all.isEmpty()) {
                throw new AssertionError("nothing came: HTTP " + status());
            }
            return all.get(all.size() - 1);
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
