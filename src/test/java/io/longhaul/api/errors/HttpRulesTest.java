package io.longhaul.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.Answer;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.api.Contract;
import io.longhaul.api.RawConnection;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad HTTP is answered with a reason, and the connection is kept or its end announced, because proxies may share it. */
class HttpRulesTest {
    private static final String JOB = "{\"tool\": \"echo\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    /** Sends a request, and another one on the same connection unless its end was announced. */
    private static Answer ask(String request) {
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
            Answer answer = connection.send(bytes, request.startsWith("HEAD "), false);
            if (!"close".equalsIgnoreCase(answer.header("Connection"))) {
                String next = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
                assertThat(connection
                                .send(next.getBytes(StandardCharsets.US_ASCII), false, false)
                                .status())
                        .isEqualTo(200);
            }
            return answer;
        } catch (IOException e) {
            throw new AssertionError("The connection was closed without a word after " + request, e);
        }
    }

    private static Answer get(String target, String... headers) {
        return ask("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines(headers) + "\r\n");
    }

    private static Answer post(String body, String... headers) {
        return ask("POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + body.length() + "\r\n"
                + lines(headers) + "\r\n" + body);
    }

    private static String lines(String... headers) {
        return Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(Contract.ofJar().wrongProblem("GET", answer)).isEmpty();
        assertThat(answer.text("/error_code")).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//v1/jobs",
                "/v1//jobs",
                "/v1/jobs//",
                "/v1/jobs%00",
                "/v1/jobs/%",
                "/v1/jobs/%zz",
                "/v1/jobs/%c0%af",
                "/v1/jobs%2Fx",
                "/v1/%2e%2e/jobs",
                "/v1/jobs/../jobs",
                "/v1/./jobs",
                "/v1/jobs/..",
                "/v1/jobs/.?limit=1",
                "/v1/jobs\\x",
                "/v1/jobs%5Cx",
                "/v1/jobs;x=y",
                "/v1/jobs;",
                "/v1/jobs%0d%0aX:y",
                "/v1/jobs#x",
                "/v1/jobs/\u0001",
                "*",
                "http://other.example/v1/jobs"
            })
    void anAmbiguousAddressIsRefusedWithTheReason(String target) {
        Answer answer = get(target);
        assertProblem(answer, 400, "BAD_REQUEST");
        assertThat(answer.text("/detail")).hasSizeGreaterThan("The request is not correct HTTP ().".length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/jobs HTTP/1.1~~",
                "GET /v1/jobs HTTP/1.1~Host: a~Host: b~~",
                "GET /v1/jobs HTTP/1.1~Host: a b~~",
                "GET /v1/jobs HTTP/1.1~Host: ~~",
                "POST /v1/jobs HTTP/1.1~Host: a~Content-Length: 2~Content-Length: 3~~{}",
                "POST /v1/jobs HTTP/1.1~Host: a~Content-Length: x~~{}",
                "POST /v1/jobs HTTP/1.1~Host: a~Transfer-Encoding: foo~~{}",
                "CONNECT /v1/jobs HTTP/1.1~Host: a~~"
            })
    void anAmbiguousMessageClosesTheConnection(String request) {
        Answer answer = ask(request.replace("~", "\r\n"));
        assertProblem(answer, 400, "BAD_REQUEST");
        assertThat(answer.text("/detail")).isNotEqualTo("The request is not correct.");
    }

    @Test
    void otherVersionsAndExpectationsHaveTheirCodes() {
        assertProblem(ask("GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n"), 426, "UPGRADE_REQUIRED");
        assertProblem(ask("GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n"), 505, "HTTP_VERSION_NOT_SUPPORTED");
        assertThat(ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                        .status())
                .isEqualTo(200);
        String json = "Content-Type: application/json";
        assertProblem(post(JOB, json, "Expect: nonsense"), 417, "EXPECTATION_FAILED");
        assertThat(post(JOB, json, "Expect: 100-continue").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "br",
                "deflate",
                "compress",
                "x-gzip",
                "gzip, gzip",
                "identity, gzip",
                "\"gzip\"",
                "*"
            })
    void aBodyInAnUnknownEncodingIsRefused(String coding) {
        Answer answer = post(JOB, "Content-Type: application/json", "Content-Encoding: " + coding);
        assertProblem(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
        assertThat(answer.text("/detail")).contains("Content-Encoding", "gzip");
    }

    @Test
    void gzipAndIdentityAreAcceptedInAnyCase() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(JOB.getBytes(StandardCharsets.US_ASCII));
        }
        for (String coding : List.of("gzip", "GZip")) {
            Answer answer = SERVER.send(SERVER.request("/v1/jobs")
                    .header("Content-Type", "application/json")
                    .header("Content-Encoding", coding)
                    .POST(BodyPublishers.ofByteArray(zipped.toByteArray())));
            assertThat(answer.status()).as(coding).isEqualTo(201);
        }
        assertThat(post(JOB, "Content-Type: application/json", "Content-Encoding: Identity")
                        .status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-16",
                "application/json;charset=iso-8859-1",
                "application/json; charset=\"utf-7\"",
                "application/json; charset=UTF-8",
                "application/json; profile=x",
                "*/*; charset=utf-16"
            })
    void anAnswerHasItsOwnMediaType(String accept) {
        for (String path : List.of("/v1/jobs", "/healthz", "/v1/mcp/tools", "/openapi.json")) {
            Answer answer = get(path, "Accept: " + accept);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.header("Content-Type")).as(path).isEqualTo("application/json");
        }
        Answer created = post(JOB, "Content-Type: application/json", "Accept: " + accept);
        assertThat(created.header("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json;q=0           | 406",
                "*/*;q=0                        | 406",
                "application/json;q=0, */*      | 406",
                "application/*;q=0, text/*      | 406",
                "application/json;q=0.000       | 406",
                "text/html                      | 406",
                "*/*;q=0, application/json      | 200",
                "text/html, */*;q=0.1           | 200",
                "application/json;q=0.001       | 200"
            })
    void aClientIsNotSentATypeItExcludes(String accept, int status) {
        Answer answer = get("/v1/jobs", "Accept: " + accept);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 406) {
            assertProblem(answer, 406, "NOT_ACCEPTABLE");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "application/json, application/json", "/", ";charset=utf-8", "\u0001"})
    void aMalformedContentTypeIsRefused(String type) {
        Answer answer = post(JOB, "Content-Type: " + type);
        assertThat(answer.status()).isIn(400, 415);
        assertThat(Contract.ofJar().wrongProblem("POST", answer)).isEmpty();
    }

    @Test
    void aMissingContentTypeMeansJson() {
        assertThat(post(JOB).status()).isEqualTo(201);
    }

    /** Every path of the description. */
    static Stream<String> paths() {
        return Contract.ofJar().operations().stream()
                .map(operation -> operation.substring(operation.indexOf(' ') + 1))
                .distinct()
                .filter(path -> !path.matches("/v1/(workers|audit|tools/\\{name}).*"));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void allowNamesTheMethodsOfThePath(String template) {
        String path = template.replaceAll("\\{[^}]*}", UUID.randomUUID().toString());
        TreeSet<String> described = Contract.ofJar().operations().stream()
                .filter(operation -> operation.endsWith(" " + template))
                .map(operation -> operation.substring(0, operation.indexOf(' ')).toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (described.contains("GET")) {
            described.add("HEAD");
        }
        described.add("OPTIONS");
        Set<String> wrong = new TreeSet<>(Set.of("TRACE", "PROPFIND", "FOO", "get", "PUT"));
        wrong.removeAll(described);
        for (String method : wrong) {
            Answer answer = ask(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
            assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
            assertThat(new TreeSet<>(List.of(answer.header("Allow").split(", "))))
                    .as(method)
                    .isEqualTo(described);
        }
        for (String method : described) {
            Answer answer =
                    ask(method + " " + path + "?nonsense=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
            assertThat(answer.status()).as(method).isNotEqualTo(405);
        }
    }

    @Test
    void aMethodOnAPathThatIsNotThereIsNotFound() {
        for (String method : List.of("GET", "TRACE", "PROPFIND", "PUT")) {
            Answer answer = ask(method + " /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
            assertProblem(answer, 404, "NOT_FOUND");
        }
    }

    @Test
    void headOfAFileIgnoresRanges() {
        String location = SERVER.send(SERVER.request("/v1/files?name=a")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("0123456789")))
                .header("Location");
        for (String range : List.of("bytes=0-1", "bytes=5-", "bytes=-2", "bytes=90-99", "nonsense", "bytes=0-1,4-5")) {
            Answer head = ask("HEAD " + location + " HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: " + range + "\r\n\r\n");
            assertThat(head.status()).as(range).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("10");
            assertThat(head.header("Content-Range")).isNull();
        }
        assertThat(get(location, "Range: bytes=2-4").body()).isEqualTo("234");
        assertProblem(get(location, "Range: bytes=90-99"), 416, "RANGE_NOT_SATISFIABLE");
        String tag = get(location).header("ETag");
        for (String known : List.of(tag, "W/" + tag, "*", "\"x\", " + tag)) {
            assertThat(get(location, "If-None-Match: " + known).status())
                    .as(known)
                    .isEqualTo(304);
        }
        for (String unknown : List.of("\"x\"", "nonsense", tag.replace("\"", ""))) {
            assertThat(get(location, "If-None-Match: " + unknown).status())
                    .as(unknown)
                    .isEqualTo(200);
        }
    }
}
