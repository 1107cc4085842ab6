package io.longhaul.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive is used only if it fits and if nobody else can have written it. */
class ArchiveFolderTest {
    @TempDir
    Path folder;

    private Path jar;
    private ArchiveFolder archives;

    @BeforeEach
    void makeJar() throws IOException {
        jar = Files.writeString(folder.resolve("app.jar"), "jar");
        archives = new ArchiveFolder(folder.resolve("cache/longhaul"));
    }

    @Test
    void theEnvironmentNamesTheFolder() {
        assertThat(ArchiveFolder.of(Map.of("LONGHAUL_ARCHIVE", "/a", "HOME", "/h")))
                .contains(new ArchiveFolder(Path.of("/a")));
        assertThat(ArchiveFolder.of(Map.of("XDG_CACHE_HOME", "/c", "HOME", "/h")))
                .contains(new ArchiveFolder(Path.of("/c/longhaul")));
        assertThat(ArchiveFolder.of(Map.of("HOME", "/h"))).contains(new ArchiveFolder(Path.of("/h/.cache/longhaul")));
        assertThat(ArchiveFolder.of(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "OFF", "Off"})
    void itCanBeTurnedOff(String off) {
        assertThat(ArchiveFolder.of(Map.of("LONGHAUL_ARCHIVE", off, "HOME", "/h")))
                .isEmpty();
    }

    @Test
    void theOwnFileIsFoundWhileTheJarIsTheSame() throws IOException {
        archives.create();
        assertThat(archives.find(jar)).isEmpty();
        Path file = archives.ownFile(jar);
        Files.writeString(file, "archive");
        assertThat(archives.find(jar)).contains(file);

        Files.writeString(jar, "another jar");
        assertThat(archives.find(jar)).isEmpty();
    }

    @Test
    void theFolderIsForThisUserAlone() throws IOException {
        archives.create();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archives.folder())))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw----", "rw----rw-", "rw-rw-rw-"})
    void oneThatOthersCanWriteIsNotUsed(String rights) throws IOException {
        archives.create();
        Path file = Files.writeString(archives.ownFile(jar), "archive");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        assertThat(archives.find(jar)).isEmpty();
    }

    @Test
    void oneBesideTheJarComesFirstUnlessTheJarIsYounger() throws IOException {
        archives.create();
        Path own = Files.writeString(archives.ownFile(jar), "archive");
        Path beside = folder.resolve(Runtime.version().feature() >= 25 ? "app.aot" : "app.jsa");
        Files.writeString(beside, "archive");
        assertThat(archives.find(jar)).contains(beside);

        Files.setLastModifiedTime(
                beside, FileTime.from(Files.getLastModifiedTime(jar).toInstant().minusSeconds(1)));
        assertThat(archives.find(jar)).contains(own);
    }

    @Test
    void onlyTheYoungestAreKept() throws IOException {
        archives.create();
        Path other = Files.writeString(archives.folder().resolve("client-25.jsa"), "of the launcher");
        for (int age = 0; age < 4; age++) {
            Path file = archives.folder().resolve("server-00000000-0000-3000-8000-00000000000%d.jsa".formatted(age));
            Files.writeString(file, "archive");
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.minusSeconds(age)));
        }
        archives.tidy();
        assertThat(archives.folder())
                .isDirectoryContaining(file -> file.equals(other))
                .isDirectoryContaining("glob:**0000.jsa")
                .isDirectoryContaining("glob:**0001.jsa")
                .isDirectoryNotContaining("glob:**0002.jsa")
                .isDirectoryNotContaining("glob:**0003.jsa");
    }

    @Test
    void whatWasNotFinishedIsRemoved() throws IOException {
        archives.create();
        Path whole = Files.writeString(archives.ownFile(jar), "archive");
        for (String left : new String[] {".new", ".new.temp", ".new.classlist"}) {
            Files.writeString(Path.of(whole + left), "half");
        }
        archives.removeUnfinished();
        assertThat(archives.folder()).isDirectoryContaining(file -> file.equals(whole));
        assertThat(archives.folder()).isDirectoryNotContaining("glob:**.new*");
    }

    @Test
    void oneThatIsRefusedIsMadeAgainAfterADay() throws IOException {
        archives.create();
        assertThat(archives.isOld(jar)).isTrue();
        Path own = Files.writeString(archives.ownFile(jar), "archive");
        assertThat(archives.isOld(jar)).isFalse();
        Files.setLastModifiedTime(own, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        assertThat(archives.isOld(jar)).isTrue();
    }
}
