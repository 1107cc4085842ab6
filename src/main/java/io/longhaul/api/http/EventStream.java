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
 * A client that reads server-sent events. It holds no thread: what is offered is written as the connection takes it, by
 * whoever offers or by the container. A client that reads too slowly is dropped; it comes back to where it was.
 */
public final class EventStream implements WriteListener {
    /** What may wait for a client; an event of a job has 200 KB at the most. */
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

    /** An event in the format of the HTML standard. */
    public static byte[] event(String id, String name, String json) {
        return ("id: " + id + "\nevent: " + name + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Tells the client where it stands, without an event, and how soon to come back when the connection breaks. */
    public static byte[] position(String id) {
        return ("retry: 1000\nid: " + id + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Begins to write. */
    void start() {
        out.setWriteListener(this);
    }

    /** Takes an event to be written; drops the client if too much waits for it already. */
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

    /** Ends the stream once all is written. */
    public synchronized void end() {
        ending = true;
        pump();
    }

    /** Whether nothing waits to be written. */
    public synchronized boolean isIdle() {
        return open && waiting.isEmpty() && !ending && !closed;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Keeps the connection alive, or drops a client that has read nothing of what waits for so long. */
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

    /** False when there is nothing more to do for now. */
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

    /** Ends the stream now; with a reason, the client is dropped for what it did. */
    void close(String reason) {
        if (!markClosed()) {
            return;
        }
        if (reason != null) {
            EventStreams.LOG.warn("A client of events {} and is dropped", reason);
        }
        over.accept(this);
        try {
            context.complete();
        } catch (IllegalStateException e) {
            // The container has completed it.
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
