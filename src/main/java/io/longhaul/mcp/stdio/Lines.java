package io.longhaul.mcp.stdio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Splits a stream into lines, in bounded memory. Empty lines are left out. */
final class Lines {
    private static final int CHUNK = 64 << 10;

    private final int longest;
    private final Sink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean tooLong;

    /** Takes lines. */
    interface Sink {
        /** A line without its end. */
        void line(byte[] line);

        /** A line that is too long, of which no more is kept than its beginning. */
        void tooLong(byte[] beginning);
    }

    Lines(int longest, Sink sink) {
        this.longest = longest;
        this.sink = sink;
    }

    /** Reads to the end. */
    void readAll(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    take(chunk, start, i - start);
                    end();
                    start = i + 1;
                }
            }
            take(chunk, start, count - start);
        }
        end();
    }

    private void take(byte[] chunk, int start, int count) {
        int room = longest - line.size();
        tooLong |= count > room;
        line.write(chunk, start, Math.min(count, room));
    }

    private void end() {
        byte[] taken = line.toByteArray();
        if (tooLong) {
            sink.tooLong(taken);
        } else if (!isBlank(taken)) {
            sink.line(taken);
        }
        line.reset();
        tooLong = false;
    }

    private static boolean isBlank(byte[] text) {
        for (byte one : text) {
            if (one != ' ' && one != '\t' && one != '\r') {
                return false;
            }
        }
        return true;
    }
}
