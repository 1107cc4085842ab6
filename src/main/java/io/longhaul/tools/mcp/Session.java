package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.UnansweredException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** One connection to a server: requests and their answers (JSON-RPC 2.0), in either era of the protocol. */
final class Session implements AutoCloseable {
    private final McpTransport transport;
    private final Runnable onListChanged;
    private final AtomicLong ids = new AtomicLong();
    private final PendingRequests pending = new PendingRequests();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private volatile boolean modern;
    private volatile boolean retired;
    private volatile JsonNode capabilities = JsonNodeFactory.instance.objectNode();

    Session(McpTransport transport, Runnable onListChanged) {
        this.transport = transport;
        this.onListChanged = onListChanged;
    }

    /** Switches to an era. */
    void speak(String version, boolean isModern, JsonNode offered) {
        modern = isModern;
        capabilities = offered;
        transport.speak(version, isModern);
    }

    boolean isModern() {
        return modern;
    }

    /** Returns true if the server is a program, whose tasks end with the connection. */
    boolean isProgram() {
        return !transport.cancelsByClosing();
    }

    /** The capabilities that the server offers. */
    JsonNode capabilities() {
        return capabilities;
    }

    /** Completes with the reason when the connection has ended. */
    CompletableFuture<String> end() {
        return end;
    }

    /** Sends a request and waits for its answer. */
    JsonNode request(String method, ObjectNode params, Duration longest)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        PendingRequest request = start(method, params, PendingRequest.Listener.NONE, Map.of());
        try {
            return await(request, longest);
        } catch (TimeoutException | InterruptedException e) {
            cancel(request, "no longer wanted");
            throw e;
        }
    }

    /** Sends a request; its listener hears messages before the answer. */
    PendingRequest start(
            String method, ObjectNode params, PendingRequest.Listener listener, Map<String, String> headers)
            throws LostException {
        PendingRequest request = new PendingRequest("lh-" + ids.incrementAndGet(), listener, headers);
        if (listener != PendingRequest.Listener.NONE) {
            Rpc.meta(params).put(Protocol.META_PROGRESS_TOKEN, request.id());
        }
        if (modern) {
            describeUs(Rpc.meta(params));
        }
        ObjectNode message = Rpc.request(request.id(), method, params);
        pending.add(request);
        if (end.isDone()) {
            pending.remove(request.id());
            throw new LostException(end.join(), false);
        }
        try {
            transport.send(message, request);
        } catch (LostException e) {
            pending.remove(request.id());
            throw e;
        }
        return request;
    }

    private static void describeUs(ObjectNode meta) {
        meta.put(Protocol.META_VERSION, Protocol.MODERN);
        meta.putObject(Protocol.META_CLIENT).put("name", "longhaul").put("version", "1");
        ObjectNode capabilities = abilities(meta.putObject(Protocol.META_CAPABILITIES));
        capabilities.putObject("extensions").putObject(Protocol.TASKS);
    }

    /** What servers may ask. */
    static ObjectNode abilities(ObjectNode capabilities) {
        ObjectNode elicitation = capabilities.putObject("elicitation");
        elicitation.putObject("form");
        elicitation.putObject("url");
        return capabilities;
    }

    /** Waits for the answer; without a limit if {@code longest} is null. */
    JsonNode await(PendingRequest request, Duration longest)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        try {
            return longest == null
                    ? request.answer().get()
                    : request.answer().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } finally {
            if (request.answer().isDone()) {
                pending.remove(request.id());
            }
        }
    }

    private static LostException unwrapped(Throwable cause) throws RpcException, LostException, TooLargeException {
        if (cause instanceof RpcException answered) {
            throw answered;
        }
        if (cause instanceof TooLargeException tooLarge) {
            throw tooLarge;
        }
        if (cause instanceof UnansweredException unanswered) {
            throw unanswered;
        }
        return cause instanceof LostException lost ? lost : new LostException(String.valueOf(cause), true);
    }

    /** Cancels a request on the server, in the way of its era, and forgets it. */
    void cancel(PendingRequest request, String reason) {
        cancel(request, reason, new LostException(reason, true));
    }

    private void cancel(PendingRequest request, String reason, Exception failure) {
        boolean unsent = transport.withdraw(request);
        if (unsent || transport.cancelsByClosing()) {
            pending.remove(request.id());
        } else {
            pending.abandon(request);
        }
        request.fail(failure);
        if (!unsent && !(modern && transport.cancelsByClosing())) {
            ObjectNode params = Rpc.object().put("requestId", request.id()).put("reason", reason);
            tell(Methods.CANCELLED, params);
        }
        var unused = request.abort().thenAccept(Runnable::run);
    }

    /** Sends a notification. Delivery is not guaranteed. */
    void tell(String method, ObjectNode params) {
        try {
            transport.send(Rpc.notification(method, params), null);
        } catch (LostException e) {
            // The next request notices the lost connection.
        }
    }

    /** Takes a message of the server. {@code own} is the request on whose stream it came, or null. */
    void receive(JsonNode message, PendingRequest own) {
        if (message.has("method")) {
            if (message.has("id")) {
                answer(message, own);
            } else {
                notice(message.path("method").asText(), message.path("params"), own);
            }
            return;
        }
        PendingRequest request = pending.answered(message, own);
        if (request != null) {
            answered(message, request);
        }
    }

    private static void answered(JsonNode message, PendingRequest request) {
        JsonNode error = message.path("error");
        if (error.isObject()) {
            request.fail(new RpcException(error.path("code").asInt(), errorText(error)));
        } else if (message.path("result").isObject()) {
            request.answer().complete(message.path("result"));
        } else {
            request.fail(RpcException.malformed("its answer has neither a result nor an error that is an object"));
        }
    }

    private static String errorText(JsonNode error) {
        String text = error.path("message").asText("no reason given");
        JsonNode data = error.path("data");
        return Storable.text(data.isMissingNode() || data.isNull() ? text : text + " " + data);
    }

    /** Servers may ping, and ask what belongs to a call. */
    private void answer(JsonNode request, PendingRequest own) {
        PendingRequest asking =
                request.path("method").asText().equals(Methods.PING) ? null : pending.asking(request, own);
        CompletableFuture<ObjectNode> asked =
                asking == null ? null : asking.listener().asked(request);
        if (asked == null) {
            answerAtOnce(request);
            return;
        }
        // On another thread: the one that finds the answers of all jobs must not wait for a server.
        var unused = asked.whenCompleteAsync(
                (result, failure) -> {
                    if (failure == null) {
                        send(Rpc.result(request.get("id"), result));
                    } else if (!asking.answer().isDone()) {
                        // Or else the server would wait for the answer for ever.
                        cancel(asking, "what the server asks has no answer", unanswered(failure));
                    }
                },
                QuestionThreads.ALL);
    }

    private static Exception unanswered(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof UnansweredException || cause instanceof RpcException) {
            return (Exception) cause;
        }
        return new RpcException(0, "what the server asks cannot be passed on: " + cause.getMessage());
    }

    private void answerAtOnce(JsonNode request) {
        JsonNode id = request.get("id");
        ObjectNode answer = request.path("method").asText().equals(Methods.PING)
                ? Rpc.result(id, Rpc.object())
                : Rpc.error(id, new RpcError(RpcError.METHOD_NOT_FOUND, "Method not found"));
        send(answer);
    }

    private void send(ObjectNode answer) {
        try {
            transport.send(answer, null);
        } catch (LostException e) {
            // The session notices the lost connection.
        }
    }

    private void notice(String method, JsonNode params, PendingRequest own) {
        switch (method) {
            case Methods.PROGRESS -> {
                PendingRequest request =
                        pending.get(params.path(Protocol.META_PROGRESS_TOKEN).asText());
                if (request != null) {
                    request.listener().progress(params);
                }
            }
            case Methods.LOG_MESSAGE -> {
                JsonNode data = params.path("data");
                said(data.isTextual() ? data.textValue() : data.toString(), own);
            }
            case Methods.TOOLS_CHANGED -> onListChanged.run();
            default -> {}
        }
    }

    /** A log line belongs to the request on whose stream it came, or else to the only one under way. */
    void said(String text, PendingRequest own) {
        PendingRequest one = pending.belonging(own);
        if (one != null) {
            one.listener().log(text);
        }
    }

    /**
     * Ends the request whose answer was too large. With {@code id} null that is the only request under way, and the
     * connection ends.
     */
    void tooLarge(String id, int most) {
        PendingRequest only = pending.only();
        PendingRequest request = id != null ? pending.answered(id) : only != null ? pending.remove(only.id()) : null;
        if (id == null || request == null) {
            // First, so that a caller who hears of this finds another connection.
            lost("it sent a message larger than " + most + " bytes", true);
        }
        if (request != null) {
            request.fail(new TooLargeException(most));
        }
    }

    /**
     * Takes no more requests, because the server has forgotten the session or cannot be reached. Requests under way have
     * streams of their own, which tell what becomes of each.
     */
    void retire(String why) {
        retired = true;
        end.complete(why);
    }

    /** Ends the connection and all requests under way. */
    void lost(String why, boolean sent) {
        end.complete(why);
        for (PendingRequest request : pending.all()) {
            pending.remove(request.id());
            request.fail(new LostException(why, sent));
        }
    }

    @Override
    public void close() {
        if (!retired) {
            lost("the server was stopped", true);
        }
        transport.close();
    }
}
