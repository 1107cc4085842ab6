package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.node.WorkerConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits and pauses that hold on all nodes together. */
class LimitsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Crowd crowd = new Crowd();

    /** The number of calls that ran at the same time, by params. */
    private static final class Crowd {
        private final Map<String, AtomicInteger> now = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();

        ToolResult pass(String name) {
            int inside = now.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
            most.computeIfAbsent(name, n -> new AtomicInteger()).accumulateAndGet(inside, Math::max);
            // Long enough to meet other calls.
            Thread.yield();
            now.get(name).decrementAndGet();
            return FakeTool.done();
        }

        int most(String name) {
            return most.get(name).get();
        }
    }

    @AfterEach
    void nothingHasDeadlocked() {
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static ToolPolicy policy(Integer cluster, int key, StartRate rate) {
        return new ToolPolicy(
                null,
                null,
                Retry.NEVER,
                OnWorkerLoss.RETRY,
                3,
                1 << 20,
                new ToolLimits(cluster, key, rate, null),
                null);
    }

    private static Submission keyed(String tool, String key) {
        JobExtras extras = JobExtras.of(e -> e.concurrencyKey = key);
        return new Submission(tool, "\"" + key + "\"", "trace", Duration.ofHours(1), 0, null, null, null, null, extras);
    }

    private static long completed() {
        return JOBS.count("SELECT count(*) FROM jobs WHERE status = 'completed'");
    }

    private static WorkerConfiguration seldomPolling(Duration poll) {
        return new WorkerConfiguration(
                "node",
                16,
                poll,
                Duration.ofSeconds(3),
                Duration.ofSeconds(20),
                Duration.ofMinutes(5),
                Duration.ofSeconds(1));
    }

    @Test
    void twoNodesNeverRunMoreJobsOfAKeyThanAllowed() {
        for (int i = 0; i < 150; i++) {
            JOBS.enqueue(keyed("turns", "key-" + i % 3));
            JOBS.enqueue(keyed("pairs", "pair"));
        }
        RegisteredTool turns = FakeTool.named("turns", call -> crowd.pass(call.paramsJson()));
        RegisteredTool pairs = FakeTool.with("pairs", policy(null, 2, null), call -> crowd.pass("pair"));
        try (TestNode one = new TestNode(DATABASE, turns, pairs);
                TestNode two = new TestNode(DATABASE, turns, pairs)) {
            Await.until("all are completed", () -> {
                assertThat(insideOfAnyKey()).isLessThanOrEqualTo(2);
                return completed() == 300;
            });
            assertThat(one.telemetry.started).isNotEmpty();
            assertThat(two.telemetry.started).isNotEmpty();
        }
        assertThat(crowd.most("\"key-0\"")).isEqualTo(1);
        assertThat(crowd.most("\"key-1\"")).isEqualTo(1);
        assertThat(crowd.most("\"key-2\"")).isEqualTo(1);
        assertThat(crowd.most("pair")).isLessThanOrEqualTo(2);
    }

    private static long insideOfAnyKey() {
        return JOBS.count("""
                SELECT COALESCE(max(inside), 0)
                FROM (SELECT count(*) AS inside FROM jobs WHERE NOT delayed AND status IN ('pending', 'running')
                      GROUP BY concurrency_key) keys
                """);
    }

    @Test
    void jobsOfAKeyFollowEachOtherWithoutWaitingForAPoll() {
        Duration poll = Duration.ofSeconds(30);
        try (TestNode node = new TestNode(
                        DATABASE, seldomPolling(poll), FakeTool.named("turns", call -> FakeTool.done()))
                .awaitRegistered()) {
            long begun = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                JOBS.enqueue(keyed("turns", "k"));
                node.workers.keysWaiting(List.of("k"));
            }
            Await.until("all are completed", () -> completed() == 10);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(poll.dividedBy(2));
        }
    }

    @Test
    void aKeyIsFreeAgainAfterACancelThatStopsItsWork() {
        CountDownLatch never = new CountDownLatch(1);
        UUID first = JOBS.enqueue(keyed("stuck", "k"));
        RegisteredTool stuck = FakeTool.named("stuck", call -> {
            if (call.jobId().equals(first.toString())) {
                never.await();
            }
            return FakeTool.done();
        });
        UUID second = JOBS.enqueue(keyed("stuck", "k"));
        try (TestNode node = new TestNode(DATABASE, stuck)) {
            Await.until("the first runs", () -> JOBS.job(first).status() == JobStatus.RUNNING);
            assertThat(JOBS.job(second).status()).isEqualTo(JobStatus.PENDING);
            JOBS.cancel(first);
            node.signals.cancelledElsewhere(first);
            Await.until("the second is completed", () -> JOBS.job(second).status() == JobStatus.COMPLETED);
        }
    }

    @Test
    void twoNodesNeverRunMoreJobsOfAToolThanAllowed() {
        JOBS.pendingMany("few", 200);
        JOBS.pendingMany("many", 200);
        RegisteredTool few = FakeTool.with("few", policy(3, 1, null), call -> crowd.pass("few"));
        RegisteredTool many = FakeTool.named("many", call -> crowd.pass("many"));
        try (TestNode one = new TestNode(DATABASE, few, many);
                TestNode two = new TestNode(DATABASE, few, many)) {
            Await.until("all are completed", () -> {
                assertThat(JOBS.count("SELECT count(*) FROM job_leases WHERE limited_tool = 'few'"))
                        .isLessThanOrEqualTo(3);
                return completed() == 400;
            });
            assertThat(one.telemetry.started).isNotEmpty();
            assertThat(two.telemetry.started).isNotEmpty();
        }
        assertThat(crowd.most("few")).isLessThanOrEqualTo(3);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE attempt <> 1")).isZero();
    }

    @Test
    void limitedJobsFollowEachOtherWithoutWaitingForAPoll() {
        JOBS.pendingMany("one", 10);
        Duration poll = Duration.ofSeconds(30);
        RegisteredTool one = FakeTool.with("one", policy(1, 1, null), call -> crowd.pass("one"));
        long begun = System.nanoTime();
        try (TestNode node = new TestNode(DATABASE, seldomPolling(poll), one)) {
            Await.until("all are completed", () -> completed() == 10);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(poll.dividedBy(2));
            assertThat(node.telemetry.started).hasSize(10);
        }
        assertThat(crowd.most("one")).isEqualTo(1);
    }

    @Test
    void theLimitIsFreeAgainAfterFailureCancelGiveBackAndRescue() {
        Semaphore open = new Semaphore(0);
        RegisteredTool one = FakeTool.with("one", policy(1, 1, null), call -> step(call, open));
        UUID failing = JOBS.enqueue(TestJobs.withParams("one", "\"fail\""));
        UUID cancelled = JOBS.enqueue(TestJobs.withParams("one", "\"wait\""));
        UUID returned = JOBS.enqueue(TestJobs.withParams("one", "\"wait\""));
        TestNode first = new TestNode(DATABASE, TestNode.configured(4, Duration.ZERO), one);
        Await.until("the first has failed", () -> JOBS.job(failing).status() == JobStatus.FAILED);
        Await.until("the second runs", () -> JOBS.job(cancelled).status() == JobStatus.RUNNING);
        assertThat(JOBS.job(returned).status()).isEqualTo(JobStatus.PENDING);
        JOBS.cancel(cancelled);
        Await.until("the third runs", () -> JOBS.job(returned).status() == JobStatus.RUNNING);
        first.close();
        TestNode second = new TestNode(DATABASE, TestNode.configured(4, Duration.ZERO), one);
        Await.until("it runs on another node", () -> JOBS.job(returned).status() == JobStatus.RUNNING);
        assertThat(JOBS.rescueFromAllNodes()).containsExactly(returned);
        open.release(2);
        Await.until("it is completed", () -> JOBS.job(returned).status() == JobStatus.COMPLETED);
        second.close();
        assertThat(JOBS.job(returned).attempt()).isEqualTo(3);
    }

    private static ToolResult step(ToolCall call, Semaphore open) throws InterruptedException {
        if (call.paramsJson().equals("\"fail\"")) {
            return ToolResult.failure(FailureKind.TOOL_ERROR, "as told");
        }
        open.acquire();
        return FakeTool.done();
    }

    @Test
    void twoNodesNeverBeginMoreJobsThanTheRateAllows() {
        double perSecond = 40;
        int burst = 5;
        JOBS.pendingMany("rated", 45);
        RegisteredTool rated =
                FakeTool.with("rated", policy(null, 1, new StartRate(perSecond, burst)), call -> crowd.pass("rated"));
        try (TestNode one = new TestNode(DATABASE, rated);
                TestNode two = new TestNode(DATABASE, rated)) {
            Await.until("all are completed", () -> completed() == 45);
            assertThat(one.telemetry.loopFailures).isEmpty();
            assertThat(two.telemetry.loopFailures).isEmpty();
        }
        List<Instant> begun = JOBS.jdbi()
                .withHandle(handle -> handle.select("SELECT started_at FROM jobs ORDER BY started_at")
                        .mapTo(Instant.class)
                        .list());
        for (int from = 0; from < begun.size(); from++) {
            for (int to = from; to < begun.size(); to++) {
                double seconds =
                        Duration.between(begun.get(from), begun.get(to)).toNanos() / 1e9;
                // A lease says when its transaction began, on a busy machine long before the moment at which its token
                // was
                // counted.
                assertThat(to - from + 1.0).isLessThanOrEqualTo(burst + perSecond * (seconds + 0.3));
            }
        }
        Duration all = Duration.between(begun.get(0), begun.get(44));
        assertThat(all).isBetween(Duration.ofMillis(950), Duration.ofSeconds(10));
    }

    @Test
    void aNodeClaimsWhenTheNextTokenIsThereAndNotOnlyAtItsPoll() {
        JOBS.pendingMany("rated", 4);
        Duration poll = Duration.ofSeconds(30);
        RegisteredTool rated =
                FakeTool.with("rated", policy(null, 1, new StartRate(10, 1)), call -> crowd.pass("rated"));
        long begun = System.nanoTime();
        try (TestNode node = new TestNode(DATABASE, seldomPolling(poll), rated)) {
            Await.until("all are completed", () -> completed() == 4);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(poll.dividedBy(2));
            assertThat(node.telemetry.started).hasSize(4);
        }
    }

    @Test
    void limitedAndOtherToolsShareTheSlotsOfABusyNode() {
        JOBS.pendingMany("plain", 20);
        JOBS.pendingMany("limited", 20);
        List<String> order = new java.util.concurrent.CopyOnWriteArrayList<>();
        RegisteredTool plain = FakeTool.named("plain", call -> note(order, "plain"));
        RegisteredTool limited = FakeTool.with("limited", policy(50, 1, null), call -> note(order, "limited"));
        try (TestNode node = new TestNode(DATABASE, TestNode.configured(1, Duration.ofSeconds(20)), plain, limited)) {
            Await.until("all are completed", () -> completed() == 40);
            assertThat(node.telemetry.started).hasSize(40);
        }
        assertThat(order.subList(0, 20)).filteredOn("plain"::equals).hasSizeBetween(8, 12);
    }

    /** Takes longer than any job that is claimed ahead: those come in whole batches. */
    private static ToolResult note(List<String> order, String tool) throws InterruptedException {
        order.add(tool);
        new Semaphore(0).tryAcquire(30, TimeUnit.MILLISECONDS);
        return FakeTool.done();
    }

    @Test
    void noNodeClaimsJobsOfAPausedToolUntilItIsResumed() {
        RegisteredTool plain = FakeTool.named("plain", call -> crowd.pass("plain"));
        RegisteredTool limited = FakeTool.with("limited", policy(1, 1, null), call -> crowd.pass("limited"));
        RegisteredTool other = FakeTool.named("other", call -> crowd.pass("other"));
        try (TestNode node = new TestNode(DATABASE, plain, limited, other)) {
            node.workers.pausedTools().pause("plain", "maintenance");
            node.workers.pausedTools().pause("limited", null);
            UUID one = JOBS.pending("plain");
            UUID two = JOBS.pending("limited");
            for (int i = 0; i < 3; i++) {
                UUID beside = JOBS.pending("other");
                Await.until("others run", () -> JOBS.job(beside).status() == JobStatus.COMPLETED);
            }
            assertThat(JOBS.job(one).status()).isEqualTo(JobStatus.PENDING);
            assertThat(JOBS.job(two).status()).isEqualTo(JobStatus.PENDING);
            assertThat(node.workers.pausedTools().find("plain").orElseThrow().reason())
                    .isEqualTo("maintenance");
            node.workers.pausedTools().resume("plain");
            node.workers.pausedTools().resume("limited");
            Await.until("both run", () -> completed() == 5);
            assertThat(node.workers.pausedTools().list()).isEmpty();
        }
    }

    @Test
    void aNodeLearnsOfPausesMadeOnOtherNodes() {
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo())) {
            JOBS.update("INSERT INTO tool_pauses (tool_name) VALUES ('echo')");
            Await.until(
                    "it knows", () -> node.workers.pausedTools().find("echo").isPresent());
        }
    }

    @Test
    void aDrainedNodeEndsItsJobsAndClaimsAgainOnceResumed() {
        Semaphore open = new Semaphore(0);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            open.acquire();
            return FakeTool.done();
        });
        UUID running = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("it runs", () -> node.workers.running() == 1);
            node.workers.drain();
            assertThat(node.workers.isDraining()).isTrue();
            // A claim that was under way when the drain began has ended by then.
            Await.until(
                    "all nodes can see that it has no tools",
                    () -> JOBS.count("SELECT count(*) FROM nodes WHERE tools = '{}'") == 1);
            UUID waiting = JOBS.pending("slow");
            node.signals.claimable();
            open.release(2);
            Await.until("what ran is completed", () -> JOBS.job(running).status() == JobStatus.COMPLETED);
            assertThat(JOBS.job(waiting).status()).isEqualTo(JobStatus.PENDING);
            node.workers.resume();
            assertThat(node.workers.isDraining()).isFalse();
            Await.until("the other is completed", () -> JOBS.job(waiting).status() == JobStatus.COMPLETED);
            Await.until(
                    "it has its tools again",
                    () -> JOBS.count("SELECT count(*) FROM nodes WHERE tools = '{slow}'") == 1);
        }
    }

    @Test
    void aNodeThatStopsCannotBeResumed() {
        TestNode node = new TestNode(DATABASE, FakeTool.echo()).awaitRegistered();
        node.close();
        node.workers.resume();
        assertThat(node.workers.isDraining()).isTrue();
    }
}
