package io.longhaul.cli.remote;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Prints data in UTF-8, and knows why it could not be written: a {@link PrintStream} tells nobody. */
final class Printer extends PrintStream {
    private final Watched sink;

    Printer(OutputStream out) {
        this(new Watched(out));
    }

    private Printer(Watched sink) {
        super(new BufferedOutputStream(sink), false, StandardCharsets.UTF_8);
        this.sink = sink;
    }

    /**
     * Writes out what was printed.
     *
     * @throws Shell.NobodyReads if the reader has closed it
     * @throws Misuse if it cannot be written, as on a full disk
     */
    void settle() {
        if (!checkError()) {
            return;
        }
        throw failed(sink.failure);
    }

    /** The same output for bytes, which says at once that they cannot be written. */
    OutputStream writer() {
        settle();
        return sink;
    }

    /** What a failure to write means. */
    RuntimeException failed(IOException failure) {
        return failure instanceof StandardOutput.ReaderGone
                ? new Shell.NobodyReads()
                : new Misuse("standard output cannot be written: " + failure.getMessage());
    }

    private static final class Watched extends FilterOutputStream {
        private IOException failure;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
