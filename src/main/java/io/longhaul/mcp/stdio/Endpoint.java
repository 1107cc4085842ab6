package io.longhaul.mcp.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The endpoint {@code /mcp} of a server, at one address or several: where one does not answer, the next is asked. */
final class Endpoint {
    /** A server answers within a second, or begins a stream; one that takes this long is lost. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** A session is ended in passing. */
    private static final Duration FAREWELL = Duration.ofMillis(200);

    private final Server server;
    private final List<URI> addresses;
    private volatile int current;

    /** No address can be reached, so nothing was sent. */
    static final class Unreachable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreachable(IOException cause) {
            super(cause);
        }
    }

    Endpoint(Server server) {
        this.server = server;
        this.addresses = server.endpoints();
    }

    /** The address that is asked next. */
    URI address() {
        return addresses.get(current);
    }

    /** Asks another address from now on, if there is one. */
    void leave(URI address) {
        int at = addresses.indexOf(address);
        if (at == current) {
            current = (at + 1) % addresses.size();
        }
    }

    HttpResponse<InputStream> post(byte[] message, Map<String, String> headers) throws IOException {
        return send("POST", BodyPublishers.ofByteArray(message), headers, ANSWER);
    }

    HttpResponse<InputStream> listen(Map<String, String> headers) throws IOException {
        return send("GET", BodyPublishers.noBody(), headers, ANSWER);
    }

    void end(Map<String, String> headers) throws IOException {
        send("DELETE", BodyPublishers.noBody(), headers, FAREWELL).body().close();
    }

    private HttpResponse<InputStream> send(
            String method, BodyPublisher body, Map<String, String> headers, Duration timeout) throws IOException {
        Unreachable unreachable = null;
        for (int tries = 0; tries < addresses.size(); tries++) {
            URI address = address();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(address).timeout(timeout).method(method, body);
            request.setHeader(
                    "Accept", method.equals("GET") ? "text/event-stream" : "application/json, text/event-stream");
            if (method.equals("POST")) {
                request.setHeader("Content-Type", "application/json");
            }
            if (server.key() != null) {
                request.setHeader("Authorization", "Bearer " + server.key());
            }
            headers.forEach(request::setHeader);
            try {
                return server.http().send(request.build(), BodyHandlers.ofInputStream());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                leave(address);
                unreachable = new Unreachable(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        throw unreachable;
    }
}
