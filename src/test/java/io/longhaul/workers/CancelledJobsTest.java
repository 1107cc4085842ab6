package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.spi.ToolResult;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a node stops jobs that were cancelled. */
class CancelledJobsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static void awaitStatus(UUID id, JobStatus status) {
        Await.until("job " + id + " is " + status, () -> JOBS.job(id).status() == status);
    }

    @Test
    void aCancelledJobStopsAndStaysCancelled() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Void> action = new CompletableFuture<>();
        RegisteredTool stubborn = FakeTool.named("stubborn", call -> {
            call.onCancel(() -> action.complete(null));
            try {
                return FakeTool.waitForever(call);
            } catch (InterruptedException e) {
                interrupted.complete(true);
                return new ToolResult.Success("\"too late\"");
            }
        });
        UUID id = JOBS.pending("stubborn");
        try (TestNode node = new TestNode(DATABASE, stubborn)) {
            awaitStatus(id, JobStatus.RUNNING);
            JOBS.cancel(id);
            assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
            Await.until("the tool was stopped", () -> interrupted.isDone() && action.isDone());
            Await.until("the slot is free", () -> node.workers.running() == 0);
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(id).result()).isNull();
    }

    @Test
    void aNotifiedCancelStopsTheToolBeforeTheLeasesAreLookedAt() {
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            inside.countDown();
            return FakeTool.waitForever(call);
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            node.signals.cancelledElsewhere(id);
            Await.until("the tool was stopped", () -> !node.telemetry.stopped.isEmpty());
            assertThat(node.telemetry.stopped.get(0).jobId()).isEqualTo(id);
        }
    }

    @Test
    void aToolWhoseStopActionFailsIsStillInterrupted() {
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            call.onCancel(() -> {
                throw new Error("cannot stop");
            });
            call.onCancel(() -> second.complete(true));
            inside.countDown();
            return FakeTool.waitForever(call);
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow, FakeTool.echo())) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            JOBS.cancel(id);
            Await.until("the tool was stopped", () -> node.workers.running() == 0 && second.isDone());
            UUID next = JOBS.pending("slow");
            Await.until(
                    "it runs",
                    () -> JOBS.stored(next, "status::text", String.class).equals("running"));
            JOBS.cancel(next);
            Await.until("it stops, too", () -> node.telemetry.stopped.size() == 2);
        }
    }

    @Test
    void aStopActionThatHangsDelaysNothingElse() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            call.onCancel(() -> awaitQuietly(hanging));
            inside.countDown();
            return FakeTool.waitForever(call);
        });
        UUID first = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            JOBS.cancel(first);
            Await.until("it was stopped", () -> node.telemetry.stopped.size() == 1);
            UUID second = JOBS.pending("slow");
            Await.until(
                    "it runs",
                    () -> JOBS.stored(second, "status::text", String.class).equals("running"));
            JOBS.cancel(second);
            Await.until("it was stopped", () -> node.telemetry.stopped.size() == 2);
        } finally {
            hanging.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
