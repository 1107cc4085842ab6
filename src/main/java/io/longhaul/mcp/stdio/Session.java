package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The session of a client of the legacy era. Its client began it with {@code initialize}; where the server knows it no
 * longer, it is begun again in the same way, and the client notices nothing.
 */
final class Session {
    private static final int OK = 200;
    private static final int LONGEST_BEGIN_SECONDS = 60;

    private final Endpoint endpoint;

    /** What the server was told of this client, by what it is about: it is told again. */
    private final Map<String, ObjectNode> told = new LinkedHashMap<>();

    private volatile CountDownLatch beginning = new CountDownLatch(0);
    private volatile Known known;
    private ObjectNode initialize;

    /** What the server calls it. */
    private record Known(String id, String version) {}

    Session(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** The client begins a session; what it sends next belongs to that. */
    void begins() {
        beginning = new CountDownLatch(1);
    }

    /** Waits for the answer to the client's {@code initialize}, if it waits for one itself. */
    void await() {
        try {
            var unused = beginning.await(LONGEST_BEGIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The attempt to begin one is over, whether it succeeded or not. */
    void beginningIsOver() {
        beginning.countDown();
    }

    /** Keeps what the server answered to {@code initialize}. */
    synchronized void begun(ObjectNode request, HttpResponse<?> response, JsonNode answer) {
        String id = response.headers().firstValue(Protocol.SESSION_HEADER).orElse(null);
        String version = answer.at("/result/protocolVersion").asText(null);
        if (id != null && version != null) {
            initialize = request;
            known = new Known(id, version);
        }
    }

    boolean isKnown() {
        return known != null;
    }

    /** Headers that name it; none if there is none. */
    Map<String, String> headers() {
        Known now = known;
        return now == null
                ? Map.of()
                : Map.of(Protocol.SESSION_HEADER, now.id(), Protocol.VERSION_HEADER, now.version());
    }

    /** Keeps what the server has to be told again when the session is begun again. */
    synchronized void note(RpcMessage message, ObjectNode body) {
        switch (message.method()) {
            case "logging/setLevel" -> told.put("", body);
            case "resources/subscribe" -> told.put(message.params().path("uri").asText(), body);
            case "resources/unsubscribe" ->
                told.remove(message.params().path("uri").asText());
            default -> {}
        }
    }

    /**
     * Begins it again.
     *
     * @param lost the headers that the server did not know
     * @throws IOException if that failed
     */
    synchronized void renew(Map<String, String> lost) throws IOException {
        if (!lost.equals(headers())) {
            return;
        }
        ObjectNode request = initialize.deepCopy().put("id", "longhaul-initialize");
        HttpResponse<InputStream> response = endpoint.post(Json.bytes(request), Map.of());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException("The session could not be begun again: HTTP " + response.statusCode());
            }
            begun(initialize, response, Json.read(body.readAllBytes()));
        } catch (RpcError e) {
            throw new IOException("The session could not be begun again: the answer is no message", e);
        }
        if (lost.equals(headers())) {
            throw new IOException("The session could not be begun again: the answer names none");
        }
        tell(Rpc.notification("notifications/initialized", Rpc.object()));
        for (ObjectNode message : told.values()) {
            tell(message.deepCopy().put("id", "longhaul-again"));
        }
    }

    private void tell(ObjectNode message) throws IOException {
        endpoint.post(Json.bytes(message), headers()).body().close();
    }

    /** Ends it. */
    void end() {
        if (known != null) {
            try {
                endpoint.end(headers());
            } catch (IOException e) {
                // The server removes it by itself, later.
                return;
            }
        }
    }
}
