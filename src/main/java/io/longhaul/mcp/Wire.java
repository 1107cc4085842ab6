package io.longhaul.mcp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeoutException;

/**
 * An answer on its way to a client. It holds no thread: what is offered is written as the connection takes it, by whoever
 * offers or by the container. What only informs is offered to an idle wire only, so that a slow reader costs one answer and
 * no queue.
 */
final class Wire implements WriteListener {
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Ends ends;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private boolean open;
    private boolean unflushed;
    private boolean ending;
    private boolean closed;
    private long movedNanos = System.nanoTime();

    /** Who is told how a wire ends. */
    interface Ends {
        /** It has ended, in whatever way; told once. */
        void closed(Wire wire);

        /** The client has closed its side before all was written; told before {@link #closed}. */
        void left();

        /** The node stops: what there is to say is offered now, and the wire ended. */
        void released(Wire wire);
    }

    Wire(AsyncContext context, Ends ends) throws IOException {
        this.context = context;
        this.out = context.getResponse().getOutputStream();
        this.ends = ends;
    }

    /** Begins to write. */
    void start() {
        out.setWriteListener(this);
    }

    /** Takes what is to be written. */
    synchronized void offer(byte[] bytes) {
        if (!closed && !ending) {
            if (waiting.isEmpty()) {
                movedNanos = System.nanoTime();
            }
            waiting.add(bytes);
            pump();
        }
    }

    /** Ends once all is written. */
    synchronized void end() {
        ending = true;
        pump();
    }

    /** Whether nothing waits to be written. */
    synchronized boolean isIdle() {
        return open && waiting.isEmpty() && !ending && !closed;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Keeps the connection alive; a client that has gone is noticed by that. */
    synchronized void keepAlive(long afterNanos) {
        if (isIdle() && System.nanoTime() - movedNanos > afterNanos) {
            offer(KEEP_ALIVE);
        }
    }

    void release() {
        ends.released(this);
    }

    @Override
    public synchronized void onWritePossible() {
        open = true;
        pump();
    }

    /** A client that reads nothing for too long is still there, as far as anybody knows. */
    @Override
    public void onError(Throwable failure) {
        close(!(failure instanceof TimeoutException) && !(failure.getCause() instanceof TimeoutException));
    }

    private void pump() {
        try {
            while (open && !closed && out.isReady() && writeNext()) {
                movedNanos = System.nanoTime();
            }
        } catch (IOException | IllegalStateException e) {
            close(true);
        }
    }

    /** False when there is nothing more to do for now. */
    private boolean writeNext() throws IOException {
        byte[] next = waiting.poll();
        if (next != null) {
            unflushed = true;
            out.write(next);
            return true;
        }
        if (unflushed) {
            unflushed = false;
            out.flush();
            return true;
        }
        if (ending) {
            close(false);
        }
        return false;
    }

    private void close(boolean clientLeft) {
        if (!markClosed()) {
            return;
        }
        if (clientLeft) {
            ends.left();
        }
        ends.closed(this);
        try {
            context.complete();
        } catch (IllegalStateException e) {
            Wires.LOG.debug("An answer was over already", e);
        }
    }

    private synchronized boolean markClosed() {
        boolean first = !closed;
        closed = true;
        waiting.clear();
        return first;
    }
}
