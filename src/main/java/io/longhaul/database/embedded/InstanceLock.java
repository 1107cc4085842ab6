package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by the one process that may start and stop the server of a folder. The kernel frees it when that process dies.
 */
final class InstanceLock implements AutoCloseable {
    /**
     * Folders locked by this JVM. POSIX drops a lock when ANY descriptor of the file is closed, so a second try in the
     * same process must not even open it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private InstanceLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The lock; empty if another instance has it. */
    static Optional<InstanceLock> tryAcquire(DataFolder folder) throws IOException {
        Path file = folder.lock();
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            Optional<InstanceLock> acquired =
                    lock == null ? Optional.empty() : Optional.of(new InstanceLock(file, channel).signed());
            locked = acquired.isPresent();
            return acquired;
        } finally {
            if (!locked) {
                HELD.remove(file);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** The error for the next instance, with the process that holds the lock. */
    static EmbeddedPostgresException refusal(DataFolder folder) {
        return new EmbeddedPostgresException(
                folder.root() + " is in use by another Longhaul (" + holder(folder.lock()) + ")",
                "stop that one first, or set LONGHAUL_DATA to another folder");
    }

    private static String holder(Path file) {
        if (HELD.contains(file)) {
            return "this very process";
        }
        try {
            return "process " + Files.readString(file).strip();
        } catch (IOException e) {
            return "its process is not known";
        }
    }

    private InstanceLock signed() throws IOException {
        channel.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid));
        return this;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(file);
    }
}
