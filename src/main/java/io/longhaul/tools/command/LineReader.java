package io.longhaul.tools.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/** Cuts a stream into lines of bytes, in bounded memory whatever the stream brings. */
final class LineReader {
    private static final int CHUNK = 16 * 1024;

    /** Long lines come into memory a few at a time, however many commands write at once. */
    private static final Semaphore LONG_LINES = new Semaphore(4);

    private final int longest;
    private final LineSink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private final Spill line = new Spill();
    private boolean cut;
    private boolean finished;

    /** Takes lines one by one. */
    interface LineSink {
        /**
         * Takes one line.
         *
         * @param line without its line feed; at most the longest length
         * @param cut whether the rest of a longer line was dropped
         */
        void line(byte[] line, boolean cut);
    }

    LineReader(int longest, LineSink sink) {
        this.longest = longest;
        this.sink = sink;
    }

    /** Reads to the end; a last line without line feed counts. */
    void readAll(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            take(chunk, length);
        }
        finish();
    }

    /** Hands on what is there of the last line and takes no more; from another thread when the end will not come. */
    void finish() {
        lock.lock();
        try {
            if (!finished && line.size() > 0) {
                end();
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
        int room = Math.min(length, longest - line.size());
        line.write(chunk, start, room);
        cut |= room < length;
    }

    private void end() {
        if (line.size() <= Spill.IN_MEMORY) {
            handOn();
            return;
        }
        LONG_LINES.acquireUninterruptibly();
        try {
            handOn();
        } finally {
            LONG_LINES.release();
        }
    }

    private void handOn() {
        // Of a line that was cut this late, nobody wants the rest.
        byte[] bytes = cut && line.size() > Spill.IN_MEMORY ? new byte[0] : line.toBytes();
        boolean wasCut = cut;
        line.reset();
        cut = false;
        sink.line(bytes, wasCut);
    }
}
