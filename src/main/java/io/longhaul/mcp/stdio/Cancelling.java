package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcMessage;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How one request is cancelled: as the server expects it of a client of that era over HTTP. */
final class Cancelling {
    private static final int LONGEST_BEGIN_SECONDS = 10;

    private final Link link;
    private final Request request;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean cancelled;
    private volatile EventStream events;
    private volatile String job;

    Cancelling(Link link, Request request) {
        this.link = link;
        this.request = request;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** The answer comes as this stream, maybe for a job that is cancelled together with the request. */
    void streams(EventStream stream, String itsJob) {
        events = stream;
        job = itsJob == null ? job : itsJob;
        begun.countDown();
    }

    void streamIsOver() {
        events = null;
    }

    /** The request has been answered, or given up. */
    void over() {
        begun.countDown();
    }

    /** What has not begun cannot be cancelled: the server would not find it. */
    void cancel(ObjectNode notice) {
        cancelled = true;
        try {
            if (begun.await(LONGEST_BEGIN_SECONDS, TimeUnit.SECONDS) && (events != null || job != null)) {
                tell(notice);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // Whoever closes the stream has done what there is to do.
            return;
        } finally {
            close();
        }
    }

    private void tell(ObjectNode notice) throws IOException {
        if (!request.isModern()) {
            link.endpoint()
                    .post(Json.bytes(notice), link.session().headers())
                    .body()
                    .close();
        } else if (job != null) {
            ObjectNode params = Rpc.object().put("taskId", job);
            ObjectNode meta = Rpc.meta(params).put(Protocol.META_VERSION, Protocol.MODERN);
            meta.putObject(Protocol.META_CAPABILITIES).putObject("extensions").putObject(Protocol.TASKS);
            ObjectNode body = Rpc.notification("tasks/cancel", params).put("id", "longhaul-cancel");
            Map<String, String> headers = new Request(body, RpcMessage.of(body)).headers();
            link.endpoint().post(Json.bytes(body), headers).body().close();
        }
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
