package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcMessage;
import java.util.Optional;
import java.util.function.Consumer;

/** How one request is cancelled: as the server expects it of a client of that era over HTTP, and again until it has heard of it. */
final class Cancelling {
    private final Link link;
    private final Request request;
    private final Consumer<String> log;
    private ObjectNode notice;
    private boolean begun;
    private String job;
    private volatile boolean cancelled;
    private volatile EventStream events;

    /** Takes in {@code log} what is for people. */
    Cancelling(Link link, Request request, Consumer<String> log) {
        this.link = link;
        this.request = request;
        this.log = log;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** True once the server has begun to answer by a stream. */
    synchronized boolean hasBegun() {
        return begun;
    }

    /** The answer comes as this stream, maybe for a job that is cancelled together with the request. */
    void streams(EventStream stream, String itsJob) {
        events = stream;
        boolean late;
        synchronized (this) {
            late = !begun && cancelled;
            begun = true;
            job = itsJob == null ? job : itsJob;
        }
        if (late) {
            tell();
        }
    }

    /** The answer came at once: the call goes on as this job, which is cancelled together with the request. */
    void runsAs(String itsJob) {
        boolean late;
        synchronized (this) {
            late = !begun && cancelled;
            begun = true;
            job = itsJob;
        }
        if (late) {
            tell();
        }
    }

    void streamIsOver() {
        events = null;
    }

    /** What has not begun cannot be cancelled yet: the server would not find it. It is cancelled when it begins. */
    void cancel(ObjectNode said) {
        boolean first;
        synchronized (this) {
            first = begun && !cancelled;
            notice = cancelled ? notice : said;
            cancelled = true;
        }
        if (first) {
            tell();
        }
    }

    private void tell() {
        try {
            message().map(message -> new Notice(link, message, true).send()).ifPresent(log);
        } finally {
            close();
        }
    }

    private synchronized Optional<Request> message() {
        if (job != null) {
            return Optional.of(cancelJob());
        }
        // A modern client that closes the stream has done what there is to do.
        return request.isModern() ? Optional.empty() : Optional.of(new Request(notice, RpcMessage.of(notice)));
    }

    private Request cancelJob() {
        ObjectNode params = Rpc.object().put("taskId", job);
        if (request.isModern()) {
            ObjectNode meta = Rpc.meta(params).put(Protocol.META_VERSION, Protocol.MODERN);
            meta.putObject(Protocol.META_CAPABILITIES).putObject("extensions").putObject(Protocol.TASKS);
        }
        ObjectNode body = Rpc.notification("tasks/cancel", params).put("id", "longhaul-cancel");
        return new Request(body, RpcMessage.of(body));
    }

    private void close() {
        EventStream open = events;
        if (open != null) {
            open.close();
        }
    }

    void dropIfSilent() {
        EventStream open = events;
        if (open != null) {
            open.closeIfSilent();
        }
    }
}
