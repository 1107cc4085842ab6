package io.longhaul.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's folder for its calls, created when the first call needs it. A lock beside it, which the system releases
 * at any end of the process, shows others that the server lives; the next server that starts removes the folders of a
 * dead one.
 */
final class NodeFolder {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.files");

    /** Only the server's user may read files of jobs. */
    private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx------");

    private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OURS);
    private static final String LOCK = ".lock";

    /** Locks of this JVM: opening such a file again and closing it would release the lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /**
     * The channels of those locks, held for as long as this process lives: one that nothing refers to is closed by the
     * garbage collector, and its lock is gone.
     */
    private static final Set<FileChannel> CHANNELS = ConcurrentHashMap.newKeySet();

    private final Path root;
    private Path own;

    NodeFolder(Path root) {
        this.root = root;
    }

    /** Creates a unique folder. */
    Path make() throws IOException {
        try {
            return Files.createTempDirectory(own(), "call-", PRIVATE);
        } catch (AccessDeniedException e) {
            // An earlier call may have removed the permissions.
            Files.setPosixFilePermissions(own(), OURS);
            return Files.createTempDirectory(own(), "call-", PRIVATE);
        }
    }

    private synchronized Path own() throws IOException {
        if (own == null || !Files.isDirectory(own)) {
            makeRoot();
            own = makeOwn();
        }
        return own;
    }

    // In a folder that all users may write, another user may have created it first.
    private void makeRoot() throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(root.getParent());
            try {
                Files.createDirectory(root, PRIVATE);
            } catch (FileAlreadyExistsException e) {
                // Another server was faster.
            }
        }
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            throw notOurs();
        }
        Files.setPosixFilePermissions(root, OURS);
    }

    private IOException notOurs() {
        return new IOException(root + " is not a folder of the server's user");
    }

    private Path makeOwn() throws IOException {
        Path made = null;
        while (made == null) {
            made = makeLocked("node-" + UUID.randomUUID());
        }
        return made;
    }

    /** Returns null if another server removed the lock as a dead server's before it was held. */
    private Path makeLocked(String name) throws IOException {
        Path lock = root.resolve(name + LOCK);
        HELD.add(lock);
        FileChannel channel = null;
        Path made = null;
        try {
            channel = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            FileLock held = channel.tryLock();
            if (!Files.getOwner(lock).equals(Files.getOwner(root))) {
                throw notOurs();
            }
            if (held != null && Files.exists(lock)) {
                CHANNELS.add(channel);
                made = Files.createDirectory(root.resolve(name), PRIVATE);
            }
            return made;
        } finally {
            if (made == null) {
                letGo(lock, channel);
            }
        }
    }

    private static void letGo(Path lock, FileChannel channel) throws IOException {
        if (channel != null) {
            CHANNELS.remove(channel);
            channel.close();
        }
        HELD.remove(lock);
    }

    /** Removes the folders of dead servers; returns how many could not be removed. */
    int sweep() {
        int left = 0;
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS) || !isOurs()) {
            return left;
        }
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(root, "node-*" + LOCK)) {
            for (Path lock : locks) {
                if (!HELD.contains(lock) && !sweep(lock)) {
                    left++;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("Cannot look for what calls of dead servers left in {}: {}", root, e.toString());
        }
        return left;
    }

    /** Another user's links would lead the removal elsewhere. */
    private boolean isOurs() {
        try {
            return Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self")));
        } catch (IOException e) {
            LOG.warn("Cannot tell whose folder {} is: {}", root, e.toString());
            return false;
        }
    }

    /** Returns false if something is left; the other folders are removed all the same. */
    private boolean sweep(Path lock) {
        try {
            return removeBeside(lock);
        } catch (IOException e) {
            LOG.warn("Cannot look for what a dead server left beside {}: {}", lock, e.toString());
            return false;
        }
    }

    private boolean removeBeside(Path lock) throws IOException {
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                String name = lock.getFileName().toString();
                Path left = root.resolve(name.substring(0, name.length() - LOCK.length()));
                if (!FolderRemoval.remove(left)) {
                    return false;
                }
                Files.deleteIfExists(lock);
                LOG.info("Removed what calls of a dead server left in {}", left);
            }
            return true;
        } catch (OverlappingFileLockException e) {
            // Another class loader of this JVM has it.
            return true;
        }
    }
}
