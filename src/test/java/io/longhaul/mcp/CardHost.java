package io.longhaul.mcp;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longhaul.mcp.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A host of MCP Apps: a page that calls tools of a real server and shows the job card beside the calls. The card is in a
 * sandbox of another origin, under the policy that its resource asks for.
 */
final class CardHost implements BeforeAllCallback, AfterAllCallback {
    private static final List<String> PASSED_ON =
            List.of("Content-Type", "Accept", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name");

    private final Supplier<String> mcp;
    private ExecutorService threads;
    private HttpServer host;
    private HttpServer sandbox;

    /** With the address of the server, which may change. */
    CardHost(Supplier<String> mcp) {
        this.mcp = mcp;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        threads = Executors.newCachedThreadPool();
        sandbox = serve();
        sandbox.createContext("/", exchange -> {
            String csp = exchange.getRequestURI().getRawQuery().replaceFirst("^csp=", "");
            exchange.getResponseHeaders()
                    .set("Content-Security-Policy", URLDecoder.decode(csp, StandardCharsets.UTF_8));
            page(exchange, read("sandbox.html"));
        });
        host = serve();
        String address = Json.sorted(Json.parse("\"http://127.0.0.1:" + port(sandbox) + "/\""));
        host.createContext("/", exchange -> page(exchange, read("host.html").replace("SANDBOX", address)));
        host.createContext("/mcp", this::passOn);
    }

    private HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private static int port(HttpServer server) {
        return server.getAddress().getPort();
    }

    private static String read(String name) throws IOException {
        try (InputStream file = CardHost.class.getResourceAsStream("/mcp-host/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void page(HttpExchange exchange, String html) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        answer(exchange, 200, html.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** A server that is away is told of, as hosts do. */
    private void passOn(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(mcp.get()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        exchange.getRequestBody().readAllBytes()));
        PASSED_ON.stream()
                .filter(exchange.getRequestHeaders()::containsKey)
                .forEach(name ->
                        request.header(name, exchange.getRequestHeaders().getFirst(name)));
        try {
            HttpResponse<byte[]> response = McpNode.HTTP.send(request.build(), BodyHandlers.ofByteArray());
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            response.headers().firstValue("Content-Type").orElse("text/plain"));
            answer(exchange, response.statusCode(), response.body());
        } catch (IOException e) {
            answer(exchange, 502, "the server cannot be reached".getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens the host on a page; more JavaScript changes what it can do. */
    Shown open(Page page, String javaScript) {
        page.navigate("http://127.0.0.1:" + port(host) + "/");
        page.evaluate(javaScript);
        return new Shown(page);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        host.stop(0);
        sandbox.stop(0);
        threads.shutdownNow();
    }

    /**
     * The card on a page of the host.
     *
     * @param page of the host
     */
    record Shown(Page page) {
        /** Calls a tool, and comes back when its card is there. */
        Shown call(String tool, String arguments) {
            page.evaluate("host.call('" + tool + "', " + arguments + ")");
            return this;
        }

        FrameLocator card() {
            return page.frameLocator("iframe").frameLocator("iframe");
        }

        Frame frame() {
            return page.frames().stream()
                    .filter(frame ->
                            frame.parentFrame() != null && frame.parentFrame().parentFrame() != null)
                    .findFirst()
                    .orElseThrow();
        }

        /** What a script of the card says. */
        Object card(String javaScript) {
            return frame().evaluate(javaScript);
        }

        /** What a script of the host says. */
        Object host(String javaScript) {
            return page.evaluate(javaScript);
        }
    }
}
