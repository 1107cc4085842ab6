package io.longhaul.tools.childprocess;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/** Memory for calls of {@link Libc}, freed when this is closed. */
final class CMemory implements AutoCloseable {
    private final List<Long> blocks = new ArrayList<>();

    /** A block of zeros. */
    long zeros(int size) {
        long block = Native.malloc(size);
        blocks.add(block);
        new Pointer(block).clear(size);
        return block;
    }

    /** A text, terminated by a NUL. */
    long text(String text) {
        byte[] bytes = text.getBytes(Program.CHARSET);
        long block = zeros(bytes.length + 1);
        new Pointer(block).write(0, bytes, 0, bytes.length);
        return block;
    }

    /** Pointers to texts, terminated by a null pointer. */
    long texts(List<String> texts) {
        long block = zeros((texts.size() + 1) * Long.BYTES);
        for (int i = 0; i < texts.size(); i++) {
            new Pointer(block).setLong((long) i * Long.BYTES, text(texts.get(i)));
        }
        return block;
    }

    @Override
    public void close() {
        blocks.forEach(Native::free);
    }
}
