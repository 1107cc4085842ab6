package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A compressed body that is cut or damaged is refused, and nothing of it is stored. */
class GzipApiTest {
    private static final String JOB = "{\"tool\": \"echo\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases"));
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static Answer send(String path, String type, BodyPublisher body) {
        return SERVER.send(SERVER.request(path)
                .headers("Content-Type", type, "Content-Encoding", "gzip")
                .POST(body));
    }

    private static Answer submit(byte[] body) {
        return send("/v1/jobs", "application/json", BodyPublishers.ofByteArray(body));
    }

    private static void assertNothingStored() {
        assertThat(SERVER.get("/v1/jobs").text("/total")).isEqualTo("0");
    }

    @Test
    void aCutBodyIsRefused() throws IOException {
        byte[] packed = packed(JOB);
        for (int length = 1; length < packed.length; length++) {
            Answer answer = submit(Arrays.copyOf(packed, length));
            assertThat(answer.status()).as("the first %d bytes", length).isEqualTo(400);
            assertThat(answer.text("/error_code")).isEqualTo("BAD_REQUEST");
        }
        assertNothingStored();
        assertThat(submit(packed).status()).isEqualTo(201);
    }

    @Test
    void aDamagedBodyIsRefused() throws IOException {
        byte[] packed = packed(JOB);
        for (int i = packed.length - 8; i < packed.length; i++) {
            byte[] wrong = packed.clone();
            wrong[i] ^= 1;
            assertThat(submit(wrong).status()).isEqualTo(400);
        }
        assertThat(submit(Arrays.copyOf(packed, packed.length + 1)).status()).isEqualTo(400);
        assertNothingStored();
    }

    @Test
    void linesThatAreCutBehindALineAreRefused() throws IOException {
        byte[] packed = packed((JOB + "\n").repeat(3));
        for (int length = packed.length - 8; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThat(send("/v1/jobs/batch", "application/x-ndjson", BodyPublishers.ofByteArray(cut))
                            .status())
                    .isEqualTo(400);
        }
        assertNothingStored();
    }

    /** A body that was left out would cancel all jobs. */
    @Test
    void aBodyThatIsCutInItsHeaderWasNotLeftOut() throws IOException {
        String path = "/v1/jobs/cancel?all=true";
        byte[] cut = Arrays.copyOf(packed(""), 10);
        assertThat(send(path, "application/json", BodyPublishers.ofByteArray(cut))
                        .status())
                .isEqualTo(400);
        assertThat(send(path, "application/json", BodyPublishers.ofInputStream(java.io.InputStream::nullInputStream))
                        .status())
                .isEqualTo(400);
        assertThat(send(path, "application/json", BodyPublishers.noBody()).status())
                .isEqualTo(200);
    }

    @Test
    void aMemberThatArrivesLaterIsReadToo() throws Exception {
        byte[] first = packed("{\"tool\": ");
        byte[] second = packed("\"echo\"}");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                            + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            writeChunk(out, first);
            writeChunk(out, second);
            writeChunk(out, new byte[0]);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 201");
        }
    }

    private static void writeChunk(OutputStream out, byte[] bytes) throws IOException {
        out.write(String.format(Locale.ROOT, "%x\r\n", bytes.length).getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
