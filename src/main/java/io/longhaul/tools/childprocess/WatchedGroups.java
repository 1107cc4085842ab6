package io.longhaul.tools.childprocess;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The groups of a {@link ProcessGuard}, in memory that is a file at the same time: so the shell can read them after the
 * server's end, however that came, and a change costs no system call. Each line has a number and, while that is watched, a
 * plus sign. The shell removes the file as soon as it has opened it. Not thread-safe.
 */
final class WatchedGroups {
    /** Watches nothing. */
    static final WatchedGroups NONE = new WatchedGroups(null, ByteBuffer.allocate(0));

    /** Groups beyond are found by their mark alone. */
    private static final int MOST = 4096;

    /** Linux numbers processes up to 4194304. */
    private static final int DIGITS = 10;

    /** The number, a blank, the sign and a line feed. */
    private static final int LINE = DIGITS + 3;

    private static final int SIGN = DIGITS + 1;

    private final Path file;
    private final ByteBuffer lines;
    private final Map<Long, Integer> used = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    private WatchedGroups(Path file, ByteBuffer lines) {
        this.file = file;
        this.lines = lines;
        for (int at = 0; at < lines.capacity(); at += LINE) {
            free.add(at);
        }
    }

    /** Makes a new file; without room for one, nothing is watched. */
    static WatchedGroups create() {
        try {
            Path file = Files.createTempFile("longhaul-groups", "");
            // Written, because memory of a file that finds no room breaks off the server.
            Files.write(file, " ".repeat(LINE - 1).concat("\n").repeat(MOST).getBytes(StandardCharsets.US_ASCII));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MappedByteBuffer lines = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
                return new WatchedGroups(file, lines);
            }
        } catch (IOException e) {
            return NONE;
        }
    }

    /** The path of the file, or an empty text. */
    String file() {
        return file == null ? "" : file.toString();
    }

    void add(long group) {
        Integer at = used.containsKey(group) ? null : free.poll();
        if (at != null) {
            used.put(group, at);
            write(at, group);
        }
    }

    void remove(long group) {
        Integer at = used.remove(group);
        if (at != null) {
            lines.put(at + SIGN, (byte) ' ');
            free.push(at);
        }
    }

    private void write(int at, long group) {
        long rest = group;
        for (int digit = DIGITS - 1; digit >= 0; digit--) {
            lines.put(at + digit, (byte) (rest == 0 ? ' ' : '0' + rest % 10));
            rest /= 10;
        }
        // The server may end between two bytes, and half a number is that of another group.
        VarHandle.releaseFence();
        lines.put(at + SIGN, (byte) '+');
    }
}
