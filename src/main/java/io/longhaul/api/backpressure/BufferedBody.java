package io.longhaul.api.backpressure;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * A request whose body is read in advance, as it arrives and without a thread, up to a limit. The body is copied, so that a
 * client that sends single bytes does not hold a network buffer for each. One that arrives too slowly fails, so that nobody
 * keeps this memory for long.
 */
final class BufferedBody extends Request.Wrapper {
    /** The largest body of a single job. The thread that serves the request reads the rest. */
    private static final int MOST = (1 << 20) + 1;

    private static final int SMALLEST = 512;

    /** Time for a body of any size, in which a client may also be silent once. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Bytes that must arrive in each second after that. A mobile connection with poor reception is faster. */
    private static final long LEAST_PER_SECOND = 8 << 10;

    private final BufferBudget budget;
    private final LongSupplier nanoTime;
    private final long begunNanos;
    private Consumer<BufferedBody> done;
    private byte[] bytes = new byte[0];
    private int size;
    private boolean given;

    /** True if this runs in a callback of Jetty. */
    private boolean called;

    /** The end of the body, or its failure, or null while there is more. */
    private Content.Chunk end;

    BufferedBody(Request request, BufferBudget budget, LongSupplier nanoTime) {
        super(request);
        this.budget = budget;
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong();
    }

    /** Reads the body, then calls back with this, or with null if there is no memory for it. */
    void read(Consumer<BufferedBody> then) {
        done = then;
        Request.addCompletionListener(getWrapped(), failure -> forget());
        readOn();
    }

    private void readOn() {
        while (end == null && size < MOST) {
            Content.Chunk chunk = super.read();
            if (chunk == null) {
                called = true;
                super.demand(this::readOn);
                return;
            }
            if (!take(chunk)) {
                finish(null);
                return;
            }
        }
        finish(this);
    }

    /** Continues on another thread if this is a callback: the request may wait for the next one, which comes after this. */
    private void finish(BufferedBody body) {
        if (called) {
            getContext().execute(() -> done.accept(body));
        } else {
            done.accept(body);
        }
    }

    private boolean take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            end = chunk;
            return true;
        }
        ByteBuffer more = chunk.getByteBuffer();
        boolean hasRoom = makeRoom(more.remaining());
        if (hasRoom) {
            int length = more.remaining();
            more.get(bytes, size, length);
            size += length;
            end = chunk.isLast() ? Content.Chunk.EOF : null;
        }
        chunk.release();
        if (end == null && isTooSlow()) {
            end = Content.Chunk.from(new TimeoutException("The body arrives too slowly"), true);
        }
        return hasRoom;
    }

    /** Looked at when bytes arrive: a client that sends none runs into the idle timeout. */
    private boolean isTooSlow() {
        long allowed = GRACE_NANOS + TimeUnit.SECONDS.toNanos(size) / LEAST_PER_SECOND;
        return nanoTime.getAsLong() - begunNanos > allowed;
    }

    private boolean makeRoom(int more) {
        if (size + more <= bytes.length) {
            return true;
        }
        int length = Math.max(Math.max(SMALLEST, size + more), Math.min(2 * bytes.length, MOST));
        if (!budget.add(length - bytes.length, length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, length);
        return true;
    }

    /** Tells whether the whole body has arrived. */
    boolean isWhole() {
        return end != null;
    }

    @Override
    public Content.Chunk read() {
        if (!given) {
            given = true;
            if (size > 0) {
                return Content.Chunk.from(ByteBuffer.wrap(bytes, 0, size), end == Content.Chunk.EOF, this::forget);
            }
        }
        return end == null ? super.read() : end;
    }

    /** Gives the memory back once the bytes are read: the rest of a large body may take long. */
    private synchronized void forget() {
        budget.remove(bytes.length);
        bytes = new byte[0];
    }

    @Override
    public void demand(Runnable demandCallback) {
        if (given && end == null) {
            super.demand(demandCallback);
        } else {
            getContext().execute(demandCallback);
        }
    }
}
