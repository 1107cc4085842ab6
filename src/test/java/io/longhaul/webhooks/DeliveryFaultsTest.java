package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deliveries, endpoints and lanes that are not as they should be, and the others beside them. */
class DeliveryFaultsTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final DeliveryOutcome FAILED = new DeliveryOutcome(500, null, null, null, Duration.ZERO);

    private static final WebhooksConfiguration CONFIGURATION = new WebhooksConfiguration(
            true,
            List.of(),
            Duration.ofSeconds(20),
            2,
            List.of(Duration.ofSeconds(10), Duration.ofMinutes(10)),
            20_000,
            Duration.ofDays(1),
            Duration.ofHours(1));

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private Jdbi jdbi;
    private Receiver receiver;
    private Sender sender;

    @BeforeEach
    void start() throws Exception {
        jdbi = Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin());
        jdbi.useHandle(h -> {
            h.execute("TRUNCATE jobs, webhooks, webhook_deliveries, webhook_attempts, quarantined_rows");
            h.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''this row is refused''; END'");
        });
        receiver = new Receiver();
        sender = new Sender(CONFIGURATION, "test", InetAddress::getAllByName);
        sender.start();
    }

    @AfterEach
    void stop() {
        jdbi.useHandle(h -> h.execute("DROP FUNCTION refuse CASCADE"));
        receiver.close();
        sender.stop();
    }

    private Deliverer deliverer(Supplier<String> address) {
        return new Deliverer(
                new Deliverer.Node(jdbi, () -> true, () -> true, address, telemetry, new PrometheusRegistry(), "test"),
                CONFIGURATION,
                sender);
    }

    private Deliverer deliverer() {
        return deliverer(() -> "https://jobs.example.org");
    }

    private Webhooks webhooks() {
        return jdbi.onDemand(Webhooks.class);
    }

    private UUID endpoint() {
        return webhooks()
                .create(
                        new Webhooks.Wanted(
                                receiver.url(), null, WebhookEvent.OF_JOBS.toArray(String[]::new), null, false),
                        SECRET)
                .id();
    }

    /** Makes a delivery to a lane, due now. */
    private UUID delivery(String lane, UUID endpoint, String tool) {
        return jdbi.withHandle(h -> h.createQuery("""
                        INSERT INTO webhook_deliveries (lane, webhook_id, event, payload, target)
                        VALUES (:lane, :endpoint, 'job.completed',
                                jsonb_build_object('tool', :tool, 'job_id', gen_random_uuid()),
                                jsonb_build_object('url', :url))
                        RETURNING id
                        """)
                .bind("lane", lane)
                .bind("endpoint", endpoint)
                .bind("tool", tool)
                .bind("url", receiver.url())
                .mapTo(UUID.class)
                .one());
    }

    private UUID delivery(UUID endpoint, String tool) {
        return delivery(endpoint.toString(), endpoint, tool);
    }

    private void refuse(String what, String when) {
        jdbi.useHandle(h -> h.execute("CREATE TRIGGER refuse BEFORE " + what
                + " ON webhook_deliveries FOR EACH ROW WHEN (" + when + ") EXECUTE FUNCTION refuse()"));
    }

    private List<UUID> inStatus(String status) {
        return jdbi.withHandle(h -> h.select("SELECT id FROM webhook_deliveries WHERE status = ?", status)
                .mapTo(UUID.class)
                .list());
    }

    private void stepUntilDelivered(Deliverer deliverer, UUID... deliveries) {
        Await.until("they are delivered", Await.LONG, () -> {
            deliverer.step();
            return inStatus("delivered").containsAll(List.of(deliveries));
        });
    }

    private DeliveryRecorder recorder() {
        return new DeliveryRecorder(
                jdbi, CONFIGURATION, new DeliveryTelemetry(new PrometheusRegistry()), new SetAside(jdbi, telemetry));
    }

    private List<ClaimedDelivery> claim() {
        return new DueDeliveries(jdbi, CONFIGURATION, new SetAside(jdbi, telemetry)).claim(Map.of(), 64);
    }

    @Test
    void aMessageThatCannotBeMadeForLackOfMemoryKeepsNoPlace() {
        UUID endpoint = endpoint();
        for (int i = 0; i < 5; i++) {
            delivery(endpoint, "echo");
        }
        Deliverer deliverer = deliverer(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
        Await.until("all places were used in turn", Await.LONG, () -> {
            deliverer.step();
            return jdbi.withHandle(
                            h -> h.select("SELECT count(*) FROM webhook_attempts WHERE error LIKE '%OutOfMemory%'")
                                    .mapTo(Integer.class)
                                    .one())
                    == 5;
        });
    }

    @Test
    void aDeliveryThatCannotBeClaimedIsSetAsideAndTheOthersGoOn() {
        UUID endpoint = endpoint();
        UUID damaged = delivery(endpoint, "damaged");
        UUID other = delivery(endpoint, "echo");
        jdbi.useHandle(
                h -> h.execute("UPDATE webhook_deliveries SET next_at = NOW() - INTERVAL '1 h' WHERE id = ?", damaged));
        refuse("UPDATE", "OLD.payload->>'tool' = 'damaged'");
        Deliverer deliverer = deliverer();
        stepUntilDelivered(deliverer, other);
        assertThat(telemetry.quarantined).containsExactly(damaged);
        stepUntilDelivered(deliverer, delivery(endpoint, "echo"));
        assertThat(telemetry.quarantined).as("it is not tried again at once").hasSize(1);
        assertThat(jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(10, 10))
                        .overdueSeconds())
                .isZero();

        jdbi.useHandle(h -> {
            h.execute("DROP TRIGGER refuse ON webhook_deliveries");
            h.execute("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
        });
        stepUntilDelivered(deliverer, damaged);
    }

    @Test
    void anOutcomeThatIsRefusedDoesNotHoldUpTheOthers() {
        UUID endpoint = endpoint();
        UUID refused = delivery(endpoint, "refused");
        UUID other = delivery(endpoint, "echo");
        refuse("UPDATE", "OLD.payload->>'tool' = 'refused' AND NEW.status <> 'pending'");
        List<DeliveryRecorder.End> ends = claim().stream()
                .map(one -> new DeliveryRecorder.End(one, new DeliveryOutcome(204, null, null, null, Duration.ZERO)))
                .toList();
        assertThat(ends).hasSize(2);
        recorder().write(ends);
        assertThat(inStatus("delivered")).containsExactly(other);
        assertThat(telemetry.quarantined).containsExactly(refused);
        jdbi.useHandle(h -> h.execute("UPDATE webhook_deliveries SET next_at = NOW() WHERE next_at IS NOT NULL"));
        assertThat(claim()).isEmpty();
    }

    @Test
    void aDeliveryThatCannotBeRemovedDoesNotKeepTheOthers() {
        UUID damaged = delivery(endpoint(), "damaged");
        delivery(endpoint(), "echo");
        jdbi.useHandle(h -> h.execute("UPDATE webhook_deliveries SET status = 'delivered', next_at = NULL,"
                + " ended_at = NOW() - INTERVAL '25 h'"));
        refuse("DELETE", "OLD.payload->>'tool' = 'damaged'");
        new DeliveryCleaner(jdbi, telemetry, CONFIGURATION).clean();
        assertThat(inStatus("delivered")).containsExactly(damaged);
        assertThat(telemetry.quarantined).containsExactly(damaged);
    }

    @Test
    void veryManyHostsThatJobsNameHoldUpNoEndpointAndTakeTurns() {
        jdbi.useHandle(h -> h.execute("""
                INSERT INTO webhook_deliveries (lane, event, payload, target, next_at)
                SELECT 'to h' || n || '.example.org', 'job.completed', '{}', '{}', NOW() + INTERVAL '1 h'
                FROM generate_series(1, 1200) n
                """));
        UUID last = delivery("to z.example.org", null, "echo");
        UUID endpoint = endpoint();
        UUID first = delivery(endpoint, "echo");
        DueDeliveries due = new DueDeliveries(jdbi, CONFIGURATION, new SetAside(jdbi, telemetry));
        assertThat(due.claim(Map.of(), 64)).extracting(ClaimedDelivery::id).containsExactly(first);
        assertThat(due.areMore()).isTrue();
        assertThat(due.claim(Map.of(), 64)).isEmpty();
        assertThat(due.claim(Map.of(), 64)).extracting(ClaimedDelivery::id).containsExactly(last);
        assertThat(due.areMore()).isFalse();
        UUID another = delivery("to a.example.org", null, "echo");
        assertThat(due.claim(Map.of(), 64)).extracting(ClaimedDelivery::id).containsExactly(another);
    }

    @Test
    void ofManyHostsThatAreDueAClaimTakesNoMoreThanItCanSend() {
        for (int i = 0; i < 7; i++) {
            delivery("to h" + i + ".example.org", null, "echo");
        }
        DueDeliveries due = new DueDeliveries(jdbi, CONFIGURATION, new SetAside(jdbi, telemetry));
        assertThat(due.claim(Map.of(), 3)).hasSize(3);
        assertThat(due.claim(Map.of(), 3)).hasSize(3);
        assertThat(due.claim(Map.of(), 3)).hasSize(1);
    }

    @Test
    void anEndpointThatRestedIsNotDisabledByOneFailedAttempt() {
        UUID endpoint = endpoint();
        UUID delivery = delivery(endpoint, "echo");
        recorder().write(List.of(new DeliveryRecorder.End(claim().get(0), FAILED)));
        jdbi.useHandle(h -> {
            h.execute("UPDATE webhooks SET failing_since = NOW() - INTERVAL '7 days'");
            h.execute("UPDATE webhook_attempts SET ended_at = NOW() - INTERVAL '4 days'");
            h.execute("UPDATE webhook_deliveries SET next_at = NOW() WHERE id = ?", delivery);
        });
        recorder().write(List.of(new DeliveryRecorder.End(claim().get(0), FAILED)));
        Webhook rested = webhooks().find(endpoint).orElseThrow();
        assertThat(rested.disabledAt()).isNull();
        assertThat(rested.failingSince()).isAfter(Instant.now().minusSeconds(3_600));
    }

    @Test
    void anEndpointIsDisabledAlsoIfVeryManyOfItsDeliveriesWereNeverTried() {
        UUID endpoint = endpoint();
        delivery(endpoint, "echo");
        delivery(endpoint, "echo");
        List<ClaimedDelivery> both = claim();
        recorder().write(List.of(new DeliveryRecorder.End(both.get(0), FAILED)));
        jdbi.useHandle(h -> {
            h.execute("UPDATE webhooks SET failing_since = NOW() - INTERVAL '7 days'");
            h.execute("UPDATE webhook_attempts SET ended_at = NOW() - INTERVAL '1 h'");
            h.execute("UPDATE webhook_deliveries SET created_at = NOW() - INTERVAL '1 h'");
            h.execute("""
                    INSERT INTO webhook_deliveries (lane, webhook_id, event, payload, next_at)
                    SELECT ?::text, ?, 'job.completed', '{}', NOW() - INTERVAL '1 min'
                    FROM generate_series(1, 1100)
                    """, endpoint, endpoint);
        });
        recorder().write(List.of(new DeliveryRecorder.End(both.get(1), FAILED)));
        assertThat(webhooks().find(endpoint).orElseThrow().disabledAt()).isNotNull();
    }

    private static long rowsRead(Handle handle) {
        return handle.select("SELECT sum(idx_tup_fetch) FROM pg_stat_xact_user_tables"
                        + " WHERE relname IN ('webhook_attempts', 'webhook_deliveries')")
                .mapTo(Long.class)
                .one();
    }

    @Test
    void howManyEarlierAttemptsAreLookedAtDoesNotGrowWithTheHistory() {
        UUID endpoint = endpoint();
        jdbi.useHandle(h -> {
            h.execute("UPDATE webhooks SET failing_since = NOW() - INTERVAL '7 days'");
            h.execute("""
                    WITH old AS (
                        INSERT INTO webhook_deliveries (lane, webhook_id, event, payload, status, next_at, ended_at)
                        SELECT ?::text, ?, 'job.completed', '{}', 'failed', NULL, NOW()
                        FROM generate_series(1, 100)
                        RETURNING id
                    )
                    INSERT INTO webhook_attempts (delivery_id, attempt, ended_at, duration_ms)
                    SELECT id, 1, NOW() - INTERVAL '6 days', 1
                    FROM old
                    """, endpoint, endpoint);
        });
        jdbi.useTransaction(h -> {
            h.execute("SET LOCAL enable_seqscan = off");
            h.execute("SET LOCAL enable_sort = off");
            long before = rowsRead(h);
            assertThat(h.attach(Webhooks.class).fails(endpoint, 3_600, 100_000, 5))
                    .isEmpty();
            assertThat(rowsRead(h) - before).isEqualTo(10);
        });
    }

    @Test
    void successesOfEndpointsThatDidNotFailAreOneLookTogether() {
        UUID endpoint = endpoint();
        for (int i = 0; i < 2; i++) {
            delivery(endpoint, "echo");
            delivery(endpoint(), "echo");
        }
        List<DeliveryRecorder.End> ends = claim().stream()
                .map(one -> new DeliveryRecorder.End(one, new DeliveryOutcome(204, null, null, null, Duration.ZERO)))
                .toList();
        assertThat(ends).hasSize(4);
        List<String> statements = new ArrayList<>();
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                statements.add(context.getRenderedSql());
            }
        });
        recorder().write(ends);
        assertThat(inStatus("delivered")).hasSize(4);
        assertThat(statements)
                .filteredOn(sql -> sql.matches("(?s).*\\bwebhooks\\b.*"))
                .hasSize(1);
    }

    @Test
    void aSuccessCountsAlsoIfTheEndpointBeganToFailAfterItsClaim() {
        UUID endpoint = endpoint();
        delivery(endpoint, "echo");
        delivery(endpoint, "echo");
        List<ClaimedDelivery> both = claim();
        recorder().write(List.of(new DeliveryRecorder.End(both.get(0), FAILED)));
        assertThat(webhooks().find(endpoint).orElseThrow().failingSince()).isNotNull();
        recorder()
                .write(List.of(new DeliveryRecorder.End(
                        both.get(1), new DeliveryOutcome(204, null, null, null, Duration.ZERO))));
        assertThat(webhooks().find(endpoint).orElseThrow().failingSince()).isNull();
    }
}
