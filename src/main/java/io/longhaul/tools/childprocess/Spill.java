package io.longhaul.tools.childprocess;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that are kept in memory while they are few and in a temporary file once they are many. Not thread-safe. */
public final class Spill extends OutputStream {
    /** A thousand commands may write at the same time. */
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

    // Bypasses the buffer in memory, which would never shrink again.
    private void toFile(byte[] bytes, int from, int length) {
        try {
            if (file == null) {
                Path path = Files.createTempFile("longhaul-output", "");
                file = new RandomAccessFile(path.toFile(), "rw");
                // The open file stays readable, and vanishes with this process in any case.
                Files.delete(path);
            }
            file.write(memory.toByteArray());
            memory.reset();
            file.write(bytes, from, length);
        } catch (IOException e) {
            throw new UncheckedIOException("No room for an output in java.io.tmpdir", e);
        }
    }

    /** The number of bytes. */
    public int size() {
        return size;
    }

    /** A copy of all bytes. */
    public byte[] toBytes() {
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
            throw new UncheckedIOException("An output cannot be read back", e);
        }
    }

    /** Forgets all bytes, and removes the file. */
    public void reset() {
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
