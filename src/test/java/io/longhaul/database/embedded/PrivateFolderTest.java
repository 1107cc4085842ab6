package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that another local user put under a name he guessed are not run. */
class PrivateFolderTest {
    @TempDir
    Path place;

    @Test
    void aNewFolderIsPrivateAndFoundAgain() throws IOException {
        Path folder = place.resolve("not/yet/longhaul-bench");
        assertThat(PrivateFolder.make(folder)).isEqualTo(folder);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PrivateFolder.make(folder)).isEqualTo(folder);
    }

    @Test
    void aFolderThatOthersMayReadIsUsed() throws IOException {
        Path folder = folder("rwxr-xr-x");
        assertThat(PrivateFolder.make(folder)).isEqualTo(folder);
        PrivateFolder.requirePrograms(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx"})
    void aFolderThatOthersMayWriteIsRefused(String rights) throws IOException {
        Path folder = folder(rights);
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> PrivateFolder.make(folder))
                .withMessageContainingAll(
                        folder.toString(), "delete it, or name another place by java -Djava.io.tmpdir");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> PrivateFolder.requirePrograms(folder))
                .withMessageContainingAll(folder.toString(), "delete it: the programs are unpacked again");
    }

    @Test
    void aLinkIsNotTakenForThePrivateFolder() throws IOException {
        Path link = Files.createSymbolicLink(place.resolve("link"), Path.of("/"));
        give(link);
        assertThatExceptionOfType(EmbeddedPostgresException.class).isThrownBy(() -> PrivateFolder.make(link));
    }

    @Test
    void programsThatAnotherUserPutThereAreNotRun() throws IOException {
        Path shared = folder("rwxrwxrwx");
        String archive = Platform.current().archive();
        Path programs = SharedPrograms.linkInto(
                shared, PrivateFolderTest.class.getClassLoader().getResource(archive), archive);
        Files.delete(programs);
        Files.createDirectories(programs.resolve("bin"));
        Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.attach(shared))
                .withMessageContaining(programs.toString());
    }

    /** Only root can give something away. */
    private static void give(Path path) throws IOException {
        if (Account.effectiveUid() == 0) {
            DirectoryTree.give(path, Account.NOBODY - 1);
        }
    }

    private Path folder(String rights) throws IOException {
        Path folder = Files.createDirectory(place.resolve("folder"));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
    }
}
