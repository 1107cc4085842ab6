package io.longhaul.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longhaul.tools.http.StandIn;
import io.longhaul.tools.http.StandIn.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client against a server that misbehaves. */
class LonghaulClientTest {
    private static final UUID ID = UUID.fromString("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final String DONE = job("completed");

    private final StandIn server = new StandIn();
    private LonghaulClient client = LonghaulClient.builder(server.url())
            .patience(Duration.ofSeconds(20))
            .token("lh_secret")
            .build();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static String job(String status) {
        return "{\"job_id\": \"" + ID + "\", \"tool\": \"echo\", \"status\": \"" + status
                + "\", \"created_at\": \"2026-01-31T12:00:00.5+00:00\", \"attempt\": 1, \"result\": {\"n\": 1.50}}";
    }

    private void answers(String path, StandIn.Handler... turns) {
        int[] turn = {0};
        server.on(path, (request, exchange) -> turns[Math.min(turn[0]++, turns.length - 1)].answer(request, exchange));
    }

    private List<Request> requests() {
        return server.requests();
    }

    @Test
    void repeatsASubmitWithTheSameKeyWhenTheConnectionIsLost() throws Exception {
        answers("/v1/jobs", (r, x) -> x.http().close(), (r, x) -> x.json(201, DONE));

        Job job = client.submit(
                JobRequest.of("echo", Map.of("n", new BigDecimal("1.50"))).priority(7));

        assertThat(job.id()).isEqualTo(ID);
        assertThat(job.result().toString()).isEqualTo("{\"n\":1.50}");
        assertThat(requests()).hasSize(2);
        assertThat(requests().get(0).body())
                .isEqualTo(requests().get(1).body())
                .contains("\"idempotency_key\":\"", "\"params\":{\"n\":1.50}", "\"priority\":7");
        assertThat(requests().get(0).header("Authorization")).isEqualTo("Bearer lh_secret");
    }

    @Test
    void numbersOfAnyLengthGoAndComeAndWhatIsNoneIsRefused() {
        BigInteger large = BigInteger.TEN.pow(100_000).add(BigInteger.ONE);
        answers("/v1/jobs", (r, x) -> x.json(201, DONE.replace("1.50", large.toString())));

        Job job = client.submit(JobRequest.of("echo", Map.of("n", large)));

        assertThat(job.result().get("n").bigIntegerValue()).isEqualTo(large);
        assertThat(requests().get(0).body()).contains(large.toString());
        for (Object none : List.of(Double.NaN, Float.NEGATIVE_INFINITY)) {
            assertThatThrownBy(() -> JobRequest.of("echo", Map.of("list", List.of(none))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("JSON has no number");
        }
    }

    @Test
    void anAnswerThatStopsInTheMiddleIsAskedForAgain() throws Exception {
        answers(
                "/v1/jobs/" + ID,
                (r, x) -> {
                    x.http().sendResponseHeaders(200, DONE.length());
                    x.http().getResponseBody().write(DONE.getBytes(StandardCharsets.US_ASCII), 0, 10);
                    x.http().getResponseBody().flush();
                    new CountDownLatch(1).await();
                },
                (r, x) -> x.json(200, DONE));
        try (LonghaulClient hasty = LonghaulClient.builder(server.url())
                .timeout(Duration.ofMillis(500))
                .build()) {
            assertThat(hasty.get(ID).id()).isEqualTo(ID);
        }
        assertThat(requests()).hasSize(2);
    }

    @Test
    void namesOfParametersMayHoldEveryLetter() {
        answers("/v1/jobs", (r, x) -> x.json(200, "{\"jobs\": []}"));
        try (Stream<Job> jobs = client.list(JobFilter.ALL.with("params.sample id&\u00fc", "S 1"))) {
            assertThat(jobs).isEmpty();
        }
        assertThat(requests().get(0).uri()).contains("params.sample+id%26%C3%BC=S+1");
    }

    @Test
    void aDownloadThatBreaksOffAtOnceIsNotAskedForWithoutPause() {
        answers("/v1/files/" + ID, (r, x) -> {
            x.header("ETag", "\"" + "0".repeat(64) + "\"").http().sendResponseHeaders(200, 10);
            x.http().getResponseBody().flush();
        });
        try (LonghaulClient hasty = LonghaulClient.builder(server.url())
                .patience(Duration.ofSeconds(1))
                .build()) {
            assertThatThrownBy(() -> hasty.download("/v1/files/" + ID, OutputStream.nullOutputStream()))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining("broke off after 0 bytes");
        }
        assertThat(requests()).hasSizeBetween(2, 4);
    }

    @Test
    void waitsForRetryAfterBeforeItRepeats() {
        answers("/v1/jobs", (r, x) -> x.header("Retry-After", "1").json(429, "{}"), (r, x) -> x.json(201, DONE));
        long begun = System.nanoTime();

        client.submit(JobRequest.of("echo"));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(requests()).hasSize(2);
    }

    @Test
    void reportsARefusalAndDoesNotRepeatIt() {
        answers("/v1/jobs", (r, x) -> x.json(422, """
                {"error_code": "INVALID_PARAMS", "message": "The params do not fit.", "trace_id": "t1",
                 "errors": [{"pointer": "/params/path", "message": "is required"}]}"""));

        LonghaulException refused =
                catchThrowableOfType(LonghaulException.class, () -> client.submit(JobRequest.of("echo")));

        assertThat(refused).hasMessage("The params do not fit.").isNotInstanceOf(UnreachableException.class);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.errorCode()).isEqualTo("INVALID_PARAMS");
        assertThat(refused.traceId()).isEqualTo("t1");
        assertThat(refused.errors()).containsExactly(new LonghaulException.FieldError("/params/path", "is required"));
        assertThat(requests()).hasSize(1);
    }

    @Test
    void givesUpAtOnceIfRetryAfterExceedsItsPatience() {
        answers("/v1/jobs/" + ID, (r, x) -> x.header("Retry-After", "600").json(503, "{\"error_code\": \"X\"}"));

        LonghaulException refused = catchThrowableOfType(LonghaulException.class, () -> client.get(ID));

        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(refused.errorCode()).isEqualTo("X");
    }

    @Test
    void asksTheNextServerWhenOneIsDown() throws Exception {
        answers("/v1/jobs/" + ID, (r, x) -> x.json(200, DONE));
        try (LonghaulClient two = LonghaulClient.builder("http://127.0.0.1:" + deadPort(), server.url())
                .build()) {
            assertThat(two.get(ID).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void namesTheAddressWhenNoServerAnswers() throws Exception {
        String nowhere = "http://127.0.0.1:" + deadPort();
        try (LonghaulClient lost =
                LonghaulClient.builder(nowhere).patience(Duration.ofMillis(300)).build()) {
            assertThatThrownBy(() -> lost.get(ID))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining(nowhere);
        }
    }

    @Test
    void tellsOnceOfEachTimeInWhichNoServerAnswers() throws Exception {
        StandIn.Handler busy = (r, x) -> x.json(503, "{}");
        StandIn.Handler done = (r, x) -> x.json(200, DONE);
        List<Integer> told = new CopyOnWriteArrayList<>();
        String path = "/v1/jobs/" + ID;
        answers(path, busy, done, busy, busy, busy, busy, busy, done, busy, busy, busy, busy, done);
        try (LonghaulClient telling = LonghaulClient.builder(server.url())
                .whileAway((failure, time) -> told.add(failure.status()))
                .build()) {
            telling.get(ID);
            assertThat(told).isEmpty();
            telling.get(ID);
            assertThat(told).containsExactly(503);
            telling.get(ID);
            assertThat(told).containsExactly(503, 503);
        }
    }

    @Test
    void hasLessPatienceBeforeTheFirstAnswer() throws Exception {
        StandIn.Handler busy = (r, x) -> x.json(503, "{}");
        StandIn.Handler done = (r, x) -> x.json(200, DONE);
        answers("/v1/jobs/" + ID, busy, done, busy, busy, busy, done);
        LonghaulClient.Builder hasty = LonghaulClient.builder(server.url()).patienceAtFirst(Duration.ofMillis(1));
        try (LonghaulClient client = hasty.build()) {
            assertThatThrownBy(() -> client.get(ID)).isInstanceOf(LonghaulException.class);
            client.get(ID);
            client.get(ID);
        }
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void aRefusalOfTheServerIsAnAnswerToo() {
        answers(
                "/v1/jobs/" + ID,
                (r, x) -> x.json(503, "{\"error_code\": \"DATABASE_UNAVAILABLE\"}"),
                (r, x) -> x.json(200, DONE));
        LonghaulClient.Builder hasty = LonghaulClient.builder(server.url()).patienceAtFirst(Duration.ofMillis(1));
        try (LonghaulClient client = hasty.build()) {
            assertThat(client.get(ID).status().isFinal()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"503, false", "504, true", "0, true"})
    void saysWhetherATryBeforeTheLastMayHaveBeenTaken(int first, boolean unknown) {
        AtomicBoolean asked = new AtomicBoolean();
        server.on("/v1/jobs", (r, x) -> {
            int status = asked.getAndSet(true) ? 503 : first;
            if (status == 0) {
                x.http().close();
            } else {
                x.json(status, "{}");
            }
        });
        try (LonghaulClient client = LonghaulClient.builder(server.url())
                .patience(Duration.ofMillis(900))
                .build()) {
            assertThatThrownBy(() -> client.submit(JobRequest.of("echo", Map.of())))
                    .isInstanceOfSatisfying(LonghaulException.class, e -> {
                        assertThat(e.status()).isEqualTo(503);
                        assertThat(e.isOutcomeUnknown()).isEqualTo(unknown);
                    });
        }
    }

    @Test
    void givesUpWhenTheTimeForAllRequestsIsOver() throws Exception {
        answers("/v1/jobs/" + ID, (r, x) -> x.json(503, "{}"));
        try (LonghaulClient client = LonghaulClient.builder(server.url())
                .giveUpAfter(Duration.ofMillis(1))
                .build()) {
            assertThatThrownBy(() -> client.get(ID)).isInstanceOf(LonghaulException.class);
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void rejectsAnAnswerThatIsNotJson() {
        answers("/v1/jobs/" + ID, (r, x) -> x.text(200, "text/html", "<html>"));

        assertThatThrownBy(() -> client.get(ID))
                .isInstanceOf(LonghaulException.class)
                .hasMessageContaining("no Longhaul");
    }

    @Test
    void repeatsAWaitUntilTheJobHasEnded() {
        answers(
                "/v1/jobs/" + ID,
                (r, x) -> x.http().close(),
                (r, x) -> x.header("Retry-After", "1").json(200, job("running")),
                (r, x) -> x.json(200, DONE));

        assertThat(client.await(ID, Duration.ofSeconds(Long.MAX_VALUE)).status())
                .isEqualTo(JobStatus.COMPLETED);

        assertThat(requests()).hasSize(3).allMatch(r -> r.header("Prefer").equals("wait=60"));
    }

    @Test
    void continuesAStreamAfterTheLastCompleteEvent() {
        String log = "{\"line_no\": %d, \"attempt\": 1, \"logged_at\": \"2026-01-31T12:00:00Z\", \"line\": \"%s\"}";
        answers(
                "/v1/jobs/" + ID + "/events",
                (r, x) -> x.text(
                        200,
                        "text/event-stream",
                        "retry: 1000\nid: 0\n\nid: 1.running.4\nevent: log\ndata: " + log.formatted(4, "one")
                                + "\n\nid: 1.running.9\nevent: log\ndata: {\"line_"),
                (r, x) -> x.text(
                        200,
                        "text/event-stream",
                        ":\n\nid: 1.running.9\nevent: unheard-of\ndata: {}\n\n"
                                + "id: 1.running.9\nevent: log\ndata: " + log.formatted(9, "two")
                                + "\n\nid: 1.completed.9\n"
                                + "event: end\ndata: {\"job_id\": \"" + ID + "\"}\n\n"));
        try (JobEvents events = client.events(ID)) {
            assertThat(events.next())
                    .isInstanceOfSatisfying(
                            JobEvent.Logged.class,
                            one -> assertThat(one.line().line()).isEqualTo("one"));
            assertThat(events.lastEventId()).isEqualTo("1.running.4");
            assertThat(events.next())
                    .isInstanceOfSatisfying(
                            JobEvent.Logged.class,
                            two -> assertThat(two.line().lineNo()).isEqualTo(9));
            assertThat(events.next()).isEqualTo(new JobEvent.End(ID));
            assertThat(events.hasNext()).isFalse();
        }
        assertThat(requests()).hasSize(2);
        assertThat(requests().get(0).header("Last-event-id")).isNull();
        assertThat(requests().get(1).header("Last-event-id")).isEqualTo("1.running.4");
    }

    @Test
    void fetchesPagesWhenTheyAreNeeded() {
        StandIn.Handler first =
                (r, x) -> x.json(200, "{\"jobs\": [" + DONE + "," + DONE + "], \"next_cursor\": \"c/1\"}");
        StandIn.Handler last = (r, x) -> x.json(200, "{\"jobs\": [" + DONE + "], \"next_cursor\": null}");
        answers("/v1/jobs", first, first, last);

        try (Stream<Job> jobs = client.list(JobFilter.ALL.tool("a b"))) {
            assertThat(jobs.limit(2)).hasSize(2);
        }
        assertThat(requests()).hasSize(1);
        assertThat(client.list(JobFilter.ALL.tool("a b"))).hasSize(3);
        assertThat(requests().get(2).uri()).endsWith("?tool=a+b&cursor=c%2F1");
    }

    @Test
    void saysAtOnceThatAFileCannotBeRead() {
        for (String wrong : List.of("", "none.csv")) {
            assertThatThrownBy(() -> client.upload("a.csv", Path.of(wrong)))
                    .isInstanceOf(LonghaulException.class)
                    .hasMessageContaining("cannot be read");
        }
        assertThat(requests()).isEmpty();
    }

    @Test
    void offersTheServersWarnings() {
        String warnings = "\"warnings\": [{\"pointer\": \"/priorty\", \"message\": \"is no member\"}]}";
        answers("/v1/jobs", (r, x) -> x.json(201, DONE.replaceFirst("}$", ", " + warnings)));
        answers("/v1/jobs/batch", (r, x) -> x.json(200, "{\"results\": [], " + warnings));

        assertThat(client.submit(JobRequest.of("echo")).warnings())
                .containsExactly(new Warning("/priorty", "is no member"));
        assertThat(client.batch(List.of(JobRequest.of("echo"))).warnings()).hasSize(1);
    }

    @Test
    void refusesABadAddressBeforeSendingAnything() {
        for (String wrong : List.of("localhost:8080", "ftp://here", "http://", "/v1")) {
            assertThatThrownBy(() -> LonghaulClient.of(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("http://127.0.0.1:8080");
        }
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
