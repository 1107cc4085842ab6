package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyGateTest {
    private static final String[] KEYS = {"k"};

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @AfterEach
    void nothingHasDeadlocked() {
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static int open(Handle handle, String[] keys, int limitOfEcho) {
        KeyGate gate = handle.attach(KeyGate.class);
        TransactionLocks.of(handle).keys(keys);
        return gate.letIn(keys, new String[] {TestJobs.TOOL}, new Integer[] {limitOfEcho}, limitOfEcho, false, null);
    }

    private static int open(int limitOfEcho) {
        return JOBS.jdbi().inTransaction(handle -> open(handle, KEYS, limitOfEcho));
    }

    private static boolean inside(UUID id) {
        return !JOBS.stored(id, "delayed", Boolean.class);
    }

    private static Lease claimed() {
        return JOBS.claim(JOBS.liveNode());
    }

    private static long insideOrRunning() {
        return JOBS.count("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running') AND NOT delayed");
    }

    @Test
    void aKeyedJobIsClaimedOnlyOnceItsGateLetItIn() {
        UUID id = JOBS.enqueue(TestJobs.keyed("k"));
        assertThat(JOBS.claim(JOBS.liveNode(), 3, 1, TestJobs.TOOL)).isEmpty();
        assertThat(open(1)).isEqualTo(1);
        List<ClaimedJob> jobs = JOBS.claim(JOBS.liveNode(), 3, 1, TestJobs.TOOL);
        assertThat(jobs).hasSize(1);
        assertThat(jobs.get(0).lease().jobId()).isEqualTo(id);
        assertThat(jobs.get(0).concurrencyKey()).isEqualTo("k");
        assertThat(JOBS.job(id).extras().concurrencyKey()).isEqualTo("k");
    }

    @Test
    void jobsOfAKeyComeByPriorityThenInTheirOrder() {
        UUID second = JOBS.enqueue(TestJobs.keyed("k"));
        UUID third = JOBS.enqueue(TestJobs.keyed("k"));
        UUID first = JOBS.enqueue(TestJobs.withKeys(TestJobs.TOOL, 5, null, "k", null));
        for (UUID next : List.of(first, second, third)) {
            assertThat(open(1)).isEqualTo(1);
            assertThat(open(1)).isZero();
            Lease lease = claimed();
            assertThat(lease.jobId()).isEqualTo(next);
            assertThat(open(1)).isZero();
            JOBS.complete(lease, "1");
        }
    }

    @Test
    void keysDoNotWaitForEachOther() {
        JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.enqueue(TestJobs.keyed("other"));
        String[] both = {"other", "k", "k"};
        assertThat((int) JOBS.jdbi().inTransaction(handle -> open(handle, both, 1)))
                .isEqualTo(2);
    }

    @Test
    void aToolMayAllowMoreThanOneAndAStricterOneWaitsForItsTurnWithoutBeingOvertaken() {
        UUID a = JOBS.enqueue(TestJobs.keyed("k"));
        UUID b = JOBS.enqueue(TestJobs.keyed("k"));
        UUID strict = JOBS.enqueue(TestJobs.withKeys("strict", 0, null, "k", null));
        UUID behind = JOBS.enqueue(TestJobs.keyed("k"));
        assertThat(open(3)).isEqualTo(2);
        assertThat(Stream.of(a, b, strict, behind).map(KeyGateTest::inside)).containsExactly(true, true, false, false);
        JOBS.complete(claimed(), "1");
        assertThat(open(3)).isZero();
        JOBS.complete(claimed(), "1");
        assertThat(open(3)).isEqualTo(1);
        assertThat(inside(strict)).isTrue();
        assertThat(inside(behind)).isFalse();
    }

    @Test
    void twoGatesAtOnceNeverLetInMoreThanTheLimit() {
        IntStream.range(0, 4).forEach(i -> JOBS.enqueue(TestJobs.keyed("k")));
        try (Parked first = new Parked(JOBS.jdbi())) {
            int letIn = first.with(handle -> open(handle, KEYS, 2));
            assertThat(letIn).isEqualTo(2);
            CompletableFuture<Integer> second = Parked.beside(() -> open(2));
            first.awaitWaiters(1);
            first.commit();
            assertThat(second.join()).isZero();
        }
        assertThat(insideOrRunning()).isEqualTo(2);
    }

    @Test
    void gatesOfManyKeysAtOnceNeitherDeadlockNorLetInTooMany() {
        String[] keys = IntStream.range(0, 20).mapToObj(i -> "key-" + i).toArray(String[]::new);
        for (String key : keys) {
            JOBS.enqueue(TestJobs.keyed(key));
            JOBS.enqueue(TestJobs.keyed(key));
        }
        String[] backwards = IntStream.range(0, 20).mapToObj(i -> keys[19 - i]).toArray(String[]::new);
        List<CompletableFuture<Integer>> all = IntStream.range(0, 8)
                .mapToObj(i -> Parked.beside(() ->
                        (int) JOBS.jdbi().inTransaction(handle -> open(handle, i % 2 == 0 ? keys : backwards, 1))))
                .toList();
        assertThat(all.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(20);
        assertThat(insideOrRunning()).isEqualTo(20);
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                end("completed", lease -> JOBS.complete(lease, "1")),
                end("failed", JOBS::fail),
                end("cancelled", lease -> JOBS.cancel(lease.jobId())),
                end("retried later", lease -> JOBS.retryLater(lease, 60_000)),
                end("lost too often", lease -> {
                    JOBS.kill(lease.nodeId());
                    JOBS.update("UPDATE job_leases SET max_losses = 0");
                    JOBS.transitions().rescue(10, null);
                }),
                end("cancelled before its claim", lease -> {
                    JOBS.giveBack(lease);
                    JOBS.cancel(lease.jobId());
                }),
                end("expired", lease -> {
                    JOBS.transitions().unclaim(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease));
                    JOBS.update(
                            "UPDATE jobs SET start_within_seconds = 60, expires_at = NOW() - INTERVAL '1 min' WHERE id = ?",
                            lease.jobId());
                    JOBS.transitions().expirePending(10, null);
                }));
    }

    private static Arguments end(String what, Consumer<Lease> how) {
        return Arguments.of(what, how);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void aJobThatIsNoLongerInTheQueueFreesItsPlace(String what, Consumer<Lease> end) {
        JOBS.enqueue(TestJobs.keyed("k"));
        UUID next = JOBS.enqueue(TestJobs.keyed("k"));
        open(1);
        end.accept(claimed());
        assertThat(open(1)).isEqualTo(1);
        assertThat(inside(next)).isTrue();
    }

    static Stream<Arguments> returns() {
        return Stream.of(
                end("given back", JOBS::giveBack),
                end("rescued", lease -> {
                    JOBS.kill(lease.nodeId());
                    JOBS.transitions().rescue(10, null);
                }),
                end("lost with its outcome", JOBS::loseOutcome),
                end("found without a lease", lease -> {
                    JOBS.showRunning(lease);
                    JOBS.update("DELETE FROM job_leases");
                    JOBS.update("UPDATE jobs SET started_at = NOW() - INTERVAL '1 min' WHERE status = 'running'");
                    JOBS.rescueUnleased(10);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("returns")
    void aJobThatGoesBackIntoTheQueueKeepsItsPlace(String what, Consumer<Lease> way) {
        UUID first = JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.enqueue(TestJobs.keyed("k"));
        open(1);
        way.accept(claimed());
        assertThat(open(1)).isZero();
        Lease again = claimed();
        assertThat(again.jobId()).isEqualTo(first);
        assertThat(again.attempt()).isEqualTo(2);
    }

    /** The time in which an earlier attempt ran is no wait for a worker. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("returns")
    void theWaitOfAJobThatGoesBackIntoTheQueueBeginsThen(String what, Consumer<Lease> way) {
        JOBS.enqueue(TestJobs.keyed("k"));
        open(1);
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '1 h', run_at = NOW() - INTERVAL '1 h'");
        way.accept(claimed());
        assertThat(waited()).isLessThan(Duration.ofMinutes(30));
    }

    @Test
    void theWaitOfAJobBeginsWhenItsGateOpens() {
        JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '1 h'");
        open(1);
        assertThat(waited()).isLessThan(Duration.ofMinutes(30));
    }

    private static Duration waited() {
        return JOBS.claim(JOBS.liveNode(), 3, 1, TestJobs.TOOL).get(0).waited();
    }

    @Test
    void aRetryWhoseTimeHasComeWaitsForItsTurn() {
        UUID first = JOBS.enqueue(TestJobs.keyed("k"));
        UUID second = JOBS.enqueue(TestJobs.keyed("k"));
        open(1);
        JOBS.retryLater(claimed(), 0);
        open(1);
        assertThat(inside(second)).isTrue();
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isEqualTo(1);
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isZero();
        assertThat(open(1)).isZero();
        assertThat(inside(first)).isFalse();
        JOBS.complete(claimed(), "1");
        assertThat(open(1)).isEqualTo(1);
        assertThat(inside(first)).isTrue();
    }

    @Test
    void aJobForLaterWaitsForItsTimeAndThenForItsTurn() {
        UUID later =
                JOBS.enqueue(TestJobs.withKeys(TestJobs.TOOL, 10, Instant.now().plusSeconds(3600), "k", null));
        UUID now = JOBS.enqueue(TestJobs.keyed("k"));
        assertThat(JOBS.job(later).runAt()).isNotNull();
        assertThat(open(1)).isEqualTo(1);
        assertThat(inside(now)).isTrue();
        JOBS.update("UPDATE jobs SET run_at = NOW() - INTERVAL '1 s' WHERE id = ?", later);
        JOBS.transitions().releaseDelayed(10, null);
        assertThat(open(1)).isZero();
        JOBS.complete(claimed(), "1");
        assertThat(open(1)).isEqualTo(1);
        assertThat(inside(later)).isTrue();
    }

    @Test
    void aJobThatExpiresWhileItWaitsFailsAndIsNeverLetIn() {
        UUID id = JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.lateToStart();
        assertThat(open(1)).isZero();
        assertThat(JOBS.transitions().expirePending(10, null)).containsExactly(id);
        assertThat(JOBS.job(id).errorCode()).isEqualTo("EXPIRED");
    }

    @Test
    void aPausedToolTakesNoPlaces() {
        JOBS.enqueue(TestJobs.withKeys("paused", 10, null, "k", null));
        UUID other = JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.update("INSERT INTO tool_pauses (tool_name) VALUES ('paused')");
        assertThat(open(1)).isEqualTo(1);
        assertThat(inside(other)).isTrue();
    }

    @Test
    void keysWithWaitingJobsAreFoundPageByPage() {
        for (String key : List.of("c", "a", "b", "b")) {
            JOBS.enqueue(TestJobs.keyed(key));
        }
        JOBS.jdbi().useTransaction(handle -> open(handle, new String[] {"b", "c"}, 1));
        KeyGate gate = JOBS.jdbi().onDemand(KeyGate.class);
        assertThat(gate.waiting("", 10)).containsExactly(new KeyGate.Waiting("a", 0), new KeyGate.Waiting("b", 1));
        assertThat(gate.waiting("", 1)).containsExactly(new KeyGate.Waiting("a", 0));
        assertThat(gate.waiting("a", 1)).containsExactly(new KeyGate.Waiting("b", 1));
        assertThat(gate.waiting("b", 1)).isEmpty();
    }

    @Test
    void theGateReadsOnlyJobsInsideAndTheNextOnes() {
        JOBS.update("""
                INSERT INTO jobs (tool_name, trace_id, parameters, ttl_seconds, expires_at, concurrency_key, delayed)
                SELECT 'echo', 'trace', '{}', 86400, NOW() + INTERVAL '1 day', 'k', TRUE FROM generate_series(1, 5000)
                """);
        long before = JOBS.count("SELECT pg_stat_get_xact_tuples_fetched('jobs'::regclass)");
        long read = JOBS.jdbi().inTransaction(handle -> {
            open(handle, KEYS, 1);
            return handle.select("SELECT pg_stat_get_xact_tuples_fetched('jobs'::regclass)")
                    .mapTo(Long.class)
                    .one();
        });
        assertThat(read - before).isLessThan(20);
    }
}
