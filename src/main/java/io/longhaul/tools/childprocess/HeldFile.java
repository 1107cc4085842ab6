package io.longhaul.tools.childprocess;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file or folder that is held by a descriptor, so that replacing it meanwhile, such as by a link to the server's own
 * environment, does not change what is read here. Holding does not open it: a pipe without a writer does not block.
 * If the C library cannot be called, the file is found by its path each time.
 */
public final class HeldFile implements Closeable {
    private static final int NONE = -1;
    private static final int HOLD = Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
    private static final LinkOption[] THIS_VERY_FILE = {};
    private static final LinkOption[] NO_LINK = {LinkOption.NOFOLLOW_LINKS};

    private final int descriptor;
    private final Path place;

    private HeldFile(int descriptor, Path place) {
        this.descriptor = descriptor;
        this.place = descriptor == NONE ? place : Path.of("/proc/self/fd", Integer.toString(descriptor));
    }

    /**
     * Holds the file, folder or link at a path; a link itself, not its target.
     *
     * @return to be closed
     * @throws IOException if there is nothing, or it cannot be reached
     */
    public static HeldFile of(Path path) throws IOException {
        if (Libc.MISSING != null) {
            return byPath(path);
        }
        try (CMemory memory = new CMemory()) {
            return of(Libc.openat(NONE, memory.text(path.toAbsolutePath().toString()), HOLD), path);
        }
    }

    /**
     * Holds an entry of this folder.
     *
     * @param name of an entry, without a slash
     * @return to be closed
     * @throws IOException if there is none, or this is not a folder
     */
    public HeldFile at(Path name) throws IOException {
        if (descriptor == NONE) {
            return byPath(place.resolve(name));
        }
        try (CMemory memory = new CMemory()) {
            return of(Libc.openat(descriptor, memory.text(name.toString()), HOLD), name);
        }
    }

    private static HeldFile byPath(Path path) throws IOException {
        // Throws if there is nothing.
        Files.readAttributes(path, BasicFileAttributes.class, NO_LINK);
        return new HeldFile(NONE, path);
    }

    private static HeldFile of(int descriptor, Path path) throws IOException {
        if (descriptor >= 0) {
            return new HeldFile(descriptor, path);
        }
        String name = path.toString();
        throw switch (Libc.lastErrorNumber()) {
            case Libc.ENOENT -> new NoSuchFileException(name);
            case Libc.EACCES -> new AccessDeniedException(name);
            case Libc.ENOTDIR -> new NotDirectoryException(name);
            default -> Libc.lastError();
        };
    }

    private LinkOption[] options() {
        return descriptor == NONE ? NO_LINK : THIS_VERY_FILE;
    }

    /** The attributes; of a link its own. */
    public BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(place, BasicFileAttributes.class, options());
    }

    /**
     * The entries of a folder.
     *
     * @return paths of which the last part is a name; to be closed
     * @throws IOException if it is not a folder, or may not be read
     */
    // The caller closes it.
    @SuppressWarnings("StreamResourceLeak")
    public DirectoryStream<Path> entries() throws IOException {
        return Files.newDirectoryStream(place);
    }

    /**
     * Opens the content; for files only.
     *
     * @return to be closed
     */
    public InputStream read() throws IOException {
        return Files.newInputStream(place, options());
    }

    @Override
    public void close() {
        if (descriptor != NONE) {
            Libc.close(descriptor);
        }
    }
}
