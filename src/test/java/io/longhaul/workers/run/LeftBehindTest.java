package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.telemetry.StopReason;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose tools do not stop when they are told to. */
@Timeout(120)
class LeftBehindTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final Duration GRACE = Duration.ofMillis(100);

    /** So long that a node which waited for a tool would run into the test's timeout. */
    private static final Duration DRAIN = Duration.ofHours(1);

    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();

    @AfterEach
    void letAllGo() {
        open.countDown();
    }

    private TestNode node(int slots, RegisteredTool... tools) {
        return new TestNode(DATABASE, TestNode.configured(slots, DRAIN), GRACE, tools);
    }

    private ToolResult deaf(ToolCall call) {
        inside.incrementAndGet();
        while (open.getCount() > 0) {
            try {
                open.await();
            } catch (InterruptedException e) {
                // It was told to stop, and goes on.
            }
        }
        call.progress(0.9, "late");
        call.log("late");
        return FakeTool.done();
    }

    private static RegisteredTool quick() {
        return FakeTool.named("quick", call -> FakeTool.done());
    }

    private RegisteredTool deaf() {
        return patient("deaf", this::deaf, Duration.ZERO);
    }

    private static RegisteredTool patient(String name, FakeTool.Body body, Duration stopTime) {
        FakeTool fake = new FakeTool(name, body);
        Tool tool = new Tool() {
            @Override
            public ToolDescription description() {
                return fake.description();
            }

            @Override
            public ToolResult call(ToolCall call) throws Exception {
                return fake.call(call);
            }

            @Override
            public Duration stopTime() {
                return stopTime;
            }
        };
        return new RegisteredTool(tool, ToolPolicy.DEFAULT, "test");
    }

    private void awaitInside(int calls) {
        Await.until(calls + " calls are inside the tool", () -> inside.get() == calls);
    }

    private static void awaitCompleted(UUID id) {
        Await.until("job " + id + " has completed", () -> JOBS.job(id).status() == JobStatus.COMPLETED);
    }

    @Test
    void theSlotOfACancelledJobWhoseToolGoesOnIsGivenToTheNext() {
        UUID id = JOBS.pending("deaf");
        try (TestNode node = node(1, deaf(), quick())) {
            awaitInside(1);
            JOBS.cancel(id);
            awaitCompleted(JOBS.pending("quick"));
            assertThat(node.telemetry.stopReasons).containsExactly(StopReason.CANCELLED);
            assertThat(node.telemetry.leasesLost).isEmpty();
            Await.until("it is told", () -> node.telemetry.abandoned.size() == 1);
            assertThat(node.telemetry.abandoned.get(0).jobId()).isEqualTo(id);
            Await.until("it is counted", () -> node.workers.leftBehind().count() == 1);
            assertThat(node.workers.leftBehind().perTool()).containsExactly(java.util.Map.entry("deaf", 1L));
        }
    }

    @Test
    void theSlotOfALostLeaseWhoseToolGoesOnIsGivenToTheNext() {
        UUID id = JOBS.pending("deaf");
        try (TestNode node = node(1, deaf(), quick())) {
            awaitInside(1);
            JOBS.update("DELETE FROM job_leases WHERE job_id = '" + id + "'");
            JOBS.update("UPDATE jobs SET status = 'failed', completed_at = NOW() WHERE id = '" + id + "'");
            awaitCompleted(JOBS.pending("quick"));
            assertThat(node.telemetry.stopReasons).containsExactly(StopReason.LEASE_LOST);
        }
    }

    @Test
    void aCallThatReturnsLateIsDroppedAndNoLongerCounted() {
        UUID id = JOBS.pending("deaf");
        try (TestNode node = node(1, deaf(), quick())) {
            awaitInside(1);
            JOBS.cancel(id);
            Await.until("it is left behind", () -> node.workers.leftBehind().count() == 1);
            open.countDown();
            Await.until("it came back", () -> node.telemetry.cameBack.size() == 1);
            assertThat(node.workers.leftBehind().count()).isZero();
            awaitCompleted(JOBS.pending("quick"));
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(id).result()).isNull();
        assertThat(JOBS.count("SELECT count(*) FROM job_logs WHERE job_id = '" + id + "'"))
                .isZero();
        assertThat(JOBS.count("SELECT count(*) FROM job_progress WHERE job_id = '" + id + "'"))
                .isZero();
    }

    @Test
    void aToolThatLeavesManyCallsGetsNoMoreJobsOfThisNodeUntilTheyComeBack() {
        try (TestNode node = node(2, deaf(), quick())) {
            for (int i = 1; i <= LeftBehind.MOST_PER_TOOL; i++) {
                UUID id = JOBS.pending("deaf");
                awaitInside(i);
                JOBS.cancel(id);
                int left = i;
                Await.until("it is left behind", () -> node.workers.leftBehind().count() == left);
            }
            Await.until("the tool is barred", () -> node.telemetry.barred.equals(List.of("deaf")));
            assertThat(node.workers.leftBehind().barred()).containsExactly("deaf");
            UUID waiting = JOBS.pending("deaf");
            Await.until("the node says that it has the tool no more", () -> offered("quick") && !offered("deaf"));
            awaitCompleted(JOBS.pending("quick"));
            assertThat(JOBS.job(waiting).status()).isEqualTo(JobStatus.PENDING);
            open.countDown();
            awaitCompleted(waiting);
            Await.until("the node says that it has the tool", () -> offered("deaf"));
        }
    }

    private static boolean offered(String tool) {
        return JOBS.count("SELECT count(*) FROM nodes WHERE '" + tool + "' = ANY (tools)") == 1;
    }

    @Test
    void aNodeStopsAlthoughItsToolsGoOnAfterACancel() {
        UUID id = JOBS.pending("deaf");
        TestNode node = node(1, deaf());
        awaitInside(1);
        JOBS.cancel(id);
        node.close();
        assertThat(open.getCount()).as("the tool goes on").isEqualTo(1);
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    @Test
    void callsThatGoOnComputingLeaveProcessorsToOthers() {
        RegisteredTool busy = patient(
                "busy",
                call -> {
                    inside.incrementAndGet();
                    while (open.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return FakeTool.done();
                },
                Duration.ZERO);
        int carriers = Runtime.getRuntime().availableProcessors();
        try (TestNode node = node(carriers, busy, quick())) {
            List<UUID> jobs =
                    Stream.generate(() -> JOBS.pending("busy")).limit(carriers).toList();
            awaitInside(carriers);
            jobs.forEach(JOBS::cancel);
            awaitCompleted(JOBS.pending("quick"));
            assertThat(node.telemetry.stopReasons).hasSize(carriers).containsOnly(StopReason.CANCELLED);
            open.countDown();
            Await.until("they came back", () -> node.workers.leftBehind().count() == 0);
        }
    }

    @Test
    void aStopActionThatHangsIsCountedAlthoughItsCallHasEnded() {
        RegisteredTool hanging = patient(
                "hanging",
                call -> {
                    call.onCancel(() -> deaf(call));
                    inside.incrementAndGet();
                    new CountDownLatch(1).await();
                    return FakeTool.done();
                },
                Duration.ZERO);
        UUID id = JOBS.pending("hanging");
        try (TestNode node = node(1, hanging, quick())) {
            awaitInside(1);
            JOBS.cancel(id);
            awaitCompleted(JOBS.pending("quick"));
            Await.until("it is counted", () -> node.workers.leftBehind().count() == 1);
            open.countDown();
            Await.until(
                    "it is counted no longer", () -> node.workers.leftBehind().count() == 0);
        }
    }

    @Test
    void aToolThatNeedsLongerToStopIsNotLeftBehindBefore() {
        RegisteredTool slow = patient("slow", this::deaf, Duration.ofMinutes(5));
        UUID first = JOBS.pending("slow");
        UUID second = JOBS.pending("deaf");
        try (TestNode node = node(2, slow, deaf())) {
            awaitInside(2);
            JOBS.cancel(first);
            JOBS.cancel(second);
            Await.until(
                    "the other is left behind", () -> node.workers.leftBehind().count() == 1);
            assertThat(node.workers.leftBehind().perTool()).containsOnlyKeys("deaf");
            assertThat(node.workers.running()).isEqualTo(1);
            open.countDown();
            Await.until("the slot is free", () -> node.workers.running() == 0);
        }
    }
}
