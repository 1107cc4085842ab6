package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a program left in its folder is removed, and nothing else. */
class FolderRemovalTest {
    @TempDir
    Path root;

    private Path folder() throws IOException {
        return Files.createDirectory(root.resolve("call"));
    }

    private static void shell(Path folder, String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
    }

    private static void assertGone(Path folder) {
        assertThat(FolderRemoval.remove(folder)).isTrue();
        assertThat(folder).doesNotExist();
    }

    @Test
    void foldersWhosePathIsLongerThanTheSystemTakesAreRemoved() throws Exception {
        Path folder = folder();
        String name = "a-name-of-forty-characters-0123456789-ab/";
        shell(folder, "mkdir -p \"$(head -c 3000 /dev/zero | sed 's|\\x0|" + name + "|g')\" && touch file");
        assertGone(folder);
    }

    @Test
    void manyFilesAndFoldersAreRemovedWithALittleMemory() throws Exception {
        Path folder = folder();
        for (int i = 0; i < 2_000; i++) {
            Files.createDirectory(folder.resolve("folder-" + i));
            Files.createFile(folder.resolve("folder-" + i).resolve("file"));
            Files.createFile(folder.resolve("file-" + i));
        }
        assertGone(folder);
    }

    @Test
    void foldersWithoutPermissionsAreOpened() throws Exception {
        Path folder = folder();
        Path inner = Files.createDirectories(folder.resolve("shut/within/deeper"));
        Files.createFile(inner.resolve("file"));
        Path only = Files.createDirectories(folder.resolve("read-only/within"));
        Files.createFile(only.resolve("file"));
        for (Path shut = inner; !shut.equals(root); shut = shut.getParent()) {
            Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("---------"));
        }
        // The folder that is opened again for the others is closed last.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(only, PosixFilePermissions.fromString("r-x------"));
        Files.setPosixFilePermissions(only.getParent(), PosixFilePermissions.fromString("r--------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("--x------"));
        assertGone(folder);
    }

    @Test
    void linksAreRemovedAndNotFollowed() throws Exception {
        Path folder = folder();
        Path kept = Files.createDirectory(root.resolve("kept"));
        Path file = Files.createFile(kept.resolve("file"));
        Files.createSymbolicLink(folder.resolve("link"), kept);
        Files.createDirectory(folder.resolve("within"));
        Files.createSymbolicLink(folder.resolve("within/link"), kept);
        Files.createSymbolicLink(folder.resolve("within/nowhere"), Path.of("/no/such/place"));
        Files.createLink(folder.resolve("within/same"), file);
        assertGone(folder);
        assertThat(file).exists();
        Path link = Files.createSymbolicLink(root.resolve("replaced"), kept);
        assertThat(FolderRemoval.remove(link)).isTrue();
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(file).exists();
    }

    @Test
    void namesThatAreNoTextAndThingsThatAreNoFilesAreRemoved() throws Exception {
        Path folder = folder();
        shell(folder, "d=\"$(printf 'a\\377\\nb')\"; mkdir -p \"$d/$d\" && : > \"$d/$d/$d\" && mkfifo \"$d/pipe\"");
        assertGone(folder);
    }

    @Test
    void aFileInPlaceOfTheFolderIsRemoved() throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        assertGone(file);
        assertGone(root.resolve("never-there"));
    }

    @Test
    void unremovableEntriesAreLeftAndLoggedWithoutAnException() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        try {
            // No user can remove anything there, not even root.
            assertThat(FolderRemoval.remove(Path.of("/proc/" + process.pid() + "/task")))
                    .isFalse();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String said(Path file, String path, FileSystemException why) {
        return OutputProblems.unreadable(file, path, why).getMessage();
    }

    @Test
    void anErrorNamesNoPathOfTheServer() {
        FileSystemException shut = new AccessDeniedException("/secret/place");
        assertThat(said(root, "sub/file", shut))
                .contains("The output sub/file cannot be read")
                .contains("permissions (rwx")
                .doesNotContain(root.toString())
                .doesNotContain("secret");
        assertThat(said(root, "", shut)).contains("{outputs}").doesNotContain("secret");
        assertThat(said(root, "x", new FileSystemException("/secret/place", null, "Input/output error")))
                .contains("x cannot be read from this node's disk (Input/output error)")
                .doesNotContain("secret");
    }
}
