package io.longhaul.tools.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that are kept in memory while they are few and in a temporary file once they are many. Not for two threads at once. */
final class Spill extends OutputStream {
    /** A thousand commands may be writing at the same time. */
    static final int IN_MEMORY = 8 * 1024;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private RandomAccessFile file;
    private int size;

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        size += length;
        if (memory.size() + length <= IN_MEMORY) {
            memory.write(bytes, from, length);
        } else {
            toFile(bytes, from, length);
        }
    }

    // Past the buffer in memory: it would never shrink again.
    private void toFile(byte[] bytes, int from, int length) {
        try {
            if (file == null) {
                Path path = Files.createTempFile("longhaul-output", "");
                file = new RandomAccessFile(path.toFile(), "rw");
                // Open, it stays as long as we need it, and goes with this process however that ends.
                Files.delete(path);
            }
            file.write(memory.toByteArray());
            memory.reset();
            file.write(bytes, from, length);
        } catch (IOException e) {
            throw new UncheckedIOException("No room for a command's output in java.io.tmpdir", e);
        }
    }

    int size() {
        return size;
    }

    /** All of it, in an array of its own. */
    byte[] toBytes() {
        if (file == null) {
            return memory.toByteArray();
        }
        toFile(new byte[0], 0, 0);
        byte[] all = new byte[size];
        try {
            file.seek(0);
            file.readFully(all);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("A command's output cannot be read back", e);
        }
    }

    /** Forgets all of it, and the file. */
    void reset() {
        memory.reset();
        size = 0;
        close();
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            file = null;
        }
    }
}
