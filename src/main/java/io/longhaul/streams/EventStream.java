package io.longhaul.streams;

import io.longhaul.auth.OpenAnswers;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeoutException;

/**
 * A client that reads server-sent events. It holds no thread: events are written as fast as the connection takes them, by the
 * thread that offers them or by the container. A client that reads too slowly is dropped; it reconnects and continues.
 */
public final class EventStream implements WriteListener {
    /** A client for which more bytes wait is dropped when another event comes. */
    static final int MOST_WAITING = 1 << 20;

    /** Large events are written in parts of this size, so that a client counts as reading while it takes one. */
    private static final int PART = 64 << 10;

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final EventStreams all;
    private final End end;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private byte[] current = NOTHING;
    private int written;
    private long waitingBytes;

    /** What this stream has taken of the memory of all. */
    private long heldBytes;

    private boolean open;
    private boolean unflushed;
    private boolean ending;
    private boolean closed;
    private Runnable unwatch = () -> {};
    private final long openedNanos = System.nanoTime();
    private long movedNanos = System.nanoTime();

    /** Is told how a stream ends. */
    public interface End {
        /** The stream has ended, for whatever reason; called once. */
        void closed(EventStream stream);

        /** The client closed the connection before all was written, and not because the node stops; called first. */
        default void abandoned() {}

        /** The credential of the client no longer counts. Offers what there is to say, and ends the stream. */
        default void revoked(EventStream stream) {
            stream.end();
        }

        /** The node stops. Offers what there is to say, and ends the stream. */
        default void released(EventStream stream) {
            stream.close(null, false);
        }
    }

    EventStream(AsyncContext context, EventStreams all, End end) throws IOException {
        this.context = context;
        this.out = context.getResponse().getOutputStream();
        this.all = all;
        this.end = end;
    }

    /** Formats an event as in the HTML standard. The data must not contain line breaks. */
    public static byte[] event(String id, String name, String data) {
        return ("id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Formats an event without an id. */
    public static byte[] event(String name, byte[] data) {
        byte[] start = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(start.length + data.length + 2)
                .put(start)
                .put(data)
                .put((byte) '\n')
                .put((byte) '\n')
                .array();
    }

    /** Gives an event an id. */
    public static byte[] identified(String id, byte[] event) {
        byte[] start = ("id: " + id + "\n").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(start.length + event.length)
                .put(start)
                .put(event)
                .array();
    }

    /** Sets the client's last event id and its reconnection time, without an event. */
    public static byte[] position(String id) {
        return ("retry: 1000\nid: " + id + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    void start() {
        if (!isClosed()) {
            out.setWriteListener(this);
        }
    }

    /** Queues an event. Drops the client if too much is waiting already. */
    public void offer(byte[] event) {
        offer(event, MOST_WAITING);
    }

    /**
     * Queues an event of a series whose sender bounds it. Much may wait, as the events may come faster than any client
     * reads; only a client that reads nothing for too long is dropped, or one that is behind when all are.
     */
    public void offerBounded(byte[] event) {
        offer(event, Long.MAX_VALUE);
    }

    /** True if so much waits to be written that the next event should wait with its sender. */
    public boolean isBehind() {
        return isBehind(MOST_WAITING);
    }

    private void offer(byte[] event, long mostWaiting) {
        if (isBehind(mostWaiting)) {
            close("did not read " + mostWaiting + " bytes in time", false);
        } else if (!isTaken(event)) {
            close("reads too slowly, and so much waits for all clients that no more is taken", false);
        }
    }

    private synchronized boolean isBehind(long mostWaiting) {
        return !closed && !ending && waitingBytes > mostWaiting;
    }

    /** Queues an event, or returns false if there is no memory for it. */
    synchronized boolean isTaken(byte[] event) {
        if (closed || ending) {
            return true;
        }
        if (!all.memory().take(event.length, heldBytes)) {
            return false;
        }
        heldBytes += event.length;
        if (waitingBytes == 0) {
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

    /** True if nothing waits to be written. */
    public synchronized boolean isIdle() {
        return open && waitingBytes == 0 && !ending && !closed;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Ends this stream when the credential of its request no longer counts. */
    void watch() {
        Runnable forget = OpenAnswers.watch(context.getRequest(), () -> end.revoked(this));
        synchronized (this) {
            unwatch = forget;
        }
        if (isClosed()) {
            forget.run();
        }
    }

    void release() {
        end.released(this);
    }

    /**
     * Keeps the connection alive, drops a client that has read nothing for too long, or ends a stream of a great age.
     *
     * @param longest the age, or null for any
     */
    void tick(Duration keepAlive, Duration patience, Duration longest) {
        long still = stillNanos();
        if (longest != null && System.nanoTime() - openedNanos > longest.toNanos()) {
            end();
        }
        if (still > patience.toNanos() && !isIdle()) {
            close("has read nothing for " + patience.toSeconds() + " s", false);
        } else if (still > keepAlive.toNanos() && isIdle()) {
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

    /** A client that reads nothing for too long has not closed the connection. */
    @Override
    public void onError(Throwable failure) {
        close(null, !(failure instanceof TimeoutException) && !(failure.getCause() instanceof TimeoutException));
    }

    private void pump() {
        try {
            while (open && !closed && out.isReady() && writeNext()) {
                movedNanos = System.nanoTime();
            }
        } catch (IOException | IllegalStateException e) {
            // The client has gone.
            close(null, true);
        }
    }

    /** False if there is nothing more to do now. */
    private boolean writeNext() throws IOException {
        if (waitingBytes > 0) {
            writePart();
            return true;
        }
        if (unflushed) {
            unflushed = false;
            out.flush();
            return true;
        }
        give(current.length);
        current = NOTHING;
        written = 0;
        if (ending) {
            close(null, false);
        }
        return false;
    }

    private void writePart() throws IOException {
        if (written == current.length) {
            give(current.length);
            current = waiting.remove();
            written = 0;
        }
        int from = written;
        int count = Math.min(PART, current.length - from);
        written += count;
        waitingBytes -= count;
        unflushed = true;
        out.write(current, from, count);
    }

    private void give(long bytes) {
        heldBytes -= bytes;
        all.memory().give(bytes);
    }

    /**
     * Ends the stream now.
     *
     * @param reason logged; null if the client did nothing wrong
     * @param abandoned whether the client closed the connection
     */
    private void close(String reason, boolean abandoned) {
        if (!markClosed()) {
            return;
        }
        if (reason != null) {
            EventStreams.LOG.warn("A client of an event stream {}; it is dropped", reason);
        }
        all.remove(this);
        unwatched().run();
        try {
            tellEnd(abandoned);
        } finally {
            complete();
        }
    }

    private void tellEnd(boolean abandoned) {
        try {
            if (abandoned && !all.isReleased()) {
                end.abandoned();
            }
        } finally {
            end.closed(this);
        }
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            // The container has completed it already.
            EventStreams.LOG.debug("A stream was over already", e);
        }
    }

    private synchronized Runnable unwatched() {
        return unwatch;
    }

    private synchronized boolean markClosed() {
        boolean first = !closed;
        closed = true;
        waiting.clear();
        give(heldBytes);
        current = NOTHING;
        written = 0;
        return first;
    }
}
