package io.longhaul.api.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * A client that reads server-sent events. It holds no thread: events are written as fast as the connection takes them, by the
 * thread that offers them or by the container. A client that reads too slowly is dropped; it reconnects and continues.
 */
public final class EventStream implements WriteListener {
    /** Bytes that may wait for a client. An event of a job has at most 200 KB. */
    static final int MOST_BYTES = 1 << 20;

    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Consumer<EventStream> over;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean open;
    private boolean unflushed;
    private boolean ending;
    private boolean closed;
    private long movedNanos = System.nanoTime();

    EventStream(AsyncContext context, Consumer<EventStream> over) throws IOException {
        this.context = context;
        this.out = context.getResponse().getOutputStream();
        this.over = over;
    }

    /** Formats an event as in the HTML standard. */
    public static byte[] event(String id, String name, String json) {
        return ("id: " + id + "\nevent: " + name + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Sets the client's last event id and its reconnection time, without an event. */
    public static byte[] position(String id) {
        return ("retry: 1000\nid: " + id + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    void start() {
        out.setWriteListener(this);
    }

    /** Queues an event. Drops the client if too much is waiting already. */
    public void offer(byte[] event) {
        if (!take(event)) {
            close("did not read " + MOST_BYTES + " bytes in time");
        }
    }

    private synchronized boolean take(byte[] event) {
        if (closed || ending) {
            return true;
        }
        if (waitingBytes + event.length > MOST_BYTES) {
            return false;
        }
        if (waiting.isEmpty()) {
            movedNanos = System.nanoTime();
        }
        waiting.add(event);
        waitingBytes += event.length;
        pump();
        return true;
    }

    /** Ends the stream after all events are written. */
    public synchronized void end() {
        ending = true;
        pump();
    }

    public synchronized boolean isIdle() {
        return open && waiting.isEmpty() && !ending && !closed;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Keeps the connection alive, or drops a client that has read nothing for too long. */
    void tick(long keepAliveNanos, long patienceNanos) {
        long still = stillNanos();
        if (still > patienceNanos && !isIdle()) {
            close("has read nothing for " + patienceNanos / 1_000_000_000 + " s");
        } else if (still > keepAliveNanos && isIdle()) {
            offer(KEEP_ALIVE);
        }
    }

    private synchronized long stillNanos() {
        return System.nanoTime() - movedNanos;
    }

    @Override
    public synchronized void onWritePossible() {
        open = true;
        pump();
    }

    @Override
    public void onError(Throwable failure) {
        close(null);
    }

    private void pump() {
        try {
            while (open && !closed && out.isReady() && writeNext()) {
                movedNanos = System.nanoTime();
            }
        } catch (IOException | IllegalStateException e) {
            // The client has gone.
            close(null);
        }
    }

    /** False if there is nothing more to do now. */
    private boolean writeNext() throws IOException {
        byte[] next = waiting.poll();
        if (next != null) {
            waitingBytes -= next.length;
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
            close(null);
        }
        return false;
    }

    /** Ends the stream now. The reason is logged; null if the client did nothing wrong. */
    void close(String reason) {
        if (!markClosed()) {
            return;
        }
        if (reason != null) {
            EventStreams.LOG.warn("A client of an event stream {}; it is dropped", reason);
        }
        over.accept(this);
        try {
            context.complete();
        } catch (IllegalStateException e) {
            // The container has completed it already.
            EventStreams.LOG.debug("A stream was over already", e);
        }
    }

    private synchronized boolean markClosed() {
        boolean first = !closed;
        closed = true;
        waiting.clear();
        return first;
    }
}
