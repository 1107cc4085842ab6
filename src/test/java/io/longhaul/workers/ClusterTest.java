package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that share a database, and what happens to jobs when a node or its connections are gone. */
class ClusterTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Ledger ledger = new Ledger();

    /** The calls that the world outside the database saw, by job. */
    private static final class Ledger {
        private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

        ToolResult note(ToolCall call) {
            calls.computeIfAbsent(call.jobId(), id -> new AtomicInteger()).incrementAndGet();
            return FakeTool.done();
        }

        Set<Integer> counts() {
            return calls.values().stream().map(AtomicInteger::get).collect(Collectors.toSet());
        }
    }

    @AfterEach
    void nothingHasDeadlocked() {
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static long completed() {
        return JOBS.count("SELECT count(*) FROM jobs WHERE status = 'completed'");
    }

    private static ToolResult waitForever(ToolCall call) throws InterruptedException {
        new CountDownLatch(1).await();
        return FakeTool.done();
    }

    @Test
    void twoNodesRunEachOfTwoThousandJobsExactlyOnce() {
        JOBS.pendingMany("a", 1_000);
        JOBS.pendingMany("b", 1_000);
        CountDownLatch bothWork = new CountDownLatch(2);
        try (TestNode one = meeting(bothWork);
                TestNode two = meeting(bothWork)) {
            Await.until("all are completed", () -> completed() == 2_000);
            assertThat(one.telemetry.started.size() + two.telemetry.started.size())
                    .isEqualTo(2_000);
            assertThat(one.telemetry.started).isNotEmpty();
            assertThat(two.telemetry.started).isNotEmpty();
        }
        assertThat(ledger.calls).hasSize(2_000);
        assertThat(ledger.counts()).containsExactly(1);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE attempt <> 1 OR losses <> 0 OR failures <> 0"))
                .isZero();
        assertThat(JOBS.count("SELECT count(*) FROM job_leases")).isZero();
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    /** A node whose jobs wait until every node has begun one, so that no node can drain the queue before another claims. */
    private TestNode meeting(CountDownLatch all) {
        AtomicBoolean first = new AtomicBoolean(true);
        FakeTool.Body body = call -> {
            if (first.compareAndSet(true, false)) {
                all.countDown();
            }
            all.await();
            return ledger.note(call);
        };
        return new TestNode(DATABASE, FakeTool.named("a", body), FakeTool.named("b", body));
    }

    /** A node that claimed and never came back. */
    private static void killedNodeClaims(String tool, int jobs, int maxLosses) {
        long node = JOBS.liveNode();
        assertThat(JOBS.transitions()
                        .claim(
                                node,
                                new String[] {tool},
                                new Integer[] {maxLosses},
                                new Integer[] {jobs},
                                jobs,
                                Long.MAX_VALUE,
                                new UUID[0]))
                .hasSize(jobs);
        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s' WHERE id = ?", node);
    }

    @Test
    void anotherNodeRunsTheJobsOfAKilledNodeAgain() {
        JOBS.pendingMany("echo", 20);
        killedNodeClaims("echo", 20, 3);
        try (TestNode node = new TestNode(DATABASE, FakeTool.named("echo", ledger::note))) {
            Await.until("all are completed", () -> completed() == 20);
            assertThat(node.telemetry.rescued).hasSize(20);
        }
        assertThat(ledger.counts()).containsExactly(1);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE attempt = 2 AND losses = 1"))
                .isEqualTo(20);
        assertThat(JOBS.count("SELECT count(*) FROM job_attempts WHERE error_code = 'WORKER_LOST' AND attempt = 1"))
                .isEqualTo(20);
    }

    @Test
    void aJobWhoseToolForbidsRetryFailsWithItsNode() {
        UUID id = JOBS.pending("once");
        RegisteredTool once = FakeTool.with("once", FakeTool.failingOnLoss(), ClusterTest::waitForever);
        TestNode dying = new TestNode(DATABASE, once);
        Await.until("it runs", () -> JOBS.job(id).status() == JobStatus.RUNNING);
        assertThat(JOBS.rescueFromAllNodes()).containsExactly(id);
        Job job = JOBS.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("WORKER_LOST");
        Await.until("the stale worker stops", () -> !dying.telemetry.stopped.isEmpty());
        dying.close();
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aNodeThatWasGivenUpStopsItsToolsRegistersAnewAndWorksOn() {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger stopped = new AtomicInteger();
        RegisteredTool slow = FakeTool.named("slow", call -> {
            ledger.note(call);
            try {
                open.await();
                return FakeTool.done();
            } catch (InterruptedException e) {
                stopped.incrementAndGet();
                throw e;
            }
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("it runs", () -> ledger.calls.size() == 1);
            JOBS.update("DELETE FROM nodes");
            Await.until("the node registers anew", () -> node.telemetry.registered.size() == 2);
            Await.until("the tool was stopped", () -> stopped.get() == 1);
            assertThat(node.telemetry.lost).containsExactly(node.telemetry.registered.get(0));
            Await.until("it runs again", () -> ledger.counts().contains(2));
            open.countDown();
            Await.until("it is completed", () -> completed() == 1);
        }
        assertThat(JOBS.job(id).attempt()).isEqualTo(2);
        assertThat(JOBS.stored(id, "losses", Integer.class)).isEqualTo(1);
    }

    @Test
    void aLateCompletionNeverOverwritesAnotherNodesJob() {
        UUID id = JOBS.pending("deaf");
        CountDownLatch open = new CountDownLatch(1);
        // Neither reacts to interruption nor looks whether it is cancelled.
        RegisteredTool deaf = FakeTool.named("deaf", call -> {
            boolean waiting = true;
            while (waiting) {
                try {
                    open.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    ledger.note(call);
                }
            }
            return new ToolResult.Success("\"late\"");
        });
        try (TestNode node = new TestNode(DATABASE, deaf)) {
            Await.until("it runs", () -> JOBS.job(id).status() == JobStatus.RUNNING);
            JOBS.cancel(id);
            Await.until("it was interrupted", () -> !ledger.calls.isEmpty());
            open.countDown();
            Await.until("the tool is back", () -> node.workers.running() == 0);
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(id).result()).isNull();
    }

    @Test
    void aShutdownLetsRunningJobsEnd() {
        UUID id = JOBS.pending("slow");
        UUID never = JOBS.pending("other");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            inside.countDown();
            open.await();
            return FakeTool.done();
        });
        TestNode node = new TestNode(DATABASE, slow);
        Await.until("it runs", () -> inside.getCount() == 0);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(node::close);
        Await.until("the node drains", node.workers::isDraining);
        UUID late = JOBS.pending("slow");
        node.signals.claimable();
        open.countDown();
        stopping.join();
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(JOBS.job(late).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.job(never).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    @Test
    void aShutdownGivesBackJobsThatDoNotEndInTime() {
        UUID id = JOBS.pending("endless");
        RegisteredTool endless =
                FakeTool.with("endless", FakeTool.retrying(1, Duration.ZERO), ClusterTest::waitForever);
        TestNode node = new TestNode(DATABASE, TestNode.configured(4, Duration.ofMillis(100)), endless);
        Await.until(
                "it runs", () -> JOBS.stored(id, "status::text", String.class).equals("running"));
        long begin = System.nanoTime();
        node.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        Job job = JOBS.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.startedAt()).isNull();
        assertThat(JOBS.stored(id, "failures + losses", Integer.class)).isZero();
        assertThat(JOBS.queries().failedAttempts(id))
                .extracting(JobQueries.FailedAttempt::errorCode)
                .containsExactly("GIVEN_BACK");
        assertThat(JOBS.isLeased(id)).isFalse();
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
        assertThat(node.changed).contains(id);
    }

    @Test
    void nothingIsLostWhenAllConnectionsBreakWhileJobsEnd() {
        JOBS.pendingMany("echo", 400);
        try (TestNode node = new TestNode(DATABASE, FakeTool.named("echo", ledger::note))) {
            for (int done = 50; done <= 250; done += 50) {
                int soMany = done;
                Await.until(soMany + " are completed", () -> completed() >= soMany);
                breakAllConnections();
            }
            Await.until("all are completed", () -> completed() == 400);
            Await.until("no lease is left", () -> JOBS.count("SELECT count(*) FROM job_leases") == 0);
            assertThat(node.telemetry.lost).isEmpty();
        }
        assertThat(ledger.calls).hasSize(400);
        // A claim whose answer was lost is given back and claimed again; nothing failed, and no worker was lost.
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE failures + losses > 0"))
                .isZero();
        assertThat(JOBS.count("SELECT count(*) FROM job_attempts")).isZero();
    }

    private static void breakAllConnections() {
        JOBS.count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'test-node'");
    }

    @Test
    void anOutcomeThatWaitsForALockedJobIsWrittenWhenTheConnectionBreaks() {
        UUID id = JOBS.pending();
        CountDownLatch open = new CountDownLatch(1);
        RegisteredTool echo = FakeTool.named("echo", call -> {
            open.await();
            return FakeTool.done();
        });
        try (TestNode node = new TestNode(DATABASE, echo)) {
            Await.until(
                    "it runs",
                    () -> JOBS.stored(id, "status::text", String.class).equals("running"));
            try (Parked lock = new Parked(JOBS.jdbi())) {
                lock.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", id);
                open.countDown();
                lock.awaitWaiters(1);
                JOBS.count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'");
                Await.until("the failure is told", () -> !node.telemetry.loopFailures.isEmpty());
                lock.rollback();
            }
            Await.until("it is completed", () -> completed() == 1);
        }
    }

    @Test
    void aClaimWhoseAnswerWasLostIsGivenBackAndDone() {
        UUID id = JOBS.pending();
        TestNode node = new TestNode(DATABASE, FakeTool.named("echo", ledger::note));
        try (node) {
            // The lease of a claim that this node never heard of.
            node.awaitRegistered();
            Lease unheard = unheardLease(id, node);
            Await.until("it is completed", () -> JOBS.job(unheard.jobId()).status() == JobStatus.COMPLETED);
        }
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE attempt = 2 AND losses + failures = 0"))
                .isEqualTo(1);
        assertThat(JOBS.count("SELECT count(*) FROM job_attempts WHERE error_code <> 'GIVEN_BACK'"))
                .isZero();
    }

    private static Lease unheardLease(UUID done, TestNode node) {
        Await.until("the first job is done", () -> JOBS.job(done).status() == JobStatus.COMPLETED);
        node.mayClaim = false;
        UUID id = JOBS.pending();
        long self = node.telemetry.registered.get(0);
        JOBS.update(
                "INSERT INTO job_leases VALUES (?, 1, ?, NOW() - INTERVAL '6 s', 3) ON CONFLICT DO NOTHING", id, self);
        node.mayClaim = true;
        return new Lease(id, 1, self);
    }

    @Test
    void nodesWithDifferentToolsLeaveEachOthersJobsAlone() {
        JOBS.pendingMany("a", 20);
        JOBS.pendingMany("b", 20);
        try (TestNode one = new TestNode(DATABASE, FakeTool.named("a", ledger::note));
                TestNode two = new TestNode(DATABASE, FakeTool.named("b", ledger::note))) {
            Await.until("all are completed", () -> completed() == 40);
            assertThat(List.of(one.telemetry.started.size(), two.telemetry.started.size()))
                    .containsExactly(20, 20);
            Await.until("both know of each other", () -> one.state.hasPeers() && two.state.hasPeers());
        }
    }
}
