package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One request on its way to the server, and its answer on the way back. It is sent again where the server or the connection
 * is lost: calls have an id, so that they make one job however often they are sent.
 */
final class Relay implements Runnable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Link link;
    private final Request request;
    private final Output out;
    private final Cancelling cancelling;
    private RpcError last;
    private boolean sent;
    private boolean learned;
    private boolean renewed;
    private boolean refused;
    private double progress = Double.NEGATIVE_INFINITY;

    /** Takes in {@code log} what is for people. */
    Relay(Link link, Request request, Output out, Consumer<String> log) {
        this.link = link;
        this.request = request;
        this.out = out;
        this.cancelling = new Cancelling(link, request, log);
    }

    Request request() {
        return request;
    }

    /** The client wants no answer any more; {@code notice} says so. */
    void cancel(ObjectNode notice) {
        cancelling.cancel(notice);
    }

    /** Ends a stream on which nothing has come for too long. */
    void dropIfSilent() {
        cancelling.dropIfSilent();
    }

    @Override
    public void run() {
        String callId = request.isCall() ? link.lostCalls().id(request) : null;
        if (callId != null) {
            request.identify(callId);
        }
        try {
            boolean answered = serve() && !refused;
            if (!answered && callId != null && sent) {
                link.lostCalls().add(request, callId);
            }
        } catch (RuntimeException e) {
            answer(Rpc.error(
                    request.id(),
                    new RpcError(
                            RpcError.INTERNAL_ERROR, "The answer of the server could not be read: " + e.getMessage())));
        }
    }

    /** False if there was no answer. */
    private boolean serve() {
        Trouble trouble = new Trouble(link);
        while (isWanted()) {
            boolean waits = true;
            try {
                if (!request.isModern() && !request.is("initialize")) {
                    link.session().await();
                }
                if (attempt()) {
                    return true;
                }
            } catch (Endpoint.Unreachable e) {
                last = sent ? link.lost() : link.unreachable();
            } catch (HttpTimeoutException e) {
                sent = true;
                waits = false;
                last = link.lost();
            } catch (IOException e) {
                sent = true;
                last = link.lost();
            }
            if (isWanted() && (!waits || !trouble.mayTryAgain(sent))) {
                answer(Rpc.error(request.id(), last));
                return false;
            }
        }
        return true;
    }

    /** A cancelled call whose job may have begun is sent once more, to learn which job is to be cancelled. */
    private boolean isWanted() {
        return !cancelling.isCancelled() || (sent && request.isCall() && !cancelling.hasBegun());
    }

    /** Sends it once; false if it should be sent again. */
    private boolean attempt() throws IOException {
        Map<String, String> headers = link.headers(request);
        HttpResponse<InputStream> response = link.endpoint().post(Json.bytes(request.body()), headers);
        if (response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
            sent = true;
            return follow(response);
        }
        byte[] bytes;
        try (InputStream body = response.body()) {
            bytes = body.readAllBytes();
        }
        return take(response, tree(bytes), headers);
    }

    private boolean follow(HttpResponse<InputStream> response) throws IOException {
        // The server knew the session; it may forget this one, too.
        renewed = false;
        refused = false;
        try (EventStream events = new EventStream(response.body())) {
            cancelling.streams(
                    events,
                    response.headers().firstValue(LonghaulNames.JOB_HEADER).orElse(null));
            for (String data = events.next(); data != null; data = events.next()) {
                if (tree(data.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode message && take(message)) {
                    return true;
                }
            }
        } finally {
            cancelling.streamIsOver();
        }
        if (cancelling.isCancelled()) {
            return true;
        }
        last = link.lost();
        return false;
    }

    /** Passes on what came on a stream; true if it was the answer. */
    private boolean take(ObjectNode message) throws IOException {
        if (message.has("method")) {
            if (rises(message)) {
                write(message);
            }
            return false;
        }
        if (isStopping(message)) {
            throw new IOException("The node stops");
        }
        answer(message);
        return true;
    }

    private static boolean isStopping(JsonNode message) {
        return message.at("/error/data/error_code").asText().equals("SHUTTING_DOWN");
    }

    /** Progress that was told before the connection was lost is not told again. */
    private boolean rises(JsonNode message) {
        JsonNode value = message.at("/params/progress");
        if (!message.path("method").asText().equals("notifications/progress") || !value.isNumber()) {
            return true;
        }
        boolean rises = value.doubleValue() > progress;
        progress = Math.max(progress, value.doubleValue());
        return rises;
    }

    /** Passes on an answer that came as a whole; false if the request should be sent again. */
    private boolean take(HttpResponse<?> response, JsonNode body, Map<String, String> headers) throws IOException {
        int status = response.statusCode();
        if (!renewed && status == NOT_FOUND && headers.containsKey(Protocol.SESSION_HEADER)) {
            link.session().renew(headers);
            renewed = true;
            return attempt();
        }
        if (!learned && request.isCall() && body.at("/error/code").asInt() == RpcError.HEADER_MISMATCH) {
            learned = true;
            link.mirrored().learn(request.message());
            return attempt();
        }
        refused = status != OK;
        boolean isRpc = body.has("jsonrpc");
        // A call that was cancelled before it was answered goes on as a job that its client never hears of.
        response.headers().firstValue(LonghaulNames.JOB_HEADER).ifPresent(cancelling::runsAs);
        if (Trouble.STATUSES.contains(status) && isSoonBack(response)) {
            link.endpoint().leave(response.uri());
            last = isRpc
                    ? new RpcError(
                            RpcError.INTERNAL_ERROR, body.at("/error/message").asText())
                    : Refusal.foreign(response.uri(), status, body);
            return false;
        }
        if (isRpc) {
            if (request.is("initialize")) {
                link.session().begun(request.body(), response, body);
            } else if (!request.isModern() && body.has("result")) {
                link.session().note(request.message(), request.body());
            }
            answer((ObjectNode) body);
        } else {
            answer(Rpc.error(request.id(), Refusal.foreign(response.uri(), status, body)));
        }
        return true;
    }

    private static boolean isSoonBack(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> !seconds.matches("[0-4]"))
                .isEmpty();
    }

    /** An answer to what could not be read has no id; here it is known which request it is for. */
    private void answer(ObjectNode message) {
        message.set("id", request.id());
        write(message);
    }

    private void write(ObjectNode message) {
        if (!cancelling.isCancelled()) {
            out.write(message);
        }
    }

    private static JsonNode tree(byte[] bytes) {
        try {
            return Json.read(bytes);
        } catch (RpcError e) {
            return MissingNode.getInstance();
        }
    }
}
