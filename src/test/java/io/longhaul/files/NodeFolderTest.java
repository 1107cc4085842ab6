package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a killed server are removed from the disk, and nothing else. */
class NodeFolderTest {
    @TempDir
    Path root;

    @Test
    void foldersOfAKilledServerAreRemovedAndThoseOfALiveOneStay() throws Exception {
        Path ours = new NodeFolder(root).make();
        Process server = server();
        try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
            Path theirs = Path.of(out.readLine());
            new NodeFolder(root).sweep();
            assertThat(theirs).exists();
            assertThat(ours).exists();
            server.destroyForcibly().waitFor();
            new NodeFolder(root).sweep();
            assertThat(theirs.getParent()).doesNotExist();
            assertThat(ours).exists();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void theFolderOfALiveServerStaysAfterAGarbageCollection() throws Exception {
        Path ours = new NodeFolder(root).make();
        System.gc();
        Path lock = Path.of(ours.getParent() + ".lock");
        Process other = server();
        try (BufferedReader out = other.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).contains("call-");
            assertThat(ours).exists();
            assertThat(lock).exists();
        } finally {
            other.destroyForcibly();
        }
    }

    private Process server() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NodeFolderTest.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void aFolderThatCannotBeRemovedDoesNotKeepOthers() throws Exception {
        // No server makes this: a lock that is a folder and cannot be opened.
        Files.createDirectory(root.resolve("node-1.lock"));
        Path left = Files.createDirectories(root.resolve("node-2/call-1/work"));
        Path lock = Files.createFile(root.resolve("node-2.lock"));
        Files.createDirectory(root.resolve("node-3.lock"));
        assertThat(new NodeFolder(root).sweep()).isEqualTo(2);
        assertThat(left).doesNotExist();
        assertThat(lock).doesNotExist();
    }

    @Test
    void nothingIsRemovedFromAFolderOfAnotherUser() throws Exception {
        Path lock = Files.createFile(root.resolve("node-1.lock"));
        // Only root can give a folder away; for any other user, that of root is another user's.
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        Path theirs = isRoot ? Files.setAttribute(root, "unix:uid", 65534) : Path.of("/");
        assertThat(new NodeFolder(theirs).sweep()).isZero();
        assertThat(lock).exists();
    }

    /** A server that sweeps, and has a call that has a folder; prints it and keeps running. */
    public static void main(String[] args) throws Exception {
        NodeFolder node = new NodeFolder(Path.of(args[0]));
        node.sweep();
        Path folder = node.make();
        Files.writeString(folder.resolve("file"), "x");
        Path shut = Files.createDirectory(folder.resolve("shut"));
        Files.writeString(shut.resolve("file"), "x");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("/"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("---------"));
        System.out.println(folder);
        System.in.read();
    }

    @Test
    void aRootOfAnotherUserIsNotUsed() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), Files.createDirectory(root.resolve("real")));
        assertThatThrownBy(() -> new NodeFolder(link).make())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a folder of the server's user");
        new NodeFolder(root.resolve("none")).sweep();
    }
}
