package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.OpenAnswers;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.streams.EventStream;
import io.longhaul.streams.EventStreams;
import io.longhaul.traces.Trace;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One HTTP request and its response: a whole answer, or a stream that ends with the answer. */
final class Exchange {
    /** The headers go out with the first bytes, and clients wait for them. */
    private static final byte[] BEGIN = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AsyncContext context;
    private final EventStreams streams;
    private final Caller caller;
    private final Consumer<ObjectNode> batch;
    private volatile Runnable unwatch = () -> {};
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile UUID job;
    private RpcMessage message;
    private Runnable afterAnswer = () -> {};

    Exchange(HttpServletRequest request, HttpServletResponse response, EventStreams streams, Caller caller) {
        this.request = request;
        this.response = response;
        this.streams = streams;
        this.caller = caller;
        this.batch = null;
        this.context = request.startAsync();
        context.setTimeout(0);
        this.unwatch = OpenAnswers.watch(request, () -> fail(ErrorTranslator.revoked(job)));
    }

    private Exchange(Exchange whole, Consumer<ObjectNode> batch) {
        this.request = whole.request;
        this.response = whole.response;
        this.streams = whole.streams;
        this.caller = whole.caller;
        this.context = whole.context;
        this.batch = batch;
    }

    /** True for the first answer, which is the only one. */
    private boolean begin() {
        boolean first = answered.compareAndSet(false, true);
        if (first) {
            unwatch.run();
        }
        return first;
    }

    /**
     * An exchange for one message of a batch.
     *
     * @param answers takes the answer to the message; null if the message is not answered
     */
    Exchange part(Consumer<ObjectNode> answers) {
        return new Exchange(this, answers);
    }

    /** Sets the message, once it has been read. */
    void setMessage(RpcMessage read) {
        message = read;
    }

    RpcMessage message() {
        return message;
    }

    /**
     * Sets the job of the call, once it is committed: no failure may look from then on as if there were none.
     *
     * @param isShared whether other calls may wait for it; then the answer does not name it as one that may be cancelled with its call
     */
    void setJob(UUID committed, boolean isShared) {
        job = committed;
        if (!isShared && batch == null) {
            setHeader(LonghaulNames.JOB_HEADER, committed.toString());
        }
    }

    /** The committed job of the call, or null. */
    UUID job() {
        return job;
    }

    boolean isAnswered() {
        return answered.get();
    }

    Caller caller() {
        return caller;
    }

    HttpServletRequest request() {
        return request;
    }

    /**
     * A header of the request, or null.
     *
     * @throws RpcError if it is there with different values: a proxy may have read another one than this server
     */
    String header(String name) {
        List<String> values =
                Collections.list(request.getHeaders(name)).stream().distinct().toList();
        if (values.size() > 1) {
            throw new RpcError(
                            RpcError.HEADER_MISMATCH,
                            "Header mismatch: the header " + name + " is there more than once, with different values."
                                    + " Send it once.")
                    .withStatus(HttpServletResponse.SC_BAD_REQUEST);
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /** Sets a header of the response; has no effect after the answer. */
    void setHeader(String name, String value) {
        response.setHeader(name, value);
    }

    JsonNode id() {
        return message == null ? null : message.id();
    }

    /** True if the client accepts a stream; for a message of a batch there is none of its own. */
    boolean acceptsStreams() {
        if (batch != null) {
            return false;
        }
        String accept = String.join(",", Collections.list(request.getHeaders("Accept")));
        return accept.isEmpty()
                || accept.contains(EventStreams.MEDIA_TYPE)
                || accept.contains("*/*")
                || accept.contains("text/*");
    }

    /** Sets what runs after a whole answer. It does not run for a stream, which reports its own end. */
    void onAnswer(Runnable work) {
        afterAnswer = work;
    }

    /** The trace in the {@code _meta} of the message, or else the trace of the HTTP request. */
    String traceId() {
        return workTrace().traceId();
    }

    /** The same trace, whole. */
    Trace workTrace() {
        return trace().orElseGet(() -> Trace.in(request));
    }

    /** The trace in the {@code _meta} of the message. */
    Optional<Trace> trace() {
        return Trace.parse(message.meta().path(Protocol.META_TRACE).asText(""));
    }

    void answer(ObjectNode result) {
        write(HttpServletResponse.SC_OK, Rpc.result(id(), MistypedNames.warned(MistypedNames.of(message), result)));
    }

    void fail(RpcError error) {
        // The headers of a response are those of the whole batch.
        if (batch == null) {
            setRetryAfter(error);
        }
        write(error.status(), Rpc.error(id(), error));
    }

    /** Refuses a client's answer to a request of this server. The error has no id, because the answer's is of this server. */
    void refuse(RpcError error) {
        write(error.status(), Rpc.error(null, error));
    }

    /** Answers without a body. */
    void acknowledge(int status) {
        if (!begin()) {
            return;
        }
        if (batch != null) {
            batch.accept(null);
        } else {
            response.setStatus(status);
            context.complete();
        }
    }

    /**
     * Answers with the answers to a batch.
     *
     * @param answers an array of JSON
     * @param jobs jobs that the answers are of
     */
    void answerAll(byte[] answers, List<String> jobs) {
        if (begin()) {
            send(HttpServletResponse.SC_OK, answers, jobs);
        }
    }

    private void write(int status, ObjectNode body) {
        if (!begin()) {
            return;
        }
        if (batch != null) {
            batch.accept(body);
        } else {
            send(status, Json.bytes(body), JobAnswer.job(body).stream().toList());
        }
        afterAnswer.run();
    }

    private void send(int status, byte[] bytes, List<String> jobs) {
        if (!isSent(status, bytes)) {
            RpcError busy = ErrorTranslator.overloaded(jobs);
            setRetryAfter(busy);
            isSent(busy.status(), Json.bytes(Rpc.error(id(), busy)));
        }
    }

    private void setRetryAfter(RpcError error) {
        if (error.retryAfterSeconds() > 0) {
            response.setHeader("Retry-After", Long.toString(error.retryAfterSeconds()));
        }
    }

    private boolean isSent(int status, byte[] bytes) {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLengthLong(bytes.length);
        return streams.send(context, bytes);
    }

    /**
     * Refuses a call that may need a stream while there is no room for one: once its job is committed it would be too late.
     *
     * @throws io.longhaul.streams.TooManyStreamsException if there is none
     */
    void requireRoomForStream() {
        if (acceptsStreams()) {
            streams.requireRoom();
        }
    }

    /** Begins the stream that answers this request. Events may be offered before it is started. */
    EventStream open(EventStream.End end) {
        EventStream stream = streams.open(context, end);
        if (!begin()) {
            throw new IllegalStateException("A request is answered once");
        }
        stream.offer(BEGIN);
        return stream;
    }

    void start(EventStream stream) {
        streams.start(stream);
    }

    /** A message as an event of a stream; JSON text has no line breaks. */
    static byte[] event(ObjectNode message) {
        return EventStream.event("message", Json.bytes(message));
    }
}
