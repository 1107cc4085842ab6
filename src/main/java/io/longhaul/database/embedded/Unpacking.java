package io.longhaul.database.embedded;

import io.longhaul.logging.SlowStep;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
        return programs(Unpacking.class.getClassLoader().getResource(archive), archive);
    }

    /**
     * The folder of programs that an archive elsewhere holds.
     *
     * @param packed the archive; null if there is none
     * @param archive its name for messages
     */
    Path programs(URL packed, String archive) throws IOException {
        Path programs = place(packed, archive);
        if (Files.notExists(programs)) {
            unpack(packed, programs);
        } else {
            PrivateFolder.requirePrograms(programs);
        }
        return programs;
    }

    /** Whether these are the programs that {@link #programs(String)} gives; nothing is unpacked. */
    boolean isPlaceOf(String archive, Path programs) throws IOException {
        return programs.equals(place(Unpacking.class.getClassLoader().getResource(archive), archive));
    }

    private Path place(URL packed, String archive) throws IOException {
        if (packed == null) {
            throw new EmbeddedPostgresException(
                    "the jar holds no " + archive, "use the released app.jar, or set DATABASE_URL");
        }
        return folder.root().resolve(FINISHED + identity(packed));
    }

    /** The archive names no version, so its checksum identifies it. */
    private static String identity(URL packed) throws IOException {
        URLConnection connection = packed.openConnection();
        long identity = connection instanceof JarURLConnection jar
                ? jar.getJarEntry().getCrc()
                : connection.getContentLengthLong();
        return Long.toHexString(identity);
    }

    @SuppressWarnings("try")
    private void unpack(URL packed, Path programs) throws IOException {
        removeLeftovers();
        folder.requireSpace(MEGABYTES);
        Path unfinished = Files.createTempDirectory(folder.root(), UNFINISHED);
        try (SlowStep step = SlowStep.begin(LOG, "unpacking PostgreSQL into " + programs);
                InputStream in = new BufferedInputStream(packed.openStream(), 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(tar, entry, unfinished);
            }
        }
        setMode(unfinished, "rwxr-xr-x");
        folder.publish(unfinished, programs);
    }

    /** Removes the remains of a run that was killed while unpacking. */
    private void removeLeftovers() throws IOException {
        for (Path unfinished : folder.startingWith(UNFINISHED)) {
            DirectoryTree.delete(unfinished);
        }
    }

    /** Removes the programs of earlier jars; not before the data is known to be this jar's, because an upgrade needs them. */
    void removeOthers(Path programs) throws IOException {
        for (Path other : others(programs)) {
            DirectoryTree.delete(other);
        }
    }

    /** The folders with programs of other jars. */
    List<Path> others(Path programs) throws IOException {
        return folder.startingWith(FINISHED).stream()
                .filter(other -> !other.equals(programs))
                .toList();
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
