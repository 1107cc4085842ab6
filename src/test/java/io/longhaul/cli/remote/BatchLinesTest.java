package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How the lines of a batch are named, against the real API. */
class BatchLinesTest {
    private static final String JOB = "{\"tool\": \"echo\"}\n";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path file;
    private String in = "";

    @BeforeEach
    void name() {
        file = folder.resolve("jobs.ndjson");
    }

    private int run(String... words) {
        err.reset();
        Shell shell = TestShells.of(
                Map.of("LONGHAUL_URL", "http://127.0.0.1:" + SERVER.port()), in, OutputStream.nullOutputStream(), err);
        return new RemoteCommands(shell).run(List.of(words));
    }

    private int submitted(String lines, String... options) throws IOException {
        Files.writeString(file, lines);
        return run(Stream.concat(Stream.of("batch", "submit", file.toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8).replace(file.toString(), "FILE");
    }

    /** Also behind an empty line, which is no job. */
    @Test
    void whatIsWrongIsNamedByItsLine() throws IOException {
        String lines = JOB + "\n" + "{\"tool\": \"pign\"}\n" + "{\"tool\": \"echo\", \"priority\": 99}\n";
        assertThat(submitted(lines)).isEqualTo(ExitCode.REFUSED);
        assertThat(said())
                .contains("2 of 3 jobs cannot be accepted, so none was stored. The first is line 3 of FILE: ")
                .contains("\n  line 3 of FILE, /tool: ", "\n  line 4 of FILE, /priority: ")
                .doesNotContain("jobs/");
        assertThat(submitted(lines, "--each")).isEqualTo(ExitCode.FAILED);
        assertThat(said())
                .startsWith("1 created, 0 there already, 2 refused\n  line 3 of FILE: ")
                .contains("\n  line 4 of FILE, /priority ")
                .doesNotContain("jobs/");
    }

    /** The others keep their places, which make their keys. */
    @Test
    void aLineThatIsNoJobIsRefusedAlone() throws IOException {
        assertThat(submitted(JOB + "{\n5\n" + JOB, "--each", "--idempotency-key", "k"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(said().lines())
                .hasSize(3)
                .startsWith("2 created, 0 there already, 2 refused")
                .anyMatch(line -> line.startsWith("  line 2 of FILE is not JSON: "))
                .endsWith("  line 3 of FILE must be a JSON object");
        assertThat(submitted(JOB + JOB + JOB + JOB, "--each", "--idempotency-key", "k"))
                .isZero();
        assertThat(said()).isEqualTo("2 created, 2 there already, 0 refused\n");
    }

    @Test
    void aMarkAtTheBeginningIsPassedOver() throws IOException {
        assertThat(submitted("\uFEFF" + JOB)).isZero();
        Path params = Files.writeString(folder.resolve("params.json"), "\uFEFF{\"n\": 1}");
        assertThat(run("job", "submit", "echo", "--params", "@" + params)).isZero();
        in = "\uFEFF" + JOB;
        assertThat(run("batch", "submit", "-")).isZero();
    }

    @Test
    void longNumbersAreReadEverywhere() throws IOException {
        String digits = "9".repeat(5_000);
        assertThat(submitted("{\"tool\": \"echo\", \"params\": {\"n\": " + digits + "}}\n"))
                .as(said())
                .isZero();
        assertThat(run("job", "submit", "echo", "n=" + digits)).as(said()).isZero();
        assertThat(run("job", "submit", "echo", "--params", "{\"n\": " + digits + "}"))
                .as(said())
                .isZero();
        assertThat(run("job", "list")).as(said()).isZero();
    }

    @Test
    void tooFewAndTooManyLinesAreCounted() throws IOException {
        assertThat(submitted("\n")).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).startsWith("batch submit: FILE has no jobs: write one JSON object on each line");
        assertThat(submitted(JOB.repeat(1_001))).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).startsWith("batch submit: FILE has 1001 jobs, and a batch takes 1,000: submit it in parts");
        assertThat(run("batch", "submit", "-")).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).startsWith("batch submit: standard input has no jobs");
    }
}
