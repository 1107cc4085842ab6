package io.longhaul.database.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/** Unpacks PostgreSQL's programs from the jar, once for each folder and version. */
final class Unpacking {
    private static final Logger LOG = LoggerFactory.getLogger(Unpacking.class);
    private static final String FINISHED = "postgresql-";
    private static final String UNFINISHED = "unpacking-";

    /** The programs take 60, and an empty cluster follows. */
    private static final int MEGABYTES = 250;

    private final DataFolder folder;

    Unpacking(DataFolder folder) {
        this.folder = folder;
    }

    /**
     * The folder of the programs, unpacked if necessary. Requires the instance lock.
     *
     * @param archive class path name of a .txz
     * @return a folder with {@code bin}, {@code lib} and {@code share}
     */
    Path programs(String archive) throws IOException {
        URL packed = Unpacking.class.getClassLoader().getResource(archive);
        if (packed == null) {
            throw new EmbeddedPostgresException(
                    "this jar holds no " + archive, "use the released app.jar, or set DATABASE_URL");
        }
        Path programs = folder.root().resolve(FINISHED + identity(packed));
        if (Files.notExists(programs)) {
            unpack(packed, programs);
        }
        return programs;
    }

    /** The archive names no version, so its checksum identifies it. */
    private static String identity(URL packed) throws IOException {
        URLConnection connection = packed.openConnection();
        long identity = connection instanceof JarURLConnection jar
                ? jar.getJarEntry().getCrc()
                : connection.getContentLengthLong();
        return Long.toHexString(identity);
    }

    private void unpack(URL packed, Path programs) throws IOException {
        LOG.info("unpacking PostgreSQL into {}", programs);
        removeLeftovers();
        folder.requireSpace(MEGABYTES);
        Path unfinished = Files.createTempDirectory(folder.root(), UNFINISHED);
        try (InputStream in = new BufferedInputStream(packed.openStream(), 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(tar, entry, unfinished);
            }
        }
        setMode(unfinished, "rwxr-xr-x");
        folder.publish(unfinished, programs);
    }

    /** Removes the remains of a run that was killed while unpacking, and the programs of an earlier jar. */
    private void removeLeftovers() throws IOException {
        for (Path unfinished : folder.startingWith(UNFINISHED)) {
            DirectoryTree.delete(unfinished);
        }
        for (Path older : folder.startingWith(FINISHED)) {
            DirectoryTree.delete(older);
        }
    }

    private static void extract(InputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
            throw new IOException("archive entry outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        setMode(path, (entry.getMode() & 0111) == 0 ? "rw-r--r--" : "rwxr-xr-x");
    }

    private static void setMode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
