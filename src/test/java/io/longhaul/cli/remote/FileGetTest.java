package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.http.StandIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads over connections that break, onto disks that are full. */
class FileGetTest {
    private static final String ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    private static final String JOB = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d";
    private static final String CONTENT = "0123456789".repeat(1_000);

    @TempDir
    private Path folder;

    private final StandIn server = new StandIn();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path target;

    @BeforeEach
    void aGoodFileIsThere() throws IOException {
        target = Files.writeString(folder.resolve("report.csv"), "good");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aBrokenDownloadGoesOnWhereItWas() throws Exception {
        breaksOnce(tag(CONTENT));
        assertThat(get(target.toString())).as(said()).isZero();
        assertThat(target).hasContent(CONTENT);
        assertThat(said()).contains("9.8 KiB");
        assertThat(server.requests().get(1).header("Range")).isEqualTo("bytes=5000-");
        assertThat(server.requests().get(1).header("If-range")).isEqualTo(tag(CONTENT));
        onlyTheTargetIsLeft();
    }

    @Test
    void aLinkStaysAndTheFileItLeadsToIsReplaced() throws Exception {
        breaksOnce(tag(CONTENT));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        assertThat(get(link.toString())).as(said()).isZero();
        assertThat(target).hasContent(CONTENT);
        assertThat(link).isSymbolicLink();
    }

    @Test
    void theGoodFileStaysIfAnotherContentComes() throws Exception {
        breaksOnce(tag("something else"));
        assertThat(get(target.toString())).isEqualTo(ExitCode.NOT_NOW);
        assertThat(said()).contains("not what the server has stored");
        assertThat(target).hasContent("good");
        onlyTheTargetIsLeft();
    }

    @Test
    void aDownloadThatCannotGoOnIsNoFaultOfTheDisk() throws Exception {
        breaksOnce("\"no digest\"");
        assertThat(get(target.toString())).isEqualTo(ExitCode.NOT_NOW);
        assertThat(said()).contains("broke off after 5000 bytes").doesNotContain("written");
        assertThat(target).hasContent("good");
        onlyTheTargetIsLeft();
    }

    @Test
    void aFileOfAJobIsFoundByAnyName() throws Exception {
        breaksOnce(tag(CONTENT));
        server.on("/v1/jobs/" + JOB + "/files", (request, exchange) -> exchange.json(200, """
                {"files": [{"name": "report.csv", "file_id": "%s"}, {"name": "plots/100 %%\\\\.png", "file_id": "%s"}]}
                """.formatted(JOB, ID)));
        assertThat(run(
                        OutputStream.nullOutputStream(),
                        "file",
                        "get",
                        JOB,
                        "plots/100 %\\.png",
                        "-o",
                        target.toString()))
                .as(said())
                .isZero();
        assertThat(target).hasContent(CONTENT);
        assertThat(run(OutputStream.nullOutputStream(), "file", "get", JOB, "none"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("job " + JOB + " has no file of this name");
    }

    @Test
    void aJobIsNotTakenForAFile() {
        assertThat(run(OutputStream.nullOutputStream(), "file", "get", JOB)).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("write --output PATH", "file list JOB");
        server.on("/v1/files/", (request, exchange) -> exchange.json(404, "{\"error_code\": \"FILE_NOT_FOUND\"}"));
        server.on("/v1/jobs/" + JOB, (request, exchange) -> exchange.json(200, """
                {"job_id": "%s", "tool": "echo", "status": "pending", "created_at": "2026-01-31T12:00:00Z"}
                """.formatted(JOB)));
        String output = target.toString();
        assertThat(run(OutputStream.nullOutputStream(), "file", "get", JOB, "-o", output))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("file get: " + JOB + " is a job: ", "file list " + JOB);
        assertThat(run(OutputStream.nullOutputStream(), "file", "get", ID, "-o", output))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(said()).doesNotContain(ID + " is a job");
    }

    @Test
    void aSavedFileIsSaidInJson() throws Exception {
        breaksOnce(tag(CONTENT));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(run(out, "file", "get", ID, "-o", target.toString(), "--json"))
                .as(said())
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"file_id\":\"" + ID + "\",\"file\":\"" + target + "\",\"bytes\":10000}\n");
        assertThat(run(out, "file", "get", ID, "-o", "-", "--json")).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("leave out --json");
    }

    @Test
    void aNameMayBeAsLongAsTheDiskAllows() throws Exception {
        breaksOnce(tag(CONTENT));
        Files.delete(target);
        target = folder.resolve("n".repeat(255));
        assertThat(get(target.toString())).as(said()).isZero();
        assertThat(target).hasContent(CONTENT);
        onlyTheTargetIsLeft();
    }

    @Test
    void aNameThatNoFileCanHaveIsRefused() {
        assertThat(get("a\0b")).isEqualTo(ExitCode.REFUSED);
        assertThat(run(OutputStream.nullOutputStream(), "file", "put", "a\0b")).isEqualTo(ExitCode.REFUSED);
        assertThat(said().lines())
                .hasSize(2)
                .allMatch(
                        line -> line.contains("cannot be the name of a file here; if LC_ALL is C, set it to C.UTF-8"));
    }

    @Test
    void aFolderIsNotReplaced() throws Exception {
        breaksOnce(tag(CONTENT));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(get(empty.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(empty).isDirectory();
    }

    @Test
    void aDeviceIsWrittenAndNotReplaced() throws Exception {
        breaksOnce(tag(CONTENT));
        Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/full"));
        assertThat(get(device.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains(device + " cannot be written");
        assertThat(device).isSymbolicLink();
    }

    @Test
    void aFullDiskBehindStandardOutputIsReported() throws Exception {
        breaksOnce(tag(CONTENT));
        assertThat(run(failing(new IOException("No space left on device")), "file", "get", ID, "-o", "-"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(said()).contains("standard output cannot be written: No space left on device");
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoFailure() throws Exception {
        breaksOnce(tag(CONTENT));
        IOException gone = new StandardOutput.ReaderGone(new IOException("Broken pipe"));
        assertThat(run(failing(gone), "file", "get", ID, "-o", "-")).isZero();
        assertThat(run(failing(gone), "file", "--help")).isZero();
        assertThat(said()).isEmpty();
    }

    @Test
    void noCommandIsDoneIfItsAnswerIsLost() {
        OutputStream full = failing(new IOException("No space left on device"));
        server.on("/v1/tools", (request, exchange) -> exchange.json(200, "{\"tools\": [{\"name\": \"echo\"}]}"));
        assertThat(run(full, "tool", "list", "--json")).isEqualTo(ExitCode.REFUSED);
        assertThat(run(full, "file", "--help")).isEqualTo(ExitCode.REFUSED);
        assertThat(run(full, "completion", "bash")).isEqualTo(ExitCode.REFUSED);
    }

    /** The first answer ends after half of the content. */
    private void breaksOnce(String tag) {
        server.on("/v1/files/" + ID, (request, exchange) -> {
            exchange.header("ETag", tag);
            byte[] bytes = CONTENT.getBytes(StandardCharsets.US_ASCII);
            boolean first = request.header("Range") == null;
            try (OutputStream out = exchange.http().getResponseBody()) {
                exchange.http().sendResponseHeaders(first ? 200 : 206, first ? bytes.length : bytes.length - 5_000);
                out.write(bytes, first ? 0 : 5_000, 5_000);
                out.flush();
            }
        });
    }

    private static String tag(String content) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.US_ASCII));
        return "\"" + HexFormat.of().formatHex(digest) + "\"";
    }

    private static OutputStream failing(IOException failure) {
        return new OutputStream() {
            @Override
            public void write(int single) throws IOException {
                throw failure;
            }
        };
    }

    private int get(String path) {
        return run(OutputStream.nullOutputStream(), "file", "get", ID, "--output", path);
    }

    private int run(OutputStream out, String... words) {
        return new RemoteCommands(
                        Map.of("LONGHAUL_URL", server.url()),
                        new ByteArrayInputStream(new byte[0]),
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(words));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void onlyTheTargetIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(target);
        }
    }
}
