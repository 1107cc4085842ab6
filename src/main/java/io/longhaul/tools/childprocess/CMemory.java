package io.longhaul.tools.childprocess;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.longhaul.environment.ProcessText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/** Memory for calls of {@link Libc}, freed when this is closed. */
final class CMemory implements AutoCloseable {
    private static final Charset ENCODING = ProcessText.encoding(Program.CHARSET);

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
        byte[] bytes = text.getBytes(ENCODING);
        long block = zeros(bytes.length + 1);
        new Pointer(block).write(0, bytes, 0, bytes.length);
        return block;
    }

    /** Pointers to texts, terminated by a null pointer. */
    long texts(List<String> texts) {
        List<byte[]> all = texts.stream().map(text -> text.getBytes(ENCODING)).toList();
        int at = (all.size() + 1) * Long.BYTES;
        int size = at + all.stream().mapToInt(text -> text.length + 1).sum();
        long block = zeros(size);
        // One write instead of two for each text: each is a call out of Java.
        ByteBuffer filled = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        for (int i = 0; i < all.size(); i++) {
            filled.putLong(i * Long.BYTES, block + at);
            filled.put(at, all.get(i));
            at += all.get(i).length + 1;
        }
        new Pointer(block).write(0, filled.array(), 0, size);
        return block;
    }

    @Override
    public void close() {
        blocks.forEach(Native::free);
    }
}
