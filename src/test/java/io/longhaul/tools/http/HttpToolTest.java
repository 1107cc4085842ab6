package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpToolTest {
    private final StandIn server = new StandIn();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void valuesStayInTheirPlaceOfTheUrl() throws Exception {
        answering(200, "{}");
        call(
                "url: '" + server.url()
                        + "/genes/{id}/x?fixed=1&q={q}', query: {term: '{t}', gone: 'a{absent}', n: '{n}'}",
                "{\"id\": \"a/b?c#d ..%2e\", \"q\": \"1&fixed=2\", \"t\": \"ä +&=\", \"n\": [1, \"b,c\"]}");
        assertThat(server.only().uri())
                .isEqualTo(
                        "/genes/a%2Fb%3Fc%23d%20..%252e/x?fixed=1&q=1%26fixed%3D2&term=%C3%A4%20%2B%26%3D&n=1&n=b%2Cc");
    }

    @Test
    void arraysMayBeJoinedByCommas() throws Exception {
        answering(200, "{}");
        call("url: '" + server.url() + "/x', arrays: comma, query: {id: '{ids}'}", "{\"ids\": [1, 2]}");
        assertThat(server.only().uri()).isEqualTo("/x?id=1%2C2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"id\": \"..\"}", "{\"id\": \".\"}", "{\"id\": \"\"}", "{\"id\": null}", "{}"})
    void aValueThatWouldMakeAnotherPathIsRefused(String params) throws Exception {
        ToolResult.Failure failure = failure(call("method: DELETE, url: '" + server.url() + "/genes/{id}'", params));
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_PARAMS);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aBodyIsFilledWithTheParamsOwnJson() throws Exception {
        answering(200, "{}");
        call(
                "url: '" + server.url()
                        + "/x', body: {n: '{n}', s: 'n={n}', deep: [{o: '{o}'}, '{absent}'], gone: '{absent}',"
                        + " brace: '{{x}}', fixed: 1}",
                "{\"n\": 1.50, \"o\": {\"a\": \"\\\"\"}}");
        StandIn.Request request = server.only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.body())
                .isEqualTo(
                        "{\"n\":1.50,\"s\":\"n=1.50\",\"deep\":[{\"o\":{\"a\":\"\\\"\"}}],\"brace\":\"{x}\",\"fixed\":1}");
        assertThat(request.header("Content-type")).isEqualTo("application/json");
    }

    @Test
    void aFormIsEncoded() throws Exception {
        answering(200, "{}");
        call("url: '" + server.url() + "/x', form: {a: '{a}', b: x}", "{\"a\": \"1&b=2 ä\"}");
        assertThat(server.only().body()).isEqualTo("a=1%26b%3D2%20%C3%A4&b=x");
        assertThat(server.only().header("Content-type")).isEqualTo("application/x-www-form-urlencoded");
    }

    /** Java sends a question mark for a letter beyond ASCII. */
    @ParameterizedTest
    @ValueSource(strings = {"1\\r\\nX-Admin: yes", "\u00e4", "Z\u00fcrich \u20ac", "\\u0000"})
    void whatCannotBeInAHeaderIsRefused(String text) throws Exception {
        ToolResult.Failure failure =
                failure(call("url: '" + server.url() + "/x', headers: {X-A: '{a}'}", "{\"a\": \"" + text + "\"}"));
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_PARAMS);
        assertThat(failure.message()).contains("header X-A");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theServerLearnsWhichJobAsks() throws Exception {
        answering(200, "{}");
        RecordedCall call = new RecordedCall("{}");
        call.start(TestTools.one(entry("method: POST, url: '" + server.url() + "/x'")))
                .await();
        assertThat(server.only().header("Idempotency-key")).isEqualTo(call.jobId());
        assertThat(server.only().header("Traceparent")).startsWith("00-" + call.traceId() + "-");
    }

    @Test
    void theAnswerBecomesTheResult() throws Exception {
        answering(200, "{\"data\": {\"n\": 1.50}}");
        String url = "url: '" + server.url() + "/x'";
        assertThat(call(url, "{}")).isEqualTo(new ToolResult.Success("{\"data\": {\"n\": 1.50}}"));
        assertThat(call(url + ", result: /data/n", "{}")).isEqualTo(new ToolResult.Success("1.50"));
        assertThat(call(url + ", output: text", "{}"))
                .isEqualTo(new ToolResult.Success("\"{\\\"data\\\": {\\\"n\\\": 1.50}}\""));
        assertThat(failure(call(url + ", result: /nothing", "{}")).message()).contains("/nothing", "correct result");
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_PARAMS, false",
        "422, INVALID_PARAMS, false",
        "403, TOOL_ERROR, false",
        "404, TOOL_ERROR, false",
        "302, TOOL_ERROR, false",
        "408, UNAVAILABLE, true",
        "429, UNAVAILABLE, true",
        "500, TOOL_ERROR, true",
        "503, UNAVAILABLE, true",
    })
    void statusesSayWhatKindOfFailureItIs(int status, FailureKind kind, boolean retryable) throws Exception {
        answering(status, "{\"error\": {\"message\": \"because\"}}");
        ToolResult.Failure failure = failure(call("url: '" + server.url() + "/x?key=1'", "{}"));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure.message())
                .startsWith("GET " + server.url() + "/x was answered with " + status + ": because");
    }

    @Test
    void statusesCanBeConfigured() throws Exception {
        answering(404, "none");
        String url = "url: '" + server.url() + "/x'";
        assertThat(call(url + ", success: [200, 404]", "{}")).isEqualTo(new ToolResult.Success("\"none\""));
        assertThat(failure(call(url + ", retry_on: [404]", "{}")).retryable()).isTrue();
    }

    @Test
    void theServerSaysHowLongToWait() throws Exception {
        server.on(
                "/s",
                (request, exchange) -> exchange.header("Retry-After", "120").json(429, "{}"));
        server.on(
                "/d",
                (request, exchange) -> exchange.header(
                                "Retry-After",
                                ZonedDateTime.now(ZoneOffset.UTC)
                                        .plusMinutes(10)
                                        .format(DateTimeFormatter.RFC_1123_DATE_TIME))
                        .json(503, "{}"));
        server.on(
                "/l/",
                (request, exchange) -> exchange.header(
                                "Retry-After", request.uri().substring("/l/".length()))
                        .json(503, "{}"));
        assertThat(failure(call("url: '" + server.url() + "/s'", "{}")).retryAfter())
                .isEqualTo(Duration.ofSeconds(120));
        assertThat(failure(call("url: '" + server.url() + "/d'", "{}")).retryAfter())
                .isBetween(Duration.ofMinutes(8), Duration.ofMinutes(10));
        for (String seconds : new String[] {"99999999", "2147483648", "99999999999", "9".repeat(40)}) {
            assertThat(failure(call("url: '" + server.url() + "/l/" + seconds + "'", "{}"))
                            .retryAfter())
                    .as(seconds)
                    .isEqualTo(Duration.ofDays(1));
        }
    }

    @Test
    void aMissingAnswerIsATimeout() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        server.on("/x", (request, exchange) -> never.await());
        ToolResult.Failure failure = failure(call("answer_timeout: 50ms, url: '" + server.url() + "/x'", "{}"));
        assertThat(failure.kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aCancelAbortsTheAnswerUnderWay() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        server.on("/x", (request, exchange) -> {
            exchange.http().sendResponseHeaders(200, 0);
            OutputStream out = exchange.http().getResponseBody();
            try {
                while (true) {
                    out.write(' ');
                    out.flush();
                    under.countDown();
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            } finally {
                gone.countDown();
            }
        });
        RecordedCall call = new RecordedCall("{}").start(TestTools.one(entry("url: '" + server.url() + "/x'")));
        assertThat(under.await(10, TimeUnit.SECONDS)).isTrue();
        call.runActions();
        assertThat(gone.await(2, TimeUnit.SECONDS)).isTrue();
        call.awaitEnd();
    }

    @Test
    void redirectsAreFollowedOnlyIfConfiguredAndWithoutSecrets() throws Exception {
        StandIn other = new StandIn().on("/y", (request, exchange) -> exchange.json(200, "7"));
        server.on(
                "/x",
                (request, exchange) ->
                        exchange.header("Location", other.url() + "/y").json(302, ""));
        String url = "url: '" + server.url() + "/x', auth: {bearer: {env: PATH}}";
        assertThat(failure(call(url, "{}")).message()).contains("follow_redirects");
        assertThat(call(url + ", follow_redirects: true", "{}")).isEqualTo(new ToolResult.Success("7"));
        assertThat(server.requests().get(0).header("Authorization")).isEqualTo("Bearer " + System.getenv("PATH"));
        assertThat(other.only().headers()).doesNotContainKeys("Authorization", "Idempotency-key");
        other.close();
    }

    @Test
    void theStatusIsPolledUntilTheWorkIsDone() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        server.on("/start", (request, exchange) -> exchange.json(201, "{\"job\": {\"id\": \"a b\"}}"));
        server.on("/jobs/a%20b", (request, exchange) -> exchange.json(500, ""));
        server.on("/jobs/a b", (request, exchange) -> {
            int n = asked.incrementAndGet();
            // The server is unavailable in between, which loses no work.
            exchange.json(n == 2 ? 503 : 200, n < 4 ? "{\"state\": \"RUNNING\", \"pc\": 50}" : "{\"state\": \"OK\"}");
        });
        server.on("/results/a b", (request, exchange) -> exchange.json(200, "{\"out\": [1, 2]}"));
        RecordedCall call = new RecordedCall("{\"x\": 1}");
        ToolResult result = call.start(TestTools.one(entry("method: POST, url: '" + server.url()
                        + "/start', poll: {url: '/jobs/{answer.job.id}', interval: 1ms, done: {/state: [OK, DONE]},"
                        + " progress: /pc, progress_max: 100, result_url: '/results/{answer.job.id}', result: /out}")))
                .await();
        assertThat(result).isEqualTo(new ToolResult.Success("[1,2]"));
        assertThat(asked).hasValue(4);
        assertThat(call.progress()).contains(new RecordedCall.Progress(0.5, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/", "/results/"})
    void aQuestionThatIsNotAnsweredInTimeIsAskedAgain(String silent) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Map<String, AtomicInteger> asked = Map.of("/jobs/", new AtomicInteger(), "/results/", new AtomicInteger());
        server.on("/start", (request, exchange) -> exchange.json(201, "{\"id\": 7}"));
        asked.forEach((place, times) -> server.on(place, (request, exchange) -> {
            if (times.incrementAndGet() == 1 && place.equals(silent)) {
                never.await();
            }
            exchange.json(200, "{\"state\": \"OK\"}");
        }));
        ToolResult result = call(
                "method: POST, answer_timeout: 2s, url: '" + server.url()
                        + "/start', poll: {url: '/jobs/{answer.id}', interval: 1ms, done: {/state: OK},"
                        + " result_url: '/results/{answer.id}', result: /state}",
                "{}");
        assertThat(result).isEqualTo(new ToolResult.Success("\"OK\""));
        assertThat(asked.get(silent)).hasValue(2);
    }

    @Test
    void workThatFailsIsAFailureWithItsReason() throws Exception {
        server.on(
                "/start",
                (request, exchange) -> exchange.header("Location", "/state").json(202, ""));
        server.on("/state", (request, exchange) -> exchange.json(200, "{\"s\": \"error\", \"why\": \"disk full\"}"));
        ToolResult result = call(
                "method: POST, url: '" + server.url()
                        + "/start', poll: {url: '{headers.location}', interval: 1ms, done: {/s: ok}, failed: {/s: error},"
                        + " error: /why}",
                "{}");
        assertThat(result).isEqualTo(ToolResult.failure(FailureKind.TOOL_ERROR, "disk full"));
    }

    @Test
    void aServerCannotSendItsToolElsewhere() throws Exception {
        server.on(
                "/start",
                (request, exchange) ->
                        exchange.header("Location", "http://169.254.169.254/x").json(202, ""));
        ToolResult.Failure failure = failure(call(
                "method: POST, url: '" + server.url() + "/start', poll: {url: '{headers.location}', interval: 1ms}",
                "{}"));
        assertThat(failure.message()).contains("no URL of its own");
    }

    @Test
    void aCancelTellsTheServer() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        server.on("/start", (request, exchange) -> exchange.json(200, "{\"id\": 7}"));
        server.on("/jobs/7", (request, exchange) -> {
            if (request.method().equals("DELETE")) {
                told.countDown();
            }
            exchange.json(200, "{\"log\": \"working\"}");
        });
        RecordedCall call = new RecordedCall("{}")
                .start(TestTools.one(entry("method: POST, url: '" + server.url()
                        + "/start', poll: {url: '/jobs/{answer.id}', interval: 1ms, done: {/s: ok}, log: /log},"
                        + " cancel: {url: '/jobs/{answer.id}'}")))
                .awaitFirstLine();
        call.cancel();
        call.awaitEnd();
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anEndlessAnswerToACancelIsAborted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch hungUp = new CountDownLatch(1);
        server.on("/start", (request, exchange) -> exchange.json(200, "{}"));
        server.on("/state", (request, exchange) -> {
            asked.countDown();
            exchange.json(200, "{}");
        });
        server.on("/stop", (request, exchange) -> {
            exchange.http().sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.http().getResponseBody()) {
                while (true) {
                    out.write(new byte[8192]);
                }
            } catch (IOException e) {
                hungUp.countDown();
            }
        });
        String url = server.url();
        RecordedCall call = new RecordedCall("{}")
                .start(TestTools.one(entry("method: POST, url: '" + url + "/start', poll: {url: '" + url
                        + "/state', interval: 1ms, done: {/s: ok}}, cancel: {url: '" + url + "/stop'}")));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        call.cancel();
        call.awaitEnd();
        assertThat(hungUp.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "301, POST, GET", "302, POST, GET", "303, POST, GET", "307, POST, POST", "308, POST, POST",
        "301, PUT, PUT", "302, PATCH, PATCH", "302, DELETE, DELETE", "303, PUT, GET", "308, DELETE, DELETE",
        "302, GET, GET", "303, GET, GET"
    })
    void aRedirectChangesTheMethodOnlyWhereItMay(int status, String method, String becomes) throws Exception {
        try (StandIn other = new StandIn().on("/y", (request, exchange) -> exchange.json(200, "7"))) {
            server.on(
                    "/x",
                    (request, exchange) ->
                            exchange.header("Location", other.url() + "/y").json(status, ""));
            boolean fed = !method.equals("GET");
            String settings = "method: " + method + ", follow_redirects: true, headers: {X-Key: k}, url: '"
                    + server.url() + "/x'" + (fed ? ", body: {a: 1}" : "");
            assertThat(call(settings, "{}")).isEqualTo(new ToolResult.Success("7"));
            StandIn.Request arrived = other.only();
            assertThat(arrived.method()).isEqualTo(becomes);
            assertThat(arrived.header("X-key")).isNull();
            boolean keeps = fed && !becomes.equals("GET");
            assertThat(arrived.body()).isEqualTo(keeps ? "{\"a\":1}" : "");
            assertThat(arrived.header("Content-type")).isEqualTo(keeps ? "application/json" : null);
        }
    }

    @Test
    void redirectsWithoutEndAreGivenUpAndNotBlamedOnASettingThatIsThere() throws Exception {
        server.on("/x", (request, exchange) -> exchange.header("Location", "/x").json(302, ""));
        ToolResult.Failure failure = failure(call("follow_redirects: true, url: '" + server.url() + "/x'", "{}"));
        assertThat(failure.message())
                .isEqualTo("GET " + server.url() + "/x was redirected more than 5 times: correct the URL.");
        assertThat(failure.retryable()).isFalse();
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void aRedirectToNowhereIsNotBlamedOnASetting() throws Exception {
        answering(304, "");
        assertThat(failure(call("follow_redirects: true, url: '" + server.url() + "/x'", "{}"))
                        .message())
                .doesNotContain("follow_redirects");
    }

    @Test
    void anAnswerInAnotherCharsetIsUnderstood() throws Exception {
        server.on("/x", (request, exchange) -> {
            byte[] latin = "äö".getBytes(StandardCharsets.ISO_8859_1);
            exchange.header("Content-Type", "text/plain; charset=ISO-8859-1");
            exchange.http().sendResponseHeaders(200, latin.length);
            exchange.http().getResponseBody().write(latin);
        });
        assertThat(call("url: '" + server.url() + "/x'", "{}")).isEqualTo(new ToolResult.Success("\"äö\""));
    }

    private void answering(int status, String body) {
        server.on("/", (request, exchange) -> exchange.text(status, "application/json", body));
    }

    private static ToolResult call(String settings, String params) throws Exception {
        return new RecordedCall(params).start(TestTools.one(entry(settings))).await();
    }

    private static String entry(String settings) {
        return "[{type: http, name: tool, " + settings + "}]";
    }

    private static ToolResult.Failure failure(ToolResult result) {
        assertThat(result).isInstanceOf(ToolResult.Failure.class);
        return (ToolResult.Failure) result;
    }
}
