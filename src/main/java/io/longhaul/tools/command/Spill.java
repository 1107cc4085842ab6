package io.longhaul.tools.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes that are kept in memory while they are few and in a temporary file once they are many. Not for two threads at once. */
final class Spill extends OutputStream {
    /** A thousand commands may be writing at the same time. */
    static final int IN_MEMORY = 32 * 1024;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private FileChannel file;
    private int size;

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        size += length;
        memory.write(bytes, from, length);
        if (memory.size() > IN_MEMORY) {
            toFile();
        }
    }

    private void toFile() {
        try {
            if (file == null) {
                Path path = Files.createTempFile("longhaul-output", "");
                file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            }
            ByteBuffer rest = ByteBuffer.wrap(memory.toByteArray());
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            memory.reset();
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
        toFile();
        ByteBuffer all = ByteBuffer.allocate(size);
        try {
            while (all.hasRemaining() && file.read(all, all.position()) >= 0) {
                // A read may give less than there is.
            }
        } catch (IOException e) {
            throw new UncheckedIOException("A command's output cannot be read back", e);
        }
        return all.array();
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
