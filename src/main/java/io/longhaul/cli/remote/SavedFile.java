package io.longhaul.cli.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that has its whole content or is as it was before.
 *
 * @param path where it goes
 * @param replaces whether it may take the place of another file
 */
record SavedFile(Path path, boolean replaces) {
    /** Writes the content, and returns its size. */
    interface Content {
        long write(OutputStream out) throws IOException;
    }

    /**
     * Writes the file.
     *
     * @return its size
     * @throws FileAlreadyExistsException if it would replace one that it may not
     */
    long fill(Content content) throws IOException {
        if (Files.exists(path) && !replaces) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "it is a folder");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return writeInto(content);
        }
        // Where a link leads, not the link.
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        // Without the target's name, which may be as long as a name can be.
        Path part = target.resolveSibling("." + UUID.randomUUID() + ".part");
        part.toFile().deleteOnExit();
        try {
            long bytes;
            try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW)) {
                bytes = content.write(out);
            }
            publish(part, target);
            return bytes;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A device or a pipe. */
    private long writeInto(Content content) throws IOException {
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.WRITE)) {
            return content.write(out);
        }
    }

    private void publish(Path part, Path target) throws IOException {
        if (replaces) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.move(part, target);
        }
    }
}
