package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.HeaderValue;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.RequestHeaders;
import io.longhaul.tools.secrets.RequestCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
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

    /** The server's session is not ended here: the server has forgotten it, or may still be busy with its requests. */
    private volatile boolean left;

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
        String known = modern ? null : sessionId;
        HttpRequest request = request(message, pending);
        if (pending == null) {
            notice(request, message.path("method").asText().equals(Methods.INITIALIZED));
            return;
        }
        CompletableFuture<HttpResponse<InputStream>> response = CLIENT.sendAsync(request, BodyHandlers.ofInputStream());
        pending.abort().complete(() -> abort(response));
        var unused = response.whenCompleteAsync((answer, failure) -> answered(answer, failure, pending, known), STREAMS)
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
        } catch (ExecutionException | TimeoutException | CancellationException e) {
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

    /** {@code known} is the session that the request named, or null. */
    private void answered(HttpResponse<InputStream> response, Throwable failure, PendingRequest pending, String known) {
        if (failure != null) {
            failed(failure, pending);
            return;
        }
        try (InputStream body = response.body()) {
            if (!modern) {
                response.headers().firstValue(Protocol.SESSION_HEADER).ifPresent(id -> sessionId = id);
            }
            HttpAnswer answer = new HttpAnswer(response, target.most());
            if (answer.isStream()) {
                answer.follow(body, message -> session.receive(message, pending));
                pending.fail(new LostException("its answer ended too early", true));
            } else {
                whole(answer, answer.read(body), pending, known);
            }
        } catch (RpcException e) {
            pending.fail(e);
        } catch (TooLargeException e) {
            pending.fail(e);
        } catch (IOException e) {
            pending.fail(new LostException("the connection broke (" + e.getMessage() + ")", true));
        }
    }

    private void failed(Throwable failure, PendingRequest pending) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof UnresolvedAddressException) {
                left = true;
                session.retire("it cannot be reached");
                pending.fail(new LostException("it cannot be reached", false));
            }
        }
        pending.fail(new LostException("the connection broke (" + failure.getMessage() + ")", true));
    }

    private void whole(HttpAnswer answer, HttpAnswer.Body body, PendingRequest pending, String known)
            throws RpcException {
        if (known != null && answer.isForSessionThatEnded(body)) {
            left = true;
            session.retire("it no longer knows our session");
            // The server has done nothing.
            pending.fail(new LostException("it no longer knows our session", false));
            return;
        }
        session.receive(answer.message(body), pending);
        pending.fail(RpcException.malformed("its answer is for another request (it has the id %s instead of \"%s\");"
                        .formatted(
                                HttpAnswer.shortened(body.message().path("id").toString()), pending.id())
                + " whether the work was done is unknown"));
    }

    /** Ends the server's session, if there is one. */
    @Override
    public void close() {
        if (sessionId == null || left) {
            return;
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.uri()).DELETE().timeout(notice);
        target.headers().forEach(request::setHeader);
        request.setHeader(Protocol.SESSION_HEADER, sessionId);
        if (version != null) {
            request.setHeader(Protocol.VERSION_HEADER, version);
        }
        target.credentials().sentHeader().ifPresent(header -> request.setHeader(header.name(), header.value()));
        var unused = tell(request.build());
    }
}
