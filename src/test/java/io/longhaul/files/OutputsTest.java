package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.childprocess.HeldFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes by a program after the search neither bring in files from elsewhere nor block. */
@Timeout(30)
class OutputsTest {
    private static final FilesConfiguration LIMITS =
            new FilesConfiguration(1 << 20, 2 << 20, 20, Duration.ofHours(1), "");

    @TempDir
    Path root;

    private Path outputs;
    private HeldFile call;

    @BeforeEach
    void aFolderWithAFileBesideOneThatIsNobodysBusiness() throws IOException {
        outputs = Files.createDirectories(root.resolve("call/outputs"));
        Files.createDirectory(outputs.resolve("d"));
        Files.writeString(outputs.resolve("d/environ"), "ours");
        Files.createDirectory(root.resolve("other"));
        Files.writeString(root.resolve("other/environ"), "secret");
        call = HeldFile.of(root.resolve("call"));
    }

    @AfterEach
    void letGo() {
        call.close();
    }

    private String storedAfter(Change change) throws Exception {
        try (HeldFile folder = OutputProblems.folderIn(call, outputs)) {
            List<Outputs.Output> found = Outputs.in(folder, outputs, LIMITS);
            assertThat(found).extracting(Outputs.Output::path).containsExactly("d/environ");
            change.make();
            try (HeldFile file = found.get(0).in(folder);
                    InputStream content = file.read()) {
                return new String(content.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private interface Change {
        void make() throws Exception;
    }

    private void replace(String what, String by) throws IOException {
        Files.move(root.resolve(what), root.resolve("moved"));
        Files.createSymbolicLink(root.resolve(what), root.resolve(by));
    }

    @Test
    void anUnchangedFileIsRead() throws Exception {
        assertThat(storedAfter(() -> {})).isEqualTo("ours");
    }

    @Test
    void aFolderThatBecameALinkIsNotEntered() {
        assertThatThrownBy(() -> storedAfter(() -> replace("call/outputs/d", "other")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFileThatBecameALinkIsNotFollowed() {
        assertThatThrownBy(() -> storedAfter(() -> replace("call/outputs/d/environ", "other/environ")))
                .isInstanceOf(CallFailure.class)
                .hasMessageContaining("d/environ is a symbolic link");
    }

    @Test
    void aFileThatBecameAPipeDoesNotBlock() {
        assertThatThrownBy(() -> storedAfter(() -> {
                    Path file = outputs.resolve("d/environ");
                    Files.delete(file);
                    new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
                }))
                .isInstanceOf(CallFailure.class)
                .hasMessageContaining("d/environ is no file but a named pipe");
    }

    @Test
    void aFileThatBecameAFolderIsRefused() {
        assertThatThrownBy(() -> storedAfter(() -> {
                    Files.delete(outputs.resolve("d/environ"));
                    Files.createDirectory(outputs.resolve("d/environ"));
                }))
                .isInstanceOf(CallFailure.class)
                .hasMessageContaining("d/environ is no file but a folder");
    }

    @Test
    void aHeldFileIsReadAlthoughItsParentsBecameLinks() throws Exception {
        Files.createDirectories(root.resolve("other/outputs/d"));
        Files.writeString(root.resolve("other/outputs/d/environ"), "secret");
        assertThat(storedAfter(() -> replace("call", "other"))).isEqualTo("ours");
    }

    @Test
    void aHeldFileIsReadAlthoughAnotherTookItsPlace() throws Exception {
        try (HeldFile folder = OutputProblems.folderIn(call, outputs);
                HeldFile file = Outputs.in(folder, outputs, LIMITS).get(0).in(folder)) {
            replace("call/outputs/d/environ", "other/environ");
            try (InputStream content = file.read()) {
                assertThat(content.readAllBytes()).asString().isEqualTo("ours");
            }
        }
    }
}
