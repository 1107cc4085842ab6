package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that ends drains first, and stops its PostgreSQL last. */
class DrainTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void programsAreThere() {
        SharedPrograms.linkInto(folder);
    }

    @Test
    void aServerThatDiesWhileTheJvmDrainsComesBackAndIsStopped() throws Exception {
        Process draining = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DrainTest.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(draining.inputReader().lines()).contains("begins to drain", "drained");
        draining.waitFor();
        assertThat(Postmaster.on(folder.resolve("pg18").toRealPath())).isEmpty();
    }

    /** Ends at once, and kills its server meanwhile. */
    public static void main(String[] args) {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]));
        postgres.stopOnlyOnClose();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(Path.of(args[0], "pg18"), postgres)));
        System.exit(0);
    }

    private static void drain(Path cluster, EmbeddedPostgres postgres) {
        System.out.println("begins to drain");
        try {
            long killed = Postmaster.PidFile.read(cluster).orElseThrow().pid();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            while (Postmaster.PidFile.read(cluster)
                    .filter(file -> file.pid() != killed && file.isReady())
                    .isEmpty()) {
                Thread.onSpinWait();
            }
            System.out.println("drained");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        postgres.close();
    }
}
