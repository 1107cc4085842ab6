package io.longhaul.tools.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server for tools under test, which records their requests. */
public final class StandIn implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** A received request. */
    public record Request(String method, String uri, Map<String, List<String>> headers, String body) {
        public String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? null : values.get(0);
        }
    }

    /** Answers a request. */
    public interface Handler {
        void answer(Request request, Exchange exchange) throws IOException, InterruptedException;
    }

    /** Answers one request. */
    public record Exchange(HttpExchange http) {
        public Exchange header(String name, String value) {
            http.getResponseHeaders().set(name, value);
            return this;
        }

        public void json(int status, String body) throws IOException {
            text(status, "application/json", body);
        }

        public void text(int status, String type, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            header("Content-Type", type);
            http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            http.getResponseBody().write(bytes);
        }
    }

    public StandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.start();
    }

    /** Adds a handler for paths with this beginning. */
    public StandIn on(String path, Handler handler) {
        server.createContext(path, http -> {
            try (http) {
                Request request = read(http);
                requests.add(request);
                handler.answer(request, new Exchange(http));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return this;
    }

    private static Request read(HttpExchange http) throws IOException {
        String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Request(
                http.getRequestMethod(), http.getRequestURI().toString(), Map.copyOf(http.getRequestHeaders()), body);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Request> requests() {
        return requests;
    }

    public Request only() {
        if (requests.size() != 1) {
            throw new AssertionError(requests.size() + " requests: " + requests);
        }
        return requests.get(0);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
