package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar app.jar server} with nothing else: the PostgreSQL inside the jar comes and goes with it. */
class ZeroConfigIT {
    @TempDir
    Path folder;

    private NodeProcess node;

    @AfterEach
    void stop() throws IOException {
        if (node != null && node.process().isAlive()) {
            node.process().interrupt();
            node.process().awaitExit(Await.LONG);
        }
    }

    @Test
    void jobsSurviveAKillAndCtrlCLeavesNoProcessBehind() throws Exception {
        node = NodeProcess.startEmbedded("zero", folder, Map.of("LONGHAUL_DRAIN", "0s"))
                .awaitReady();
        String done = node.accepted("echo", "{\"kept\": 1}");
        node.awaitJob(done, "completed");
        String begun = node.accepted("sleep", "{\"seconds\": 600}");
        node.awaitJob(begun, "running");
        assertSecondInstanceIsRefused();
        node.process().kill();
        long left = postgres();
        assertThat(JarProcess.isAlive(left)).isTrue();

        node = NodeProcess.startEmbedded("zero", folder, Map.of("LONGHAUL_DRAIN", "0s"))
                .awaitReady();
        assertThat(node.job(done).json().path("result").path("kept").asInt()).isEqualTo(1);
        Answer again = Await.value(
                "the job runs again",
                Duration.ofSeconds(30),
                () -> Stream.of(node.job(begun))
                        .filter(job -> job.field("status").equals("running"))
                        .filter(job -> job.json().path("attempt").asInt() == 2)
                        .findFirst());
        assertThat(again.field("tool")).isEqualTo("sleep");

        long postgres = postgres();
        node.process().interrupt();
        assertThat(node.process().awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(JarProcess.isAlive(postgres)).isFalse();
        assertThat(cluster().resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void aPortInUseIsSaidInOneLineBeforeAnythingIsMade() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            NodeProcess second = NodeProcess.startEmbedded(
                    "port", folder, Map.of("LONGHAUL_PORT", Integer.toString(taken.getLocalPort())));
            CommandRun run = CommandRun.of(second.process());

            assertThat(run.exitCode()).isEqualTo(1);
            assertOneLine(run.err());
            assertThat(run.err())
                    .startsWith("server: Failed to bind to /127.0.0.1:" + taken.getLocalPort() + ". ")
                    .contains("LONGHAUL_PORT");
            assertThat(folder).isEmptyDirectory();
        }
    }

    private void assertSecondInstanceIsRefused() {
        CommandRun second = CommandRun.of(
                NodeProcess.startEmbedded("second", folder, Map.of()).process());
        assertThat(second.exitCode()).isEqualTo(1);
        assertOneLine(second.err());
        assertThat(second.err())
                .contains(
                        "in use by another Longhaul (process " + node.process().pid() + ")", "LONGHAUL_DATA");
    }

    private static void assertOneLine(String text) {
        assertThat(text.strip()).startsWith("server: ").doesNotContain("\n");
    }

    private Path cluster() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("pg"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The process id of the embedded server: the first line of its file. */
    private long postgres() throws IOException {
        try (Stream<String> lines = Files.lines(cluster().resolve("postmaster.pid"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        }
    }
}
