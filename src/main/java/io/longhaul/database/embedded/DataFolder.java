package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of an embedded PostgreSQL: programs, data, password, log.
 *
 * @param root absolute path
 */
record DataFolder(Path root) {
    static DataFolder at(Path folder) {
        DataFolder data = new DataFolder(folder.toAbsolutePath().normalize());
        try {
            Files.createDirectories(data.root);
            return new DataFolder(data.root.toRealPath());
        } catch (IOException e) {
            throw data.unusable(e);
        }
    }

    Path cluster(int major) {
        return root.resolve(Cluster.PREFIX + major);
    }

    Path password() {
        return root.resolve("password");
    }

    Path lastPort() {
        return root.resolve("port");
    }

    Path lock() {
        return root.resolve("instance.lock");
    }

    Path log() {
        return root.resolve("postgres.log");
    }

    /** Checks before the first byte is written, because a disk that fills up in the middle leaves partial files. */
    void requireSpace(int megabytes) {
        // Not by the file store: Java looks for its mount point, and the root of a chroot has none.
        long free = root.toFile().getUsableSpace() >> 20;
        if (free < megabytes) {
            throw new EmbeddedPostgresException(
                    root + " has " + free + " MB left and PostgreSQL needs " + megabytes,
                    "free some space there, or set LONGHAUL_DATA to a folder with room");
        }
    }

    /** Entries whose name starts with a prefix. */
    List<Path> startingWith(String prefix) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(e -> e.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    /** Renames a finished file or folder; a crash leaves the old state or the new one, nothing between. */
    void publish(Path finished, Path name) throws IOException {
        Files.move(finished, name, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(root, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** The error for a file that could not be read or written. */
    EmbeddedPostgresException unusable(IOException e) {
        return unusable(root, e);
    }

    static EmbeddedPostgresException unusable(Path root, IOException e) {
        String cure = "set LONGHAUL_DATA to a folder that " + System.getProperty("user.name") + " can write to";
        if (e instanceof AccessDeniedException denied) {
            return new EmbeddedPostgresException(
                    "no permission for " + denied.getFile(), "change its owner, or " + cure, e);
        }
        String reason = e instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : e.getMessage() == null ? e.toString() : e.getMessage();
        return new EmbeddedPostgresException(
                "cannot keep data in " + root + " (" + reason + ")", "cure that, or " + cure, e);
    }
}
