package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Splits a stream into lines of bytes, in bounded memory for any input. */
public final class LineReader {
    static final int CHUNK = 16 * 1024;

    /** Bounds the memory for long lines, even if many commands write at once. */
    private static final Semaphore LONG_LINES = new Semaphore(4);

    private final int longest;
    private final LineSink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private final Spill line = new Spill();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong busyNanos = new AtomicLong();

    /** When the sink began with the lines that it has; null while it has none. */
    private volatile Long busySince;

    private boolean skipping;
    private boolean finished;

    /** Takes lines one by one. */
    public interface LineSink {
        /**
         * Takes one line. A line that is too long is passed on at once, even if it never ends.
         *
         * @param line without its line feed; at most the longest length
         * @param cut whether it is longer, and the rest is dropped
         */
        void line(byte[] line, boolean cut);
    }

    /**
     * Creates a reader.
     *
     * @param longest bytes of a line that are kept
     */
    public LineReader(int longest, LineSink sink) {
        this.longest = longest;
        this.sink = sink;
    }

    /**
     * Reads to the end; a last line without line feed counts.
     *
     * @param in not closed
     */
    public void readAll(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            take(chunk, length);
        }
        finish();
    }

    /**
     * Passes on the incomplete last line and ignores all further input; for another thread when the end does not come.
     */
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

    /** Bytes that were read until now. */
    public long bytes() {
        return bytes.get();
    }

    /** How long the sink, which may be slow, has had lines until now. */
    public Duration busy() {
        // Read first: if the sink ends meanwhile, too much is counted once, and never too little.
        Long since = busySince;
        long before = busyNanos.get();
        return Duration.ofNanos(since == null ? before : before + System.nanoTime() - since);
    }

    /** Takes what was read; at most {@link #CHUNK} bytes at a time. */
    void take(byte[] chunk, int length) {
        lock.lock();
        try {
            bytes.addAndGet(length);
            if (!finished) {
                timed(chunk, length);
            }
        } finally {
            lock.unlock();
        }
    }

    private void timed(byte[] chunk, int length) {
        long begun = System.nanoTime();
        busySince = begun;
        try {
            split(chunk, length);
        } finally {
            busyNanos.addAndGet(System.nanoTime() - begun);
            busySince = null;
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
            // The beginning of a line that is cut this late is of no use.
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
