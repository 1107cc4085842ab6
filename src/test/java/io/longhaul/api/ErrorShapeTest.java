package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorShapeTest {
    private static final int LARGEST_BODY = 64 * 1024;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(
            DATABASE,
            new ApiConfiguration(LARGEST_BODY, 1 << 24, Duration.ofDays(1), Duration.ofDays(7), Duration.ofSeconds(1)),
            BuiltIn.tools());

    @Test
    void anErrorHasAllItsMembersAndNoMore() {
        Answer answer = SERVER.get("/v1/jobs/nonsense");

        List<String> members = new ArrayList<>();
        answer.json().fieldNames().forEachRemaining(members::add);
        assertThat(members)
                .containsExactly(
                        "type",
                        "title",
                        "status",
                        "detail",
                        "instance",
                        "ok",
                        "error_code",
                        "message",
                        "trace_id",
                        "tool",
                        "errors");
        assertThat(answer.text("/type")).isEqualTo("about:blank");
        assertThat(answer.text("/title")).isEqualTo("Not Found");
        assertThat(answer.json("/status").asInt()).isEqualTo(404);
        assertThat(answer.text("/instance")).isEqualTo("/v1/jobs/nonsense");
        assertThat(answer.text("/message")).isEqualTo(answer.text("/detail"));
        assertThat(answer.json("/tool").isNull()).isTrue();
        assertThat(answer.json("/errors")).isEmpty();
        assertThat(answer.header("traceparent")).contains(answer.text("/trace_id"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nothing, 404, NOT_FOUND",
        "GET, /, 404, NOT_FOUND",
        "GET, /favicon.ico, 404, NOT_FOUND",
        "PUT, /v1/jobs, 405, METHOD_NOT_ALLOWED",
        "PATCH, /v1/jobs/x, 405, METHOD_NOT_ALLOWED",
        "POST, /healthz, 405, METHOD_NOT_ALLOWED",
        "PROPFIND, /v1/jobs, 405, METHOD_NOT_ALLOWED",
        "TRACE, /v1/jobs, 405, METHOD_NOT_ALLOWED",
        "GET, /broken, 500, INTERNAL_ERROR",
        "GET, /broken-servlet, 500, INTERNAL_ERROR",
        "GET, /v1/jobs/%2e%2e/x, 400, BAD_REQUEST",
        "GET, /v1/jobs/a%2Fb, 400, BAD_REQUEST"
    })
    void everyErrorHasTheOneShape(String method, String path, int status, String code) throws IOException {
        Answer answer = raw(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertShape(answer, status, code);
        if (status == 405) {
            assertThat(answer.body()).isNotEmpty();
            assertThat(answer.header("Allow")).isNotEmpty();
        }
    }

    @Test
    void anInternalErrorShowsNoDetails() {
        for (String path : List.of("/broken", "/broken-servlet")) {
            Answer answer = SERVER.get(path);
            assertThat(answer.text("/title")).isEqualTo("Internal Server Error");
            assertThat(answer.body()).doesNotContain("secret-password", "SELECT", "Exception", "io.longhaul", "at ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~~",
                "GET / HTTP/9.9~Host: x~~",
                "NONSENSE~~",
                "GET /v1/jobs/% HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1/jobs?limit=%zz HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1/jobs?%ff=%ff&tool=%c3%28 HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1/jobs?a=b c HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1/jobs?a={b}&<> HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1/jobs;x=y HTTP/1.1~Host: x~Connection: close~~",
                "GET /v1//jobs HTTP/1.1~Host: x~Connection: close~~",
                "GET /\0 HTTP/1.1~Host: x~Connection: close~~",
                "GET / HTTP/1.1~Host: x~Bad Header~~",
                "GET / HTTP/1.1~Host: x~A: \0~Connection: close~~",
                "GET http://[::1 HTTP/1.1~Host: x~Connection: close~~",
                "POST /v1/jobs HTTP/1.1~Host: x~Content-Type: application/json~Content-Length: -1~~",
                "POST /v1/jobs HTTP/1.1~Host: x~Content-Type: application/json~Content-Length: 2~Transfer-Encoding: chunked~~{}",
                "POST /v1/jobs HTTP/1.1~Host: x~Content-Type: application/json~Connection: close~Transfer-Encoding: chunked~~zz~{}~0~~",
                "POST /v1/jobs HTTP/1.1~Host: x~Content-Type: \u0001~Connection: close~Content-Length: 2~~{}",
                "POST /v1/jobs HTTP/1.1~Host: x~Content-Type: nonsense~Connection: close~Content-Length: 2~~{}",
                "GET /v1/jobs HTTP/1.1~Host: x~Accept: nonsense~Connection: close~~",
                "GET /v1/jobs HTTP/1.1~Host: x~Accept: text/html;q=x~Connection: close~~",
            })
    void malformedHttpIsAnsweredWithAProblemOrServed(String request) throws IOException {
        Answer answer = raw(request.replace("~", "\r\n"));

        assertThat(answer.status()).isBetween(200, 505).isNotEqualTo(500);
        if (answer.status() >= 400) {
            assertShape(answer, answer.status(), answer.text("/error_code"));
        }
    }

    @Test
    void tooLongAddressesAndTooLargeHeadersAreProblems() throws IOException {
        String end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assertShape(raw("GET /v1/jobs?tool=" + "x".repeat(20_000) + end), 414, "URI_TOO_LONG");
        Answer large = raw("GET /v1/jobs HTTP/1.1\r\nHost: x\r\nA: " + "x".repeat(20_000) + "\r\n\r\n");
        assertShape(large, 431, "HEADERS_TOO_LARGE");
    }

    @Test
    void onlyJsonIsAvailable() {
        Answer answer = SERVER.send(SERVER.request("/v1/jobs").header("Accept", "text/csv"));

        assertShape(answer, 406, "NOT_ACCEPTABLE");
        Answer submit = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Accept", "text/csv");
        assertShape(submit, 406, "NOT_ACCEPTABLE");
        assertThat(submit.text("/message")).isEqualTo("The answer is JSON: accept application/json.");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/events, text/event-stream",
        "/v1/jobs/3f2504e0-4f89-41d3-9a0c-0305e82c3301/events, text/event-stream",
        "/openapi.yaml, application/yaml",
        "/docs, text/html"
    })
    void aTypeThatIsNotAcceptedIsNamed(String path, String type) {
        for (String accepted : List.of("application/json", type + ";q=0")) {
            Answer answer = SERVER.send(SERVER.request(path).header("Accept", accepted));
            assertShape(answer, 406, "NOT_ACCEPTABLE");
            assertThat(answer.text("/message")).startsWith("The answer is " + type);
        }
    }

    @Test
    void linesAreAnsweredWithLines() {
        Answer answer = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString("{\"tool\": \"echo\"}")));
        assertShape(answer, 406, "NOT_ACCEPTABLE");
        assertThat(answer.text("/message")).isEqualTo("The answer is application/x-ndjson: accept that.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf-16",
                "application/json; charset=nonsense",
                "application/json; charset=!",
                "application/json; x",
                "application/json; charset",
                "application/json; charset=\"utf-8",
                "application/json; =",
                "application/*",
                "*/*"
            })
    void otherMediaTypesAreRefused(String type) {
        for (String path : List.of("/v1/jobs", "/v1/mcp/invoke")) {
            Answer answer = SERVER.send(SERVER.request(path)
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("{\"tool\": \"echo\"}")));
            assertShape(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }

    @Test
    void jsonInUtf8IsAcceptedInAnySpelling() {
        for (String type : List.of("application/json", "application/json; charset=UTF-8", "Application/JSON")) {
            Answer answer = SERVER.send(SERVER.request("/v1/jobs")
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("\ufeff{\"tool\": \"echo\"}")));
            assertThat(answer.status()).as(type).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "nope",
                "{\"tool\"",
                "{\"tool\": }",
                "{tool: 1}",
                "{'tool': 1}",
                "{\"tool\": NaN}",
                "{\"tool\": Infinity}",
                "{\"tool\": +1}",
                "{\"tool\": 01}",
                "{\"tool\": .5}",
                "{\"tool\": \"\\x\"}",
                "{\"tool\": \"a\nb\"}",
                "{\"tool\": \"echo\",}",
                "{\"tool\": \"echo\"} x",
                "{\"tool\": \"echo\"}{}",
                "{\"tool\": \"echo\"}}",
                "/* comment */ {\"tool\": \"echo\"}",
                "{\"tool\": \"echo\", \"tool\": \"ping\"}",
                "{\"tool\": \"echo\", \"params\": {\"a\": 1, \"a\": 2}}",
                "{\"tool\": \"echo",
                "{\"tool\": tru}"
            })
    void malformedJsonIsRefusedWithItsPosition(String body) {
        Answer answer = SERVER.post("/v1/jobs", body);

        assertShape(answer, 400, "MALFORMED_JSON");
        assertThat(answer.text("/detail"))
                .doesNotContain("Json", "Source", "Feature", "fasterxml", "java", "`")
                .matches(body.isBlank() ? ".*empty.*" : "(?s).*line \\d+, column \\d+\\.");
    }

    @Test
    void aBodyNestedTooDeepIsRefused() {
        for (int depth : List.of(501, 20_000)) {
            String params = "[".repeat(depth) + "]".repeat(depth);
            Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + params + "}");
            assertShape(answer, 400, "MALFORMED_JSON");
        }
        String params = "{\"a\": " + "[".repeat(498) + "]".repeat(498) + "}";
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + params + "}")
                .text("/job_id");
        assertThat(SERVER.get("/v1/jobs/" + id).body()).contains(params);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC3, 0xFF, 0x80})
    void aBodyThatIsNotUtf8IsRefused(int wrong) {
        byte[] body = "{\"tool\": \"echo\", \"x\": \"?\"}".getBytes(StandardCharsets.UTF_8);
        body[body.length - 3] = (byte) wrong;
        Answer answer = SERVER.send(SERVER.request("/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));

        assertShape(answer, 400, "MALFORMED_JSON");
        assertThat(answer.text("/detail")).contains("UTF-8");
    }

    @Test
    void aBodyAtTheLimitIsAcceptedAndOneByteMoreIsNot() {
        String start = "{\"tool\": \"echo\", \"params\": {\"x\": \"";
        String full = start + "x".repeat(LARGEST_BODY - start.length() - 3) + "\"}}";
        assertThat(SERVER.post("/v1/jobs", full).status()).isEqualTo(201);

        assertShape(SERVER.post("/v1/jobs", full + " "), 413, "PAYLOAD_TOO_LARGE");
    }

    @Test
    void aLargeBodyWithoutLengthIsStopped() {
        byte[] body = ("{\"tool\": \"" + "x".repeat(4 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        Answer answer = SERVER.send(SERVER.request("/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))));

        assertShape(answer, 413, "PAYLOAD_TOO_LARGE");
    }

    @Test
    void aSmallBodyThatInflatesToALargeOneIsStopped() throws IOException {
        byte[] bomb = gzip("{\"tool\": \"" + "x".repeat(50 << 20) + "\"}");
        assertThat(bomb.length).isLessThan(LARGEST_BODY);

        assertShape(send(bomb), 413, "PAYLOAD_TOO_LARGE");
        assertThat(send(gzip("{\"tool\": \"echo\"}")).status()).isEqualTo(201);
    }

    @Test
    void aBodyThatDoesNotMatchItsEncodingIsRefused() {
        assertShape(send("{\"tool\": \"echo\"}".getBytes(StandardCharsets.UTF_8)), 400, "BAD_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({"OVERLOADED, 429, OVERLOADED", "STOPPING, 503, SHUTTING_DOWN"})
    void aSubmitThatCannotBeAcceptedNowHasRetryAfter(SubmissionRejected.Reason reason, int status, String code) {
        SERVER.rejection = new SubmissionRejected(reason, "Not now.", List.of());
        try {
            Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}");
            assertShape(answer, status, code);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.text("/tool")).isEqualTo("echo");
        } finally {
            SERVER.rejection = null;
        }
    }

    private static Answer send(byte[] gzipped) {
        return SERVER.send(SERVER.request("/v1/jobs")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzipped)));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void assertShape(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json("/status").asInt()).isEqualTo(status);
        assertThat(answer.text("/error_code")).isEqualTo(code);
        assertThat(answer.json("/ok").booleanValue()).isFalse();
        assertThat(answer.text("/trace_id")).matches("[0-9a-f]{32}");
        assertThat(answer.text("/title")).isNotEmpty();
        assertThat(answer.text("/detail")).isNotEmpty();
        assertThat(answer.json("/instance").isMissingNode()).isFalse();
        assertThat(answer.json().has("tool")).isTrue();
        assertThat(answer.json("/errors").isArray()).isTrue();
    }

    /** Sends bytes that no HTTP client would send. */
    private static Answer raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return RawAnswers.parse(in.readAllBytes());
        }
    }

    @Test
    void anAnswerOfTheRawClientIsRead() throws IOException {
        assertThat(new ObjectMapper()
                        .readTree(raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                                .body())
                        .path("status")
                        .asText())
                .isEqualTo("healthy");
    }
}
