package io.longhaul.tools.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/** Cuts a stream into lines of bytes, in bounded memory whatever the stream brings. */
public final class LineReader {
    private static final int CHUNK = 16 * 1024;

    /** Long lines come into memory a few at a time, however many commands write at once. */
    private static final Semaphore LONG_LINES = new Semaphore(4);

    private final int longest;
    private final LineSink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private final Spill line = new Spill();
    private boolean skipping;
    private boolean finished;

    /** Takes lines one by one. */
    public interface LineSink {
        /**
         * Takes one line. One that is too long comes as soon as it is, whether or not it ever ends.
         *
         * @param line without its line feed; at most the longest length
         * @param cut whether it is longer, and the rest is dropped
         */
        void line(byte[] line, boolean cut);
    }

    /**
     * Wires it.
     *
     * @param longest bytes of a line that are kept
     * @param sink takes the lines
     */
    public LineReader(int longest, LineSink sink) {
        this.longest = longest;
        this.sink = sink;
    }

    /**
     * Reads to the end; a last line without line feed counts.
     *
     * @param in what is read; not closed
     * @throws IOException if reading fails
     */
    public void readAll(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            take(chunk, length);
        }
        finish();
    }

    /** Hands on what is there of the last line and takes no more; from another thread when the end will not come. */
    public void finish() {
        lock.lock();
        try {
            if (!finished && line.size() > 0) {
                handOn(false);
            }
            finished = true;
            line.close();
        } finally {
            lock.unlock();
        }
    }

    private void take(byte[] chunk, int length) {
        lock.lock();
        try {
            if (!finished) {
                split(chunk, length);
            }
        } finally {
            lock.unlock();
        }
    }

    private void split(byte[] chunk, int length) {
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (chunk[i] == '\n') {
                add(chunk, start, i - start);
                end();
                start = i + 1;
            }
        }
        add(chunk, start, length - start);
    }

    private void add(byte[] chunk, int start, int length) {
        if (skipping) {
            return;
        }
        int room = Math.min(length, longest - line.size());
        line.write(chunk, start, room);
        if (room < length) {
            handOn(true);
            skipping = true;
        }
    }

    private void end() {
        if (!skipping) {
            handOn(false);
        }
        skipping = false;
    }

    private void handOn(boolean cut) {
        if (line.size() <= Spill.IN_MEMORY) {
            give(line.toBytes(), cut);
            return;
        }
        LONG_LINES.acquireUninterruptibly();
        try {
            // Of a line that is cut this late, nobody wants the rest.
            give(cut ? new byte[0] : line.toBytes(), cut);
        } finally {
            LONG_LINES.release();
        }
    }

    private void give(byte[] bytes, boolean cut) {
        line.reset();
        sink.line(bytes, cut);
    }
}
