package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.HeaderValue;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.RequestHeaders;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.secrets.RequestCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Speaks to a server by POST requests (streamable HTTP); each request has a stream of its own. */
final class HttpTransport implements McpTransport {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Bound on the wait for a notification: the server must take it before it gets messages that depend on it. */
    private static final Duration NOTICE = Duration.ofSeconds(10);

    private static final int NOT_FOUND = 404;

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** A stream may be silent for days, so each has a thread. */
    private static final Executor STREAMS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "mcp-http");
        thread.setDaemon(true);
        return thread;
    });

    private final Target target;
    private final Duration notice;
    private volatile Session session;
    private volatile String sessionId;
    private volatile String version;
    private volatile boolean modern;

    /**
     * A server's endpoint.
     *
     * @param headers sent with each request
     * @param most largest message in bytes
     */
    record Target(URI uri, Map<String, String> headers, RequestCredentials credentials, int most) {}

    HttpTransport(Target target) {
        this(target, NOTICE);
    }

    /** For tests: another timeout for messages without an answer. */
    HttpTransport(Target target, Duration notice) {
        this.target = target;
        this.notice = notice;
    }

    @Override
    public void open(Session opened) {
        session = opened;
    }

    @Override
    public void speak(String spoken, boolean isModern) {
        version = spoken;
        modern = isModern;
    }

    @Override
    public boolean cancelsByClosing() {
        return true;
    }

    @Override
    public void send(ObjectNode message, PendingRequest pending) throws LostException {
        HttpRequest request = request(message, pending);
        if (pending == null) {
            notice(request, message.path("method").asText().equals(Methods.INITIALIZED));
            return;
        }
        CompletableFuture<HttpResponse<InputStream>> response = CLIENT.sendAsync(request, BodyHandlers.ofInputStream());
        pending.abort().complete(() -> abort(response));
        var unused = response.whenCompleteAsync((answer, failure) -> answered(answer, failure, pending), STREAMS)
                // Last resort, so that no call waits for ever.
                .whenComplete((answer, failure) -> pending.fail(new LostException("it sent nonsense", true)));
    }

    private static void abort(CompletableFuture<HttpResponse<InputStream>> response) {
        if (!response.cancel(true) && !response.isCompletedExceptionally()) {
            close(response.join().body());
        }
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // The stream is no longer needed.
        }
    }

    private HttpRequest request(ObjectNode message, PendingRequest pending) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uri())
                .setHeader("Content-Type", "application/json")
                .setHeader("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString(message.toString()));
        target.headers().forEach(request::setHeader);
        target.credentials().sentHeader().ifPresent(header -> request.setHeader(header.name(), header.value()));
        if (version != null) {
            request.setHeader(Protocol.VERSION_HEADER, version);
        }
        if (modern) {
            if (message.has("method")) {
                RequestHeaders.of(message.path("method").asText(), message.path("params"))
                        .forEach(request::setHeader);
            }
            if (pending != null) {
                pending.headers().forEach((name, value) -> request.setHeader(name, HeaderValue.encode(value)));
            }
        } else if (sessionId != null) {
            request.setHeader(Protocol.SESSION_HEADER, sessionId);
        }
        return request.build();
    }

    private void notice(HttpRequest request, boolean wait) throws LostException {
        CompletableFuture<HttpResponse<Void>> taken = tell(request);
        try {
            if (wait) {
                taken.get(notice.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new LostException("it did not take a notification", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Discards the answer, and cancels it because it may never end. */
    private CompletableFuture<HttpResponse<Void>> tell(HttpRequest request) {
        CompletableFuture<HttpResponse<Void>> taken = CLIENT.sendAsync(request, BodyHandlers.discarding());
        CompletableFuture.delayedExecutor(notice.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> taken.cancel(true));
        return taken;
    }

    private void answered(HttpResponse<InputStream> response, Throwable failure, PendingRequest pending) {
        if (failure != null) {
            failed(failure, pending);
            return;
        }
        try (InputStream body = response.body()) {
            if (!modern) {
                response.headers().firstValue(Protocol.SESSION_HEADER).ifPresent(id -> sessionId = id);
            }
            String type = response.headers().firstValue("content-type").orElse("");
            if (type.startsWith("text/event-stream")) {
                new EventStreamReader(target.most()).read(body, text -> received(text, pending));
            } else {
                whole(response.statusCode(), body, pending);
            }
            pending.fail(new LostException("its answer ended too early", true));
        } catch (TooLargeException e) {
            pending.fail(e);
        } catch (IOException e) {
            pending.fail(new LostException("the connection broke (" + e.getMessage() + ")", true));
        }
    }

    private void failed(Throwable failure, PendingRequest pending) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnresolvedAddressException) {
                session.lost("it cannot be reached", false);
                pending.fail(new LostException("it cannot be reached", false));
            }
        }
        pending.fail(new LostException("the connection broke (" + failure.getMessage() + ")", true));
    }

    private void received(String text, PendingRequest pending) {
        if (Storable.isReadableJson(text)) {
            session.receive(ParamsJson.parse(text), pending);
        }
    }

    private void whole(int status, InputStream body, PendingRequest pending) throws IOException, TooLargeException {
        byte[] bytes = body.readNBytes(target.most() + 1);
        if (bytes.length > target.most()) {
            throw new TooLargeException(target.most());
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        JsonNode message = Storable.isReadableJson(text) ? ParamsJson.parse(text) : null;
        if (message != null && message.has("jsonrpc")) {
            session.receive(message, pending);
        } else if (status >= 400) {
            pending.fail(new RpcException(status, "HTTP status " + status));
        }
        if (status == NOT_FOUND && sessionId != null) {
            session.lost("it no longer knows our session", false);
        }
    }

    /** Ends the server's session, if there is one. */
    @Override
    public void close() {
        if (sessionId == null) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uri())
                .DELETE()
                .timeout(notice)
                .setHeader(Protocol.SESSION_HEADER, sessionId)
                .setHeader(Protocol.VERSION_HEADER, version);
        target.credentials().sentHeader().ifPresent(header -> request.setHeader(header.name(), header.value()));
        var unused = tell(request.build());
    }
}
