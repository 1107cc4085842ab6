package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The first server makes an archive by itself, and the next one starts from it. */
class QuickStartIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final Duration MAKING = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    /** Beside the jar of the build is an archive for the other tests. */
    @TempDir
    Path elsewhere;

    private NodeProcess node;

    @BeforeEach
    void copyJar() throws IOException {
        Files.copy(Path.of("target", "app.jar"), elsewhere.resolve("app.jar"));
    }

    @AfterEach
    void stop() {
        if (node != null && node.process().isAlive()) {
            node.process().kill();
        }
    }

    @Test
    void theNextServerStartsFromTheArchiveOfTheFirst() throws Exception {
        node = start(Map.of("LONGHAUL_LOG_FORMAT", "json"));
        assertThat(commandLine()).doesNotContain("SharedArchiveFile").containsOnlyOnce("-XX:MaxInlineLevel=");
        Path archive = Await.value("the archive is there", MAKING, this::archive);
        Await.until("its end is logged", Await.LONG, () -> node.process().out().contains("Made " + archive));
        assertThat(node.process().out()).as("nothing but the log").doesNotContainPattern("(?m)^[^{]");
        assertThat(Path.of("")).isDirectoryNotContaining("glob:java_pid*");
        end();

        node = start(Map.of());
        assertThat(commandLine()).contains("-XX:SharedArchiveFile=" + archive);
        assertThat(mappedFiles()).as("classes come from it").contains(archive.toString());
        node.awaitJob(node.accepted("echo", "{}"), "completed");
        end();

        // What Java does not take costs nothing but time.
        Files.delete(archive);
        Files.writeString(archive, "no archive", StandardOpenOption.CREATE_NEW);
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        node = start(Map.of());
        assertThat(commandLine()).contains("-XX:SharedArchiveFile=" + archive);
        assertThat(node.process().out() + node.process().err()).doesNotContain("[warning]", "[error");
        Await.until("a whole one replaces it", MAKING, () -> size(archive) > 1 << 20);
        end();
    }

    @Test
    void theCollectorOfTheUserStays() throws Exception {
        node = start(Map.of("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC", "LONGHAUL_ARCHIVE", "off"));
        assertThat(commandLine()).contains("-XX:MaxInlineLevel=").doesNotContain("ParallelGC");
        node.awaitJob(node.accepted("echo", "{}"), "completed");
        end();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsSaidOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        node = start(Map.of("LONGHAUL_ARCHIVE", file + "/archives"));
        Await.until(
                "it is logged",
                Await.LONG,
                () -> node.process().out().contains("No archive for quicker starts was made in " + file + "/archives"));
        node.awaitJob(node.accepted("echo", "{}"), "completed");
        end();
    }

    private NodeProcess start(Map<String, String> more) {
        Map<String, String> environment = new LinkedHashMap<>(NodeProcess.database(DATABASE));
        environment.put("LONGHAUL_ARCHIVE", folder.toString());
        environment.put("JDK_JAVA_OPTIONS", "-Dlonghaul.archive.after=0");
        environment.putAll(more);
        return NodeProcess.start(elsewhere.resolve("app.jar"), "quick", environment)
                .awaitReady();
    }

    /** Its answer is that of a server whose process was never replaced. */
    private void end() {
        node.process().terminate();
        assertThat(node.process().awaitExit(Await.LONG)).isZero();
    }

    private Optional<Path> archive() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).findFirst();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String commandLine() throws IOException {
        return Files.readString(
                        Path.of("/proc/%d/cmdline".formatted(node.process().pid())))
                .replace('\0', ' ');
    }

    private String mappedFiles() throws IOException {
        return Files.readString(Path.of("/proc/%d/maps".formatted(node.process().pid())));
    }
}
