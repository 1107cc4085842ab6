package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.RpcError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The way to the server, as all requests of one client share it. */
final class Link {
    private static final int LONGEST_REFUSAL = 1 << 16;

    private final Server server;
    private final Endpoint endpoint;
    private final Session session;
    private final MirroredHeaders mirrored;
    private final LostCalls lostCalls = new LostCalls();
    private final CountDownLatch closing = new CountDownLatch(1);

    Link(Server server) {
        this.server = server;
        this.endpoint = new Endpoint(server);
        this.session = new Session(endpoint);
        this.mirrored = new MirroredHeaders(endpoint);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Session session() {
        return session;
    }

    MirroredHeaders mirrored() {
        return mirrored;
    }

    LostCalls lostCalls() {
        return lostCalls;
    }

    RpcError unreachable() {
        return Refusal.unreachable(endpoint.address(), server.start());
    }

    RpcError lost() {
        return Refusal.lost(endpoint.address(), server.start());
    }

    Duration patience(boolean lost) {
        return lost ? server.patience().lost() : server.patience().unreachable();
    }

    /** The headers of a message. */
    Map<String, String> headers(Request request) {
        if (!request.isModern()) {
            return request.is("initialize") ? Map.of() : session.headers();
        }
        Map<String, String> headers = request.headers();
        if (request.isCall()) {
            headers.putAll(mirrored.of(request.message()));
        }
        return headers;
    }

    /**
     * What the server says to a message that is not answered.
     *
     * @param status of HTTP
     * @param from the server's address
     * @param refusal why it did not take it, or empty
     */
    record Taken(int status, URI from, String refusal) {}

    /** Passes on what is not answered. */
    Taken tell(Request request, Map<String, String> headers) throws IOException {
        HttpResponse<InputStream> response = endpoint.post(Json.bytes(request.body()), headers);
        try (InputStream body = response.body()) {
            return new Taken(response.statusCode(), response.uri(), refusal(body.readNBytes(LONGEST_REFUSAL)));
        }
    }

    private static String refusal(byte[] body) {
        try {
            JsonNode answer = body.length == 0 ? MissingNode.getInstance() : Json.readAny(body);
            // What is in front of the endpoint answers as the rest of the API does.
            return answer.path("error")
                    .path("message")
                    .asText(answer.path("message").asText());
        } catch (RpcError e) {
            // A page of a proxy says nothing about the message.
            return "";
        }
    }

    /** The client has gone: nothing is waited for any more. */
    void close() {
        closing.countDown();
    }

    boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Lets some time pass; false if the client goes meanwhile. */
    boolean pause(Duration time) {
        try {
            return !closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
