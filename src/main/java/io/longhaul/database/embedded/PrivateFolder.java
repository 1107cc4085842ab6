package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Tells whether other users can write to a folder. They could put programs there, which this process would run. */
public final class PrivateFolder {
    private static final int ROOT = 0;

    private PrivateFolder() {}

    /**
     * Makes a folder whose name others can guess, such as one in {@code /tmp}.
     *
     * @return the folder
     * @throws EmbeddedPostgresException if there is such a folder, and others made it or can write to it
     */
    public static Path make(Path folder) {
        try {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            requireSafe(
                    folder,
                    Set.of(Account.effectiveUid()),
                    "delete it, or name another place by java -Djava.io.tmpdir=FOLDER");
        } catch (IOException e) {
            throw DataFolder.unusable(folder, e);
        }
        return folder;
    }

    /**
     * Refuses a folder with programs that somebody else could have put there. An own link may lead to it.
     *
     * @throws EmbeddedPostgresException with the cure
     */
    static void requirePrograms(Path folder) {
        int uid = Account.effectiveUid();
        // Root may have given the programs to the account that runs them.
        requireSafe(
                folder,
                uid == ROOT ? Set.of(ROOT, Account.NOBODY) : Set.of(ROOT, uid),
                "start Longhaul as its owner, or delete it: the programs are unpacked again");
    }

    private static void requireSafe(Path folder, Set<Integer> owners, String cure) {
        boolean safe;
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder);
            safe = owners.contains(DirectoryTree.owner(folder))
                    && owners.contains((Integer) Files.getAttribute(folder, "unix:uid"))
                    && !rights.contains(PosixFilePermission.GROUP_WRITE)
                    && !rights.contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException e) {
            throw DataFolder.unusable(folder, e);
        }
        if (!safe) {
            throw new EmbeddedPostgresException(
                    folder + " belongs to another user or can be written by others, who could have put programs there",
                    cure);
        }
    }
}
