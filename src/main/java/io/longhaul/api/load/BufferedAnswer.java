package io.longhaul.api.load;

import io.longhaul.api.http.EventStreams;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * An answer that is kept in memory while its client does not read it, so that whoever makes it needs not wait. What is too
 * large to be kept is written at the client's pace, as are streams, which have bounds of their own.
 */
final class BufferedAnswer extends Response.Wrapper {
    /** The largest part of an answer that is kept. */
    private static final int MOST = 4 << 20;

    private final Callback callback;
    private final BufferBudget held;
    private final Queue<Part> parts = new ArrayDeque<>();
    private final Writing writing = new Writing();
    private int bytes;
    private boolean completed;
    private boolean over;

    /** Why nothing more can be written, or null. */
    private Throwable failure;

    private boolean told;

    /** A part of the answer; the callback is null where nobody waits for it. */
    private record Part(ByteBuffer content, boolean last, Callback written, int kept) {}

    BufferedAnswer(Request request, Response response, Callback callback, BufferBudget held) {
        super(request, response);
        this.callback = callback;
        this.held = held;
        Request.addCompletionListener(request, failure -> forget());
    }

    /** To be told when the answer is made; the client may not have all of it then. */
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
            keeps = gone == null && !over && bytes + length <= MOST && held.add(length);
            if (keeps) {
                bytes += length;
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
        }
    }

    private boolean isStream() {
        String type = getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && type.startsWith(EventStreams.MEDIA_TYPE);
    }

    private static ByteBuffer copy(ByteBuffer content, int length) {
        ByteBuffer copy = ByteBuffer.allocate(length);
        if (content != null) {
            copy.put(content);
        }
        return copy.flip();
    }

    /** Whoever makes the answer is ready. Before, nobody may hear that writing has failed but through a write. */
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
        held.remove(bytes);
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
                    held.remove(now.kept());
                }
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
