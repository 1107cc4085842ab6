package io.longhaul.api.backpressure;

import io.longhaul.streams.EventStreams;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * An answer that is buffered while its client does not read, so that the thread that makes it need not wait. Parts that are
 * too large for the buffer are written as fast as the client reads: the thread waits, and makes way for other requests. Event
 * streams, and what is written like them, have limits of their own.
 */
final class BufferedAnswer extends Response.Wrapper {
    /** The largest buffer of one answer. */
    private static final int MOST = 4 << 20;

    private final Callback callback;
    private final BufferBudget budget;
    private final Queue<Part> parts = new ArrayDeque<>();
    private final Writing writing = new Writing();
    private int bytes;

    /** Parts that are not buffered, and not written yet. */
    private int unwritten;

    private boolean completed;
    private boolean over;

    /** The reason why writing has failed, or null. */
    private Throwable failure;

    private boolean told;

    /** A part of the answer. The callback is null if the part is buffered, because then nothing waits for it. */
    private record Part(ByteBuffer content, boolean last, Callback written, int kept) {}

    BufferedAnswer(Request request, Response response, Callback callback, BufferBudget budget) {
        super(request, response);
        this.callback = callback;
        this.budget = budget;
        Request.addCompletionListener(request, failure -> forget());
    }

    /** Call this when the answer is complete. The client may not have received all of it yet. */
    Callback completion() {
        return Callback.from(this::complete, this::fail);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback written) {
        if (isStream()) {
            super.write(last, content, written);
            return;
        }
        int length = content == null ? 0 : content.remaining();
        boolean keeps;
        Throwable gone;
        synchronized (this) {
            gone = failure;
            keeps = gone == null && !over && bytes + length <= MOST && budget.add(length, bytes + length);
            if (keeps) {
                bytes += length;
            } else if (gone == null) {
                unwritten++;
            }
            if (gone == null) {
                parts.add(
                        keeps
                                ? new Part(copy(content, length), last, null, length)
                                : new Part(content, last, written, 0));
            }
        }
        if (gone != null) {
            written.failed(gone);
            return;
        }
        writing.iterate();
        if (keeps) {
            written.succeeded();
        } else if (waits() && !Lane.makeWay()) {
            // The status may be sent already. An end of the connection also ends the write that waits.
            getRequest().getConnectionMetaData().getConnection().getEndPoint().close();
        }
    }

    private synchronized boolean waits() {
        return unwritten > 0 && failure == null;
    }

    private boolean isStream() {
        String type = getHeaders().get(HttpHeader.CONTENT_TYPE);
        return (type != null && type.startsWith(EventStreams.MEDIA_TYPE))
                || getRequest().getAttribute(EventStreams.UNBUFFERED) != null;
    }

    private static ByteBuffer copy(ByteBuffer content, int length) {
        ByteBuffer copy = ByteBuffer.allocate(length);
        if (content != null) {
            copy.put(content);
        }
        return copy.flip();
    }

    /** Before this call, a failure of writing is only reported through a write. */
    private void complete() {
        synchronized (this) {
            completed = true;
        }
        writing.iterate();
        tellFailure();
    }

    private void fail(Throwable reason) {
        synchronized (this) {
            completed = true;
        }
        writing.abort(reason);
        tellFailure();
    }

    private void tellFailure() {
        Throwable reason;
        synchronized (this) {
            reason = completed && !told ? failure : null;
            told |= reason != null;
        }
        if (reason != null) {
            callback.failed(reason);
        }
    }

    private synchronized void forget() {
        over = true;
        budget.remove(bytes);
        bytes = 0;
    }

    /** Writes the parts one after another. */
    private final class Writing extends IteratingCallback {
        private Part now;

        @Override
        protected Action process() {
            synchronized (BufferedAnswer.this) {
                now = parts.poll();
                if (now == null) {
                    return completed ? Action.SUCCEEDED : Action.IDLE;
                }
            }
            BufferedAnswer.super.write(now.last(), now.content(), this);
            return Action.SCHEDULED;
        }

        @Override
        protected void onSuccess() {
            synchronized (BufferedAnswer.this) {
                if (!over) {
                    bytes -= now.kept();
                    budget.remove(now.kept());
                }
                unwritten -= now.written() == null ? 0 : 1;
            }
            Callback written = now.written();
            now = null;
            if (written != null) {
                written.succeeded();
            }
        }

        @Override
        protected void onCompleteSuccess() {
            callback.succeeded();
        }

        @Override
        protected void onCompleteFailure(Throwable reason) {
            Part current = now;
            synchronized (BufferedAnswer.this) {
                failure = reason;
            }
            tell(current, reason);
            for (Part part = poll(); part != null; part = poll()) {
                tell(part, reason);
            }
            tellFailure();
        }

        private static void tell(Part part, Throwable reason) {
            if (part != null && part.written() != null) {
                part.written().failed(reason);
            }
        }

        private Part poll() {
            synchronized (BufferedAnswer.this) {
                return parts.poll();
            }
        }
    }
}
