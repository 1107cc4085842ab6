package io.longhaul.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a folder with anything that programs may have left in it: millions of files, nested folders with paths longer
 * than the system allows, names in no character set, folders without permissions. Links are removed and not followed,
 * mounts are left alone, and an entry that cannot be removed does not keep others from being removed.
 *
 * <p>Folders are opened by handles, and each one found is first moved to the top. So none is reached by a long path, at
 * most three are open at once, and only a number is remembered. A mount refuses to be moved.
 */
final class FolderRemoval {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.files");

    private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx------");

    /** Upper bound on passes over a folder that does not become empty: a process is writing to it. */
    private static final int MOST_LOOKS = 10;

    private final Path folder;
    private final SecureDirectoryStream<Path> top;
    private final String prefix = ".removed-" + UUID.randomUUID() + "-";
    private long found;
    private long resisting;
    private String firstResisting;

    private FolderRemoval(Path folder, SecureDirectoryStream<Path> top) {
        this.folder = folder;
        this.top = top;
    }

    /** Removes a folder, or a file in its place; returns false and logs it if something is left. */
    static boolean remove(Path folder) {
        try {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return removeFolder(folder);
            }
            Files.deleteIfExists(folder);
            return true;
        } catch (IOException | DirectoryIteratorException e) {
            return tell(folder, 1, e.toString());
        }
    }

    private static boolean tell(Path folder, long count, String why) {
        LOG.warn(
                "{} of what a call left in {} cannot be removed ({}). The next server that starts here tries again;"
                        + " whoever may can remove it by hand.",
                count,
                folder,
                why);
        return false;
    }

    private static boolean removeFolder(Path folder) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        try (DirectoryStream<Path> opened = open(parent)) {
            if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
                RemovalByPath.remove(folder);
                return true;
            }
            try (SecureDirectoryStream<Path> top = open(secure, parent, folder.getFileName())) {
                FolderRemoval tree = new FolderRemoval(folder, top);
                tree.empty();
                if (tree.resisting > 0) {
                    return tell(folder, tree.resisting, tree.firstResisting);
                }
            }
            secure.deleteDirectory(folder.getFileName());
            return true;
        }
    }

    /** Opens a folder; the caller closes it. */
    @SuppressWarnings("StreamResourceLeak")
    private static DirectoryStream<Path> open(Path folder) throws IOException {
        try {
            return Files.newDirectoryStream(folder);
        } catch (AccessDeniedException e) {
            loosen(folder);
            return Files.newDirectoryStream(folder);
        }
    }

    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> within, Path path, Path name)
            throws IOException {
        SecureDirectoryStream<Path> opened;
        try {
            opened = within.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            loosen(path.resolve(name));
            opened = within.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
        try {
            opened.getFileAttributeView(PosixFileAttributeView.class).setPermissions(OURS);
        } catch (IOException e) {
            // Another user's folder; its contents may still be the server user's.
        }
        return opened;
    }

    // A folder without read permission cannot be opened, and so its permissions cannot be changed by its handle. If it
    // were replaced by a link meanwhile, only a user with the same rights could have done that.
    private static void loosen(Path shut) throws IOException {
        if (Files.isDirectory(shut, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(shut, OURS);
        }
    }

    private void empty() {
        lookThrough(top, Path.of(""));
        for (long number = 0; number < found; number++) {
            removeMoved(Path.of(prefix + number));
        }
    }

    private void removeMoved(Path moved) {
        long before = resisting;
        try {
            for (int look = 1; ; look++) {
                try (SecureDirectoryStream<Path> opened = open(top, folder, moved)) {
                    lookThrough(opened, moved);
                }
                try {
                    top.deleteDirectory(moved);
                    return;
                } catch (DirectoryNotEmptyException e) {
                    if (resisting > before) {
                        return;
                    }
                    if (look == MOST_LOOKS) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            resists(moved, e);
        }
    }

    /** Removes the files of a folder, and moves its folders to the top. */
    private void lookThrough(SecureDirectoryStream<Path> opened, Path place) {
        try {
            for (Path entry : opened) {
                Path name = entry.getFileName();
                if (!name.toString().startsWith(prefix)) {
                    removeOrMove(opened, place, name);
                }
            }
        } catch (DirectoryIteratorException e) {
            resists(place, e.getCause());
        }
    }

    private void removeOrMove(SecureDirectoryStream<Path> opened, Path place, Path name) {
        try {
            BasicFileAttributeView view =
                    opened.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (view.readAttributes().isDirectory()) {
                move(opened, place, name);
                found++;
            } else {
                opened.deleteFile(name);
            }
        } catch (IOException e) {
            resists(place.resolve(name), e);
        }
    }

    // A folder can be moved to a new parent only if it is writable.
    private void move(SecureDirectoryStream<Path> opened, Path place, Path name) throws IOException {
        Path to = Path.of(prefix + found);
        try {
            opened.move(name, top, to);
        } catch (AccessDeniedException e) {
            loosen(folder.resolve(place).resolve(name));
            opened.move(name, top, to);
        }
    }

    private void resists(Path what, IOException why) {
        resisting++;
        if (firstResisting == null) {
            String reason = why instanceof FileSystemException system && system.getReason() != null
                    ? system.getReason()
                    : why.getClass().getSimpleName();
            firstResisting = what + ": " + reason;
        }
    }

    /** Removes a folder by the paths of its contents, on systems whose folders Java cannot open by handles. */
    private static final class RemovalByPath extends SimpleFileVisitor<Path> {
        private RemovalByPath() {}

        static void remove(Path folder) throws IOException {
            Files.walkFileTree(folder, new RemovalByPath());
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
