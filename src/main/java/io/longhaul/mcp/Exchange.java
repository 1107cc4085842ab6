package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** One request over HTTP and the way back to its client: an answer as a whole, or a stream that ends with it. */
final class Exchange {
    private static final String EVENT_STREAM = "text/event-stream";

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AsyncContext context;
    private final Wires wires;
    private final Caller caller;
    private final AtomicBoolean answered = new AtomicBoolean();
    private RpcMessage message;
    private Runnable afterAnswer = () -> {};

    Exchange(HttpServletRequest request, HttpServletResponse response, Wires wires, Caller caller) {
        this.request = request;
        this.response = response;
        this.wires = wires;
        this.caller = caller;
        this.context = request.startAsync();
        context.setTimeout(0);
    }

    /** Says what the request is, once it has been read. */
    void is(RpcMessage read) {
        message = read;
    }

    RpcMessage message() {
        return message;
    }

    Caller caller() {
        return caller;
    }

    HttpServletRequest request() {
        return request;
    }

    String header(String name) {
        return request.getHeader(name);
    }

    /** Sets a header of the answer, before that. */
    void setHeader(String name, String value) {
        response.setHeader(name, value);
    }

    JsonNode id() {
        return message == null ? null : message.id();
    }

    /** Whether the client reads streams; most have to, and say so. */
    boolean takesStreams() {
        String accept = request.getHeader("Accept");
        return accept == null || accept.contains(EVENT_STREAM) || accept.contains("*/*") || accept.contains("text/*");
    }

    /** Does something when the request has been answered as a whole; a stream has its own end. */
    void onAnswer(Runnable work) {
        afterAnswer = work;
    }

    /** The trace that the client says it belongs to, or that the request over HTTP has. */
    String traceId() {
        return Trace.id(message.meta().path(Protocol.META_TRACE).asText(""))
                .or(() -> Trace.id(String.valueOf(response.getHeader(Protocol.META_TRACE))))
                .orElseGet(Trace::begin);
    }

    void answer(ObjectNode result) {
        write(HttpServletResponse.SC_OK, Rpc.result(id(), result));
    }

    void fail(RpcError error) {
        if (error.retryAfterSeconds() > 0) {
            response.setHeader("Retry-After", Long.toString(error.retryAfterSeconds()));
        }
        write(error.status(), Rpc.error(id(), error));
    }

    /** Answers without a body. */
    void acknowledge(int status) {
        if (answered.compareAndSet(false, true)) {
            response.setStatus(status);
            context.complete();
        }
    }

    private void write(int status, ObjectNode body) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        byte[] bytes = Json.bytes(body);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLengthLong(bytes.length);
        Wire wire = wire(Silent.ENDS);
        wire.start();
        wire.offer(bytes);
        wire.end();
        afterAnswer.run();
    }

    /** Begins a stream; the maker says who hears of its end. */
    Wire stream(Function<Exchange, Wire.Ends> ends) {
        wires.requireRoom();
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("A request is answered once");
        }
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(EVENT_STREAM);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Some proxies gather answers unless told not to.
        response.setHeader("X-Accel-Buffering", "no");
        Wire wire = wire(new Listed(wires, ends.apply(this)));
        wires.add(wire);
        return wire;
    }

    private Wire wire(Wire.Ends ends) {
        try {
            return new Wire(context, ends);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a stream out of the list when it has ended. */
    private record Listed(Wires wires, Wire.Ends ends) implements Wire.Ends {
        @Override
        public void closed(Wire wire) {
            wires.remove(wire);
            ends.closed(wire);
        }

        @Override
        public void left() {
            if (!wires.isReleased()) {
                ends.left();
            }
        }

        @Override
        public void released(Wire wire) {
            ends.released(wire);
        }
    }

    /** Nobody needs to know how a whole answer fares. */
    private enum Silent implements Wire.Ends {
        ENDS;

        @Override
        public void closed(Wire wire) {}

        @Override
        public void left() {}

        @Override
        public void released(Wire wire) {}
    }
}
