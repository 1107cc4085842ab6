package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DelivererTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Duration PATIENCE = Await.LONG;

    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private Jdbi jdbi;
    private Receiver receiver;
    private Sender sender;
    private Deliverer deliverer;
    private boolean shown = true;

    @BeforeEach
    void start() throws Exception {
        jdbi = Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin());
        jdbi.useHandle(h -> h.execute("TRUNCATE jobs, webhooks, webhook_deliveries, webhook_attempts"));
        receiver = new Receiver();
        use(configuration(true, List.of(), Duration.ofSeconds(20)), InetAddress::getAllByName);
    }

    @AfterEach
    void stop() {
        receiver.close();
        sender.stop();
    }

    private static WebhooksConfiguration configuration(boolean allowPrivate, List<String> allow, Duration timeout) {
        return new WebhooksConfiguration(
                allowPrivate,
                allow,
                timeout,
                2,
                List.of(Duration.ofSeconds(10), Duration.ofMinutes(10)),
                20_000,
                Duration.ofDays(1),
                Duration.ofHours(1));
    }

    /** The tests run the steps. */
    private void use(WebhooksConfiguration configuration, CheckedAddresses.Names names) {
        if (sender != null) {
            sender.stop();
        }
        sender = new Sender(configuration, "test", names);
        sender.start();
        metrics.clear();
        Deliverer.Node node = new Deliverer.Node(
                jdbi, () -> true, () -> shown, () -> "https://jobs.example.org", Telemetry.all(), metrics, "test");
        deliverer = new Deliverer(node, configuration, sender);
    }

    private Webhooks webhooks() {
        return jdbi.onDemand(Webhooks.class);
    }

    private DeliveryLog log() {
        return jdbi.onDemand(DeliveryLog.class);
    }

    private UUID endpoint() {
        return endpoint(receiver.url(), false);
    }

    private UUID endpoint(String url, boolean includeResult) {
        return webhooks()
                .create(
                        new Webhooks.Wanted(
                                url, null, WebhookEvent.OF_JOBS.toArray(String[]::new), null, includeResult),
                        SECRET)
                .id();
    }

    /** Inserts a job that ends now. */
    private UUID ended(String result, String webhook) {
        UUID job = jdbi.withHandle(
                h -> h.createQuery("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at, webhook)"
                                + " VALUES ('echo', 'trace-1', '{}', NOW(), CAST(:webhook AS jsonb)) RETURNING id")
                        .bind("webhook", webhook)
                        .mapTo(UUID.class)
                        .one());
        jdbi.useHandle(h -> h.execute(
                "UPDATE jobs SET status = 'completed', result = CAST(? AS jsonb), attempt = 1, completed_at = NOW() WHERE id = ?",
                result,
                job));
        return job;
    }

    private UUID ended() {
        return ended("1", null);
    }

    private Delivery only(UUID job) {
        List<Delivery> all = log().ofJob(job, 10);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private List<DeliveryLog.Attempt> attempts(Delivery delivery) {
        return log().attempts(new UUID[] {delivery.id()});
    }

    /** Runs steps until so many attempts at a job's only delivery are written. */
    private Delivery attempted(UUID job, int attempts) {
        Await.until("the attempt is written", PATIENCE, () -> {
            deliverer.step();
            return attempts(only(job)).size() >= attempts;
        });
        return only(job);
    }

    private void due(UUID job) {
        jdbi.useHandle(h -> h.execute(
                "UPDATE webhook_deliveries SET next_at = NOW() WHERE job_id = ? AND next_at IS NOT NULL", job));
    }

    private static String signature(Receiver.Received received) {
        return WebhookSecret.parse(SECRET)
                .orElseThrow()
                .sign(
                        received.header("webhook-id"),
                        Long.parseLong(received.header("webhook-timestamp")),
                        received.body());
    }

    @Test
    void aDeliveryIsSignedAndTellsOfTheJob() throws Exception {
        UUID endpoint = endpoint();
        UUID job = ended();
        Delivery delivery = attempted(job, 1);
        assertThat(delivery.status()).isEqualTo("delivered");
        assertThat(delivery.webhookId()).isEqualTo(endpoint);
        assertThat(receiver.received).hasSize(1);
        Receiver.Received received = receiver.received.get(0);
        assertThat(received.path()).isEqualTo("/hooks?token=not-to-be-told");
        assertThat(received.header("content-type")).isEqualTo("application/json");
        assertThat(received.header("user-agent")).isEqualTo("Longhaul/test");
        assertThat(received.header("webhook-id")).isEqualTo(delivery.id().toString());
        assertThat(Instant.ofEpochSecond(Long.parseLong(received.header("webhook-timestamp"))))
                .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(120));
        assertThat(received.header("webhook-signature")).isEqualTo(signature(received));
        JsonNode message = received.json();
        assertThat(message.path("type").asText()).isEqualTo("job.completed");
        assertThat(message.path("timestamp").asText()).endsWith("+00:00");
        JsonNode data = message.path("data");
        assertThat(data.path("job_id").asText()).isEqualTo(job.toString());
        assertThat(data.path("tool").asText()).isEqualTo("echo");
        assertThat(data.path("status").asText()).isEqualTo("completed");
        assertThat(data.path("trace_id").asText()).isEqualTo("trace-1");
        assertThat(data.path("error").isNull()).isTrue();
        assertThat(data.path("url").asText()).isEqualTo("https://jobs.example.org/v1/jobs/" + job);
        assertThat(data.has("result")).isFalse();
        assertThat(attempts(delivery)).singleElement().satisfies(attempt -> {
            assertThat(attempt.status()).isEqualTo(204);
            assertThat(attempt.error()).isNull();
        });
        assertThat(delivered()).isEqualTo(1);
    }

    private double delivered() {
        return metrics.scrape("longhaul_webhook_attempts"::equals).get(0).getDataPoints().stream()
                .filter(line -> "delivered".equals(line.getLabels().get("outcome")))
                .mapToDouble(line -> ((CounterDataPointSnapshot) line).getValue())
                .sum();
    }

    @Test
    void aRotatedSecretSignsBesideTheNewOneForAWhile() {
        UUID endpoint = endpoint();
        String fresh = WebhookSecret.random().reveal();
        webhooks().rotate(endpoint, fresh, 3600);
        attempted(ended(), 1);
        Receiver.Received received = receiver.received.get(0);
        String[] signatures = received.header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(2).contains(signature(received)).doesNotHaveDuplicates();
        jdbi.useHandle(h -> h.execute("UPDATE webhooks SET old_secret_until = NOW() - INTERVAL '1 s'"));
        attempted(ended(), 1);
        received = receiver.received.get(1);
        assertThat(received.header("webhook-signature")).doesNotContain(" ").isNotEqualTo(signature(received));
    }

    @Test
    void theSecretOfTheReceiverSignsUntilItsTimeAlsoIfTheSecretIsRotatedAgain() {
        UUID endpoint = endpoint();
        Instant until = rotated(endpoint, 7_200).oldSecretUntil();
        assertThat(rotated(endpoint, 3_600).oldSecretUntil()).isEqualTo(until);
        attempted(ended(), 1);
        Receiver.Received received = receiver.received.get(0);
        String[] signatures = received.header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(3).contains(signature(received)).doesNotHaveDuplicates();

        assertThat(rotated(endpoint, 0).oldSecretUntil()).isNull();
        attempted(ended(), 1);
        assertThat(receiver.received.get(1).header("webhook-signature")).doesNotContain(" ");

        for (int i = 0; i < 12; i++) {
            rotated(endpoint, 3_600);
        }
        attempted(ended(), 1);
        signatures = receiver.received.get(2).header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(11).doesNotHaveDuplicates();
    }

    private Webhook rotated(UUID endpoint, long graceSeconds) {
        return webhooks()
                .rotate(endpoint, WebhookSecret.random().reveal(), graceSeconds)
                .orElseThrow();
    }

    @Test
    void aJobsOwnAddressUsesItsOwnSecretOrNone() {
        attempted(ended("1", "{\"url\": \"" + receiver.url() + "\", \"secret\": \"" + SECRET + "\"}"), 1);
        attempted(ended("1", "{\"url\": \"" + receiver.url() + "\"}"), 1);
        assertThat(receiver.received.get(0).header("webhook-signature")).isEqualTo(signature(receiver.received.get(0)));
        assertThat(receiver.received.get(1).header("webhook-signature")).isNull();
    }

    @Test
    void withoutWebhooksDeliveriesAreNotQueriedUntilThereAreSome() {
        shown = false;
        UUID job = ended("1", "{\"url\": \"" + receiver.url() + "\"}");
        deliverer.step();
        deliverer.step();
        assertThat(only(job).attempts()).isZero();
        shown = true;
        attempted(job, 1);
    }

    @Test
    void aFailedMessageIsSentAgainUnchangedUntilItSucceeds() {
        UUID endpoint = endpoint();
        receiver.answer(500, "out of order \u0000 <b>");
        UUID job = ended();
        Delivery failed = attempted(job, 1);
        assertThat(failed.status()).isEqualTo("pending");
        assertThat(Duration.between(Instant.now(), failed.nextAt()))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(13));
        assertThat(webhooks().find(endpoint).orElseThrow().failingSince()).isNotNull();
        assertThat(attempts(failed)).singleElement().satisfies(attempt -> {
            assertThat(attempt.status()).isEqualTo(500);
            assertThat(attempt.error()).isEqualTo("answered 500");
            assertThat(attempt.answer()).isEqualTo("out of order   <b>");
        });
        receiver.answer(200, "thanks");
        due(job);
        assertThat(attempted(job, 2).status()).isEqualTo("delivered");
        assertThat(receiver.received).hasSize(2);
        assertThat(receiver.received.get(1).header("webhook-id"))
                .isEqualTo(receiver.received.get(0).header("webhook-id"));
        assertThat(receiver.received.get(1).body())
                .isEqualTo(receiver.received.get(0).body());
        assertThat(webhooks().find(endpoint).orElseThrow().failingSince()).isNull();
    }

    @Test
    void aDeliveryIsGivenUpAfterItsScheduleAndStartsAgainOnRequest() {
        endpoint();
        receiver.answer(503, "");
        UUID job = ended();
        for (int attempt = 1; attempt <= 3; attempt++) {
            due(job);
            attempted(job, attempt);
        }
        Delivery given = only(job);
        assertThat(given.status()).isEqualTo("failed");
        assertThat(given.endedAt()).isNotNull();
        receiver.answer(200, "");
        // It was written before the receiver went away, and has failed since.
        jdbi.useHandle(h -> h.execute("UPDATE webhook_deliveries SET created_at = NOW() - INTERVAL '3 d'"));
        assertThat(redelivered(given.webhookId(), given.endedAt().plusMillis(1)))
                .isZero();
        assertThat(redelivered(given.webhookId(), given.endedAt())).isEqualTo(1);
        assertThat(attempted(job, 4).status()).isEqualTo("delivered");
        assertThat(log().redeliver(given.id()).map(Delivery::id)).contains(given.id());
        assertThat(log().redeliver(given.id())).isEmpty();
        assertThat(attempted(job, 5).status()).isEqualTo("delivered");
    }

    private int redelivered(UUID endpoint, Instant since) {
        return log().redeliverFailed(endpoint, since.toString(), 10);
    }

    @Test
    void aReceiverThatAsksForTimeGetsIt() {
        endpoint();
        receiver.answering = exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "1800");
            exchange.sendResponseHeaders(429, -1);
        };
        Delivery delivery = attempted(ended(), 1);
        assertThat(Duration.between(Instant.now(), delivery.nextAt()))
                .isBetween(Duration.ofMinutes(28), Duration.ofMinutes(31));
    }

    @Test
    void anEndpointThatIsGoneIsDisabled() {
        UUID endpoint = endpoint();
        receiver.answer(410, "gone");
        assertThat(attempted(ended(), 1).status()).isEqualTo("failed");
        assertThat(webhooks().find(endpoint).orElseThrow().disabledReason()).contains("410");
        UUID later = ended();
        deliverer.step();
        assertThat(log().ofJob(later, 10)).isEmpty();
        assertThat(receiver.received).hasSize(1);
    }

    @Test
    void anEndpointThatFailsForTooLongIsDisabledWithAReason() {
        UUID endpoint = endpoint();
        receiver.answer(500, "");
        UUID job = ended();
        attempted(job, 1);
        jdbi.useHandle(h -> h.execute("UPDATE webhooks SET failing_since = NOW() - INTERVAL '61 min'"));
        due(job);
        attempted(job, 2);
        Webhook disabled = webhooks().find(endpoint).orElseThrow();
        assertThat(disabled.disabledAt()).isNotNull();
        assertThat(disabled.disabledReason()).startsWith("No delivery has succeeded since 2");
        due(job);
        deliverer.step();
        assertThat(receiver.received).hasSize(2);
        webhooks().resume(endpoint);
        receiver.answer(200, "");
        assertThat(attempted(job, 3).status()).isEqualTo("delivered");
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        endpoint();
        try (Receiver inside = new Receiver()) {
            receiver.answering = exchange -> {
                exchange.getResponseHeaders().set("Location", inside.url());
                exchange.sendResponseHeaders(307, -1);
            };
            Delivery delivery = attempted(ended(), 1);
            assertThat(attempts(delivery).get(0).error()).startsWith("answered 307: redirects are not followed");
            assertThat(inside.received).isEmpty();
        }
    }

    @Test
    void aSlowReceiverHoldsUpNoOther() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger under = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (Receiver slow = new Receiver()) {
            slow.answering = exchange -> {
                most.accumulateAndGet(under.incrementAndGet(), Math::max);
                go.await();
                under.decrementAndGet();
                exchange.sendResponseHeaders(200, -1);
            };
            UUID slowOne = endpoint(slow.url(), false);
            for (int i = 0; i < 20; i++) {
                ended();
            }
            Await.until("two requests are under way", PATIENCE, () -> {
                deliverer.step();
                return slow.received.size() == 2;
            });
            endpoint();
            UUID job = ended();
            Await.until("the quick one has it", PATIENCE, () -> {
                deliverer.step();
                return log().ofJob(job, 10).stream().anyMatch(d -> d.status().equals("delivered"));
            });
            assertThat(most).hasValue(2);
            go.countDown();
            Await.until("all are delivered", PATIENCE, () -> {
                deliverer.step();
                return log().ofWebhook(slowOne, "delivered", "infinity", new UUID(-1, -1), 50)
                                .size()
                        == 21;
            });
            assertThat(most).hasValueLessThanOrEqualTo(2);
        }
    }

    private List<ClaimedDelivery> claim(long leaseMillis) {
        return jdbi.withExtension(
                DeliveryClaims.class,
                d -> d.claim(new String[0], new String[0], new Integer[0], 8, 10, null, leaseMillis, 20_000));
    }

    @Test
    void deliveriesOfADeadNodeAreSentByAnotherAndItsOutcomesAreDropped() {
        endpoint();
        UUID job = ended();
        ClaimedDelivery lost = claim(60_000).get(0);
        assertThat(claim(60_000)).isEmpty();
        due(job);
        assertThat(attempted(job, 1).status()).isEqualTo("delivered");
        DeliveryRecorder late = new DeliveryRecorder(
                jdbi,
                configuration(true, List.of(), Duration.ofSeconds(20)),
                new DeliveryTelemetry(new PrometheusRegistry()),
                new SetAside(jdbi, Telemetry.all()));
        late.write(List.of(new DeliveryRecorder.End(lost, new DeliveryOutcome(500, null, null, null, Duration.ZERO))));
        assertThat(only(job).status()).isEqualTo("delivered");
        assertThat(attempts(only(job))).hasSize(1);
    }

    @Test
    void anOutcomeCountsOnceHoweverOftenItIsWritten() {
        UUID endpoint = endpoint();
        UUID job = ended();
        DeliveryRecorder recorder = new DeliveryRecorder(
                jdbi,
                configuration(true, List.of(), Duration.ofSeconds(20)),
                new DeliveryTelemetry(new PrometheusRegistry()),
                new SetAside(jdbi, Telemetry.all()));
        List<DeliveryRecorder.End> ends = List.of(new DeliveryRecorder.End(
                claim(60_000).get(0), new DeliveryOutcome(500, null, null, null, Duration.ZERO)));
        jdbi.useHandle(h -> {
            h.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''endpoints cannot be written'' USING ERRCODE = ''40001''; END'");
            h.execute("CREATE TRIGGER refuse BEFORE UPDATE ON webhooks FOR EACH ROW EXECUTE FUNCTION refuse()");
        });
        assertThatThrownBy(() -> recorder.write(ends)).hasMessageContaining("endpoints cannot be written");
        jdbi.useHandle(h -> h.execute("DROP FUNCTION refuse CASCADE"));
        assertThat(attempts(only(job))).isEmpty();

        recorder.write(ends);
        assertThat(attempts(only(job))).hasSize(1);
        assertThat(webhooks().find(endpoint).orElseThrow().failingSince()).isNotNull();
        Instant next = only(job).nextAt();
        // As after a commit whose answer was lost.
        recorder.write(ends);
        assertThat(only(job).nextAt()).isEqualTo(next);
        int failures = jdbi.withHandle(h -> h.select("SELECT failures FROM webhook_deliveries")
                .mapTo(Integer.class)
                .one());
        assertThat(failures).isEqualTo(1);
    }

    @Test
    void twoNodesNeverClaimTheSame() {
        endpoint();
        for (int i = 0; i < 5; i++) {
            ended();
        }
        jdbi.useTransaction(first -> {
            List<ClaimedDelivery> mine = first.attach(DeliveryClaims.class)
                    .claim(new String[0], new String[0], new Integer[0], 3, 10, null, 60_000, 20_000);
            assertThat(mine).hasSize(3);
            assertThat(claim(60_000)).hasSize(2).doesNotContainAnyElementsOf(mine);
        });
    }

    @Test
    void onlyTheBeginningOfALongAnswerIsRead() {
        endpoint();
        receiver.answering = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] block = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 100_000; i++) {
                out.write(block);
            }
        };
        Delivery delivery = attempted(ended(), 1);
        assertThat(delivery.status()).isEqualTo("delivered");
        assertThat(attempts(delivery).get(0).answer()).hasSize(1000);
    }

    @Test
    void aReceiverThatDoesNotAnswerIsGivenUpInTime() {
        use(configuration(true, List.of(), Duration.ofSeconds(1)), InetAddress::getAllByName);
        endpoint();
        CountDownLatch end = new CountDownLatch(1);
        receiver.answering = exchange -> end.await();
        Delivery delivery = attempted(ended(), 1);
        end.countDown();
        assertThat(attempts(delivery).get(0).error()).isEqualTo("no answer within 1000 ms");
        assertThat(attempts(delivery).get(0).durationMs()).isBetween(900, 15_000);
    }

    @Test
    void anErrorNamesNoSecretOfTheAddress() throws Exception {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            endpoint("http://127.0.0.1:" + closed.getLocalPort() + "/?token=not-to-be-told", false);
        }
        Delivery delivery = attempted(ended(), 1);
        assertThat(attempts(delivery).get(0).error()).isEqualTo("no connection: nobody listens there");
    }

    @Test
    void aNameOfAPrivateAddressIsRefusedWhenTheConnectionIsMade() {
        use(configuration(false, List.of(), Duration.ofSeconds(20)), host ->
                new InetAddress[] {InetAddress.getLoopbackAddress()});
        endpoint("http://hooks.example.test:" + receiver.port() + "/", false);
        Delivery delivery = attempted(ended(), 1);
        assertThat(attempts(delivery).get(0).error())
                .startsWith("leads to hooks.example.test, which is 127.0.0.1: not an address of the public internet");
        endpoint("http://127.0.0.1:" + receiver.port() + "/", false);
        UUID literal = ended();
        Await.until("both are refused", PATIENCE, () -> {
            deliverer.step();
            return log().ofJob(literal, 10).stream()
                    .allMatch(d -> d.attempts() == 1 && !attempts(d).isEmpty());
        });
        assertThat(receiver.received).isEmpty();
    }

    /** The name is resolved once for a connection; a later answer of the name server has no effect. */
    @Test
    void theConnectionIsMadeToTheCheckedAddress() {
        AtomicInteger asked = new AtomicInteger();
        use(configuration(false, List.of("127.0.0.1"), Duration.ofSeconds(20)), host -> {
            // Only the allowed address is tried; 127.0.0.2 answers as well.
            return asked.getAndIncrement() == 0
                    ? new InetAddress[] {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")}
                    : new InetAddress[] {InetAddress.getByName("127.0.0.2")};
        });
        endpoint("http://hooks.example.test:" + receiver.port() + "/x", false);
        assertThat(attempted(ended(), 1).status()).isEqualTo("delivered");
        assertThat(asked).hasValue(1);
        assertThat(receiver.received.get(0).header("host")).isEqualTo("hooks.example.test:" + receiver.port());
    }

    @Test
    void tlsVerifiesTheNameAndNotTheAddress() throws Exception {
        // The first TLS of a JVM loads hundreds of classes, which takes its time on a busy machine.
        use(configuration(true, List.of(), Duration.ofSeconds(60)), host ->
                new InetAddress[] {InetAddress.getLoopbackAddress()});
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> hello = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = listening.accept()) {
                    byte[] bytes = new byte[2048];
                    int read = socket.getInputStream().read(bytes);
                    return new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            endpoint("https://hooks.example.test:" + listening.getLocalPort() + "/x", false);
            assertThat(attempted(ended(), 1).status()).isEqualTo("pending");
            assertThat(hello.join()).contains("hooks.example.test");
        }
    }

    @Test
    void aResultIsSentIfItIsWantedAndSmall() throws Exception {
        endpoint(receiver.url(), true);
        attempted(ended("{\"n\": 1.50, \"big\": 123456789012345678901234567890}", null), 1);
        assertThat(new String(receiver.received.get(0).body(), StandardCharsets.UTF_8))
                .contains("\"result\":{\"n\": 1.50, \"big\": 123456789012345678901234567890}");
        attempted(ended("\"" + "x".repeat(30_000) + "\"", null), 1);
        JsonNode data = receiver.received.get(1).json().path("data");
        assertThat(data.has("result")).isFalse();
        assertThat(data.path("result_omitted").asBoolean()).isTrue();
        assertThat(data.path("url").asText()).contains("/v1/jobs/");
    }

    @Test
    void aPausedEndpointGetsItsDeliveriesLater() {
        UUID endpoint = endpoint();
        webhooks().pause(endpoint);
        UUID job = ended();
        deliverer.step();
        assertThat(only(job).attempts()).isZero();
        webhooks().resume(endpoint);
        assertThat(attempted(job, 1).status()).isEqualTo("delivered");
    }

    @Test
    void theEndOfARemovedJobIsStillDelivered() throws Exception {
        endpoint();
        UUID job = ended();
        jdbi.useHandle(h -> h.execute("DELETE FROM jobs"));
        attempted(job, 1);
        assertThat(receiver.received.get(0).json().at("/data/job_id").asText()).isEqualTo(job.toString());
    }

    @Test
    void aStoppingNodeEndsWhatIsOnItsWay() throws Exception {
        endpoint();
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        receiver.answering = exchange -> {
            arrived.countDown();
            go.await();
            exchange.sendResponseHeaders(200, -1);
        };
        UUID job = ended();
        deliverer.start();
        arrived.await();
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(deliverer::stop);
        go.countDown();
        stopping.join();
        assertThat(only(job).status()).isEqualTo("delivered");
    }

    @Test
    void untakenDeliveriesAreGivenUpAndOldOnesRemoved() {
        UUID endpoint = endpoint();
        webhooks().pause(endpoint);
        UUID waiting = ended();
        ended();
        jdbi.useHandle(h -> h.execute(
                "UPDATE webhook_deliveries SET queued_at = NOW() - INTERVAL '25 h' WHERE job_id = ?", waiting));
        DeliveryCleaner cleaner =
                new DeliveryCleaner(jdbi, Telemetry.all(), configuration(true, List.of(), Duration.ofSeconds(20)));
        cleaner.clean();
        assertThat(only(waiting).status()).isEqualTo("failed");
        jdbi.useHandle(h -> {
            h.execute("UPDATE webhook_deliveries SET ended_at = NOW() - INTERVAL '25 h' WHERE job_id = ?", waiting);
            h.execute("INSERT INTO webhook_attempts (delivery_id, attempt, duration_ms)"
                    + " SELECT id, 1, 5 FROM webhook_deliveries");
        });
        cleaner.clean();
        assertThat(log().ofJob(waiting, 10)).isEmpty();
        Map<String, Object> left = jdbi.withHandle(h -> h.select(
                        "SELECT (SELECT count(*) FROM webhook_deliveries) AS d, (SELECT count(*) FROM webhook_attempts) AS a")
                .mapToMap()
                .one());
        assertThat(left).containsEntry("d", 1L).containsEntry("a", 1L);
    }

    @Test
    void theBacklogCountsOverdueDeliveriesButNotHeldOnes() {
        UUID endpoint = endpoint();
        ended();
        jdbi.useHandle(h -> h.execute("UPDATE webhook_deliveries SET next_at = NOW() - INTERVAL '10 min'"));
        Deliverer.Backlog late = jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(100, 100));
        assertThat(late.pending()).isEqualTo(1);
        assertThat(late.overdueSeconds()).isBetween(599L, 700L);
        webhooks().pause(endpoint);
        Deliverer.Backlog kept = jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(100, 100));
        assertThat(kept.pending()).isEqualTo(1);
        assertThat(kept.overdueSeconds()).isZero();
        webhooks().disable(endpoint, "x");
        assertThat(jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(100, 100))
                        .disabled())
                .isEqualTo(1);
    }

    @Test
    void theOldestDeliveryOfAllLanesIsFoundAlsoBeyondTheBoundOfTheCount() {
        webhooks().pause(endpoint());
        endpoint();
        ended();
        jdbi.useHandle(h -> h.execute("UPDATE webhook_deliveries d SET next_at = NOW()"
                + " + CASE WHEN w.paused_at IS NULL THEN INTERVAL '1 h' ELSE INTERVAL '-1 h' END"
                + " FROM webhooks w WHERE w.id = d.webhook_id"));
        Deliverer.Backlog early = jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(1, 100));
        assertThat(early.pending()).isEqualTo(1);
        assertThat(early.overdueSeconds()).isNegative();
        UUID late = ended("1", "{\"url\": \"https://example.org/\", \"events\": [\"job.completed\"]}");
        jdbi.useHandle(h -> {
            h.execute("UPDATE webhook_deliveries SET next_at = NOW() + INTERVAL '1 h' WHERE job_id = ?", late);
            h.execute("UPDATE webhook_deliveries SET next_at = NOW() - INTERVAL '10 min' WHERE webhook_id IS NULL");
        });
        assertThat(jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(1, 100))
                        .overdueSeconds())
                .isBetween(599L, 700L);
    }
}
