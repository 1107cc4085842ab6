package io.longhaul.api.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * A request whose body is read before anybody asks for it, as it comes and without a thread, up to a limit. It is copied:
 * a client that sends it byte by byte costs bytes, and no buffer for each.
 */
final class BufferedBody extends Request.Wrapper {
    /** The largest body of a single job; more is read by whoever serves the request, on a thread of its own. */
    private static final int MOST = (1 << 20) + 1;

    private static final int SMALLEST = 512;

    private final BufferBudget held;
    private Consumer<BufferedBody> done;
    private byte[] bytes = new byte[0];
    private int size;
    private boolean given;

    /** Whether this runs in a call of Jetty's. */
    private boolean called;

    /** The end of the body, or what went wrong, or null while there is more. */
    private Content.Chunk end;

    BufferedBody(Request request, BufferBudget held) {
        super(request);
        this.held = held;
    }

    /** Reads it; then calls back with this, or with null if there is no room for it. */
    void read(Consumer<BufferedBody> then) {
        done = then;
        Request.addCompletionListener(getWrapped(), failure -> held.remove(bytes.length));
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

    /** Jetty calls back again only after a call has returned, and whoever serves the request may wait for that. */
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
        return hasRoom;
    }

    private boolean makeRoom(int more) {
        if (size + more <= bytes.length) {
            return true;
        }
        int length = Math.max(Math.max(SMALLEST, size + more), Math.min(2 * bytes.length, MOST));
        if (!held.add(length - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, length);
        return true;
    }

    /** Whether nothing more has to be waited for. */
    boolean isWhole() {
        return end != null;
    }

    @Override
    public Content.Chunk read() {
        if (!given) {
            given = true;
            if (size > 0) {
                return Content.Chunk.from(ByteBuffer.wrap(bytes, 0, size), end == Content.Chunk.EOF);
            }
        }
        return end == null ? super.read() : end;
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
