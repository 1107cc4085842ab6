package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

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

    private static Answer send(BodyPublisher body, String... headers) {
        var request = SERVER.request("/v1/jobs/batch").header("Content-Type", "application/x-ndjson");
        return SERVER.send((headers.length == 0 ? request : request.headers(headers)).POST(body));
    }

    private static List<JsonNode> results(Answer answer) {
        return answer.body().lines().map(LinesApiTest::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }

    private static String lines(int jobs) {
        return IntStream.range(0, jobs)
                .mapToObj(i -> "{\"tool\": \"echo\", \"params\": {\"n\": " + i + "}}")
                .collect(Collectors.joining("\n"));
    }

    @Test
    void eachLineIsAJobInTheOrderOfTheLines() {
        Answer answer = send(BodyPublishers.ofString("\n" + lines(1_234) + "\r\n\n"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Content-Type")).startsWith("application/x-ndjson");
        List<JsonNode> results = results(answer);
        assertThat(results).hasSize(1_234);
        assertThat(results.get(7))
                .hasToString("{\"index\":7,\"status\":\"created\",\"job_id\":\""
                        + results.get(7).path("job_id").asText() + "\"}");
        List<ClaimedJob> claimed = SERVER.worker().claim();
        assertThat(claimed.get(999).params()).isEqualTo("{\"n\": 999}");
        assertThat(claimed.get(999).lease().jobId())
                .hasToString(results.get(999).path("job_id").asText());
    }

    @Test
    void theToolThatWasMeantIsLookedForInTheFirstWrongLinesOnly() {
        Answer answer = send(BodyPublishers.ofString(lines(120).replace("echo", "ehco")));

        assertThat(results(answer))
                .extracting(r -> r.at("/error/message").asText())
                .allMatch(message -> message.startsWith("There is no tool named ehco."))
                .filteredOn(message -> message.contains("Did you mean echo?"))
                .hasSize(100);
    }

    @Test
    void anInvalidLineIsReportedAndTheOthersAreStored() {
        Answer answer = send(BodyPublishers.ofString("""
                {"tool": "echo"}
                {"tool": "no.such"}
                {nonsense
                []
                {"tool": "echo", "priority": 11}
                {"tool": "echo", "params": {"x": "%s"}}
                {"tool": "ping"}
                """.formatted("x".repeat(1 << 20))));

        assertThat(results(answer))
                .extracting(r -> r.path("status").asText())
                .containsExactly("created", "rejected", "rejected", "rejected", "rejected", "rejected", "created");
        assertThat(results(answer))
                .extracting(r -> r.at("/error/error_code").asText())
                .containsExactly(
                        "",
                        "UNKNOWN_TOOL",
                        "MALFORMED_JSON",
                        "INVALID_REQUEST",
                        "INVALID_REQUEST",
                        "PAYLOAD_TOO_LARGE",
                        "");
        assertThat(results(answer).get(4).at("/error/errors/0/pointer").asText())
                .isEqualTo("/priority");
    }

    @Test
    void linesThatDoNotMatchTheirEncodingAreRefused() {
        Answer answer = send(BodyPublishers.ofString(lines(1)), "Content-Encoding", "gzip");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/error_code")).isEqualTo("BAD_REQUEST");
    }

    @Test
    void theLinesBeforeDamageAreAnsweredOnceTheyAreStored() throws Exception {
        Answer some = send(BodyPublishers.ofByteArray(damaged(400)), "Content-Encoding", "gzip");
        assertThat(some.status()).isEqualTo(400);
        assertThat(SERVER.get("/v1/jobs").text("/total")).isEqualTo("0");
        Answer more = send(BodyPublishers.ofByteArray(damaged(600)), "Content-Encoding", "gzip");
        assertThat(more.status()).isEqualTo(201);
        List<JsonNode> results = results(more);
        assertThat(results.subList(0, 500))
                .allMatch(result -> result.path("status").asText().equals("created"));
        JsonNode last = results.get(results.size() - 1);
        assertThat(last.path("status").asText()).isEqualTo("rejected");
        assertThat(last.at("/error/error_code").asText()).isEqualTo("BAD_REQUEST");
        assertThat(SERVER.get("/v1/jobs").json("/total").asLong())
                .isEqualTo(
                        results.stream().filter(result -> result.has("job_id")).count());
    }

    /** Compressed lines, and behind them what is not compressed. */
    private static byte[] damaged(int jobs) throws IOException {
        byte[] lines = gzip(lines(jobs) + "\n", 1);
        byte[] bytes = Arrays.copyOf(lines, lines.length + 100);
        Arrays.fill(bytes, lines.length, bytes.length, (byte) 'x');
        return bytes;
    }

    @Test
    void linesSentAgainMakeNoMoreJobs() {
        assertThat(send(BodyPublishers.ofString(lines(3)), "Idempotency-Key", "nightly")
                        .status())
                .isEqualTo(201);
        Answer again = send(BodyPublishers.ofString(lines(5)), "Idempotency-Key", "nightly");
        assertThat(results(again))
                .extracting(r -> r.path("status").asText())
                .containsExactly("replayed", "replayed", "replayed", "created", "created");
        assertThat(send(BodyPublishers.ofString(lines(5)), "Idempotency-Key", "nightly")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void linesAreStoredWhileOthersStillArrive() throws Exception {
        byte[] first = (lines(600) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] second = lines(2).getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/jobs/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: " + (first.length + second.length)
                + "\r\n\r\n";
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            client.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            client.getOutputStream().write(first);
            client.getOutputStream().flush();
            Await.until(
                    "the first part is committed",
                    Await.LONG,
                    () -> SERVER.get("/v1/jobs").json("/total").asInt() == 500);
            client.getOutputStream().write(second);
            client.getOutputStream().flush();
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 201").contains("\"index\":601,\"status\":\"created\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "a", "{\"tool\": \"nothing\"}"})
    void aCompressedBodyIsReadUpToItsLimit(String what) throws Exception {
        String repeated = what.length() == 1 ? what : what + " ".repeat(5_000) + "\n";
        byte[] bomb = gzip(repeated, 200 << 20);
        Answer answer =
                send(BodyPublishers.ofByteArray(bomb), "Content-Encoding", "gzip", "X-Content-Length", "999999999");
        assertThat(answer.body()).contains("PAYLOAD_TOO_LARGE").contains("bytes when decompressed");
        assertThat(answer.status()).isEqualTo(repeated.length() == 1 ? 413 : 200);
        Answer chunked = send(
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bomb)),
                "Content-Encoding",
                "gzip",
                "X-Content-Length",
                "999999999");
        assertThat(chunked.body()).contains("larger than 16777216 bytes when decompressed");
    }

    @Test
    void aCompressedBodyOfOrdinarySizeIsAccepted() throws Exception {
        assertThat(send(BodyPublishers.ofByteArray(gzip(lines(20) + "\n", 1_000)), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(201);
    }

    private static byte[] gzip(String repeated, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] block = repeated.repeat(Math.max(1, Math.min(length, 1 << 20) / repeated.length()))
                .getBytes(StandardCharsets.UTF_8);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int written = 0; written < length; written += block.length) {
                gzip.write(block);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void anEmptyBodyHasNoJobs() {
        Answer answer = send(BodyPublishers.noBody());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }
}
