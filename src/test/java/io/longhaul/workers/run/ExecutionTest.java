package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.ClaimedJobBuilder;
import io.longhaul.jobs.Outcome;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.RecordedTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ExecutionTest {
    private final ClaimedJob job =
            ClaimedJobBuilder.of("tool").timeoutSeconds(60).build();
    private final List<Optional<Outcome>> ends = new CopyOnWriteArrayList<>();

    Execution execution(RegisteredTool tool) {
        return new Execution(
                job,
                tool,
                new Reports(null, (loop, inARow, failure) -> {}),
                null,
                (execution, outcome) -> ends.add(outcome));
    }

    private static RegisteredTool deaf(CountDownLatch inside, CountDownLatch open) {
        return FakeTool.named("tool", call -> {
            inside.countDown();
            while (open.getCount() > 0) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    // It was told to stop, and goes on.
                }
            }
            return FakeTool.done();
        });
    }

    @Test
    void aToolThatDoesNotStopIsLeftBehindAndItsAnswerDropped() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Execution execution = execution(deaf(inside, open));
        execution.begin();
        Thread thread = new Thread(execution);
        thread.start();
        inside.await();
        assertThat(execution.abandon()).as("before it was told to stop").isFalse();
        execution.stop(StopReason.TIMEOUT);
        assertThat(execution.abandon()).isTrue();
        assertThat(execution.abandon()).as("twice").isFalse();
        open.countDown();
        thread.join();
        assertThat(ends)
                .singleElement()
                .satisfies(end -> assertThat(end)
                        .get()
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.errorCode()).isEqualTo("TIMEOUT")));
    }

    @Test
    void aStopThatFindsNoThreadComesOnceThereIsOne() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Execution execution = execution(deaf(inside, open));
        execution.begin();
        Thread thread = new Thread(execution);
        thread.start();
        inside.await();
        AtomicInteger asked = new AtomicInteger();
        Executor scarce = work -> {
            if (asked.getAndIncrement() % 2 == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            work.run();
        };
        Stops stops = new Stops(Duration.ofMillis(50), new RecordedTelemetry(), new LeftBehind(), scarce);
        stops.stop(execution, StopReason.CANCELLED);
        Await.until("it is stopped", () -> execution.stopReason() == StopReason.CANCELLED);
        Await.until("it is left behind", () -> !ends.isEmpty());
        open.countDown();
        thread.join();
        stops.close();
        assertThat(ends).containsExactly(Optional.empty());
        assertThat(asked.get()).isEqualTo(4);
    }

    @Test
    void anAttemptStoppedBeforeItBeganDoesNotCallItsTool() {
        Execution execution = execution(FakeTool.named("tool", call -> {
            throw new AssertionError("called");
        }));
        execution.stop(StopReason.DRAINING);
        execution.run();
        assertThat(ends).containsExactly(Optional.of(new Outcome.GivenBack(job.lease())));
    }

    @Test
    void aNodeThatStopsFailsWhatMustNotRunTwice() throws InterruptedException {
        assertThat(stoppedWhileItRuns(null, OnWorkerLoss.FAIL, call -> {}))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.errorCode()).isEqualTo("WORKER_LOST"));
        assertThat(stoppedWhileItRuns(0, OnWorkerLoss.RETRY, call -> {})).isInstanceOf(Outcome.Failed.class);
        assertThat(stoppedWhileItRuns(3, OnWorkerLoss.FAIL, call -> {})).isInstanceOf(Outcome.GivenBack.class);
        assertThat(stoppedWhileItRuns(null, OnWorkerLoss.RETRY, call -> {})).isInstanceOf(Outcome.GivenBack.class);
    }

    @Test
    void workThatTheNextAttemptGoesOnWithIsGivenBackAnyway() throws InterruptedException {
        assertThat(stoppedWhileItRuns(null, OnWorkerLoss.FAIL, ToolCall::handOver))
                .isInstanceOf(Outcome.GivenBack.class);
    }

    private Outcome stoppedWhileItRuns(Integer maxLosses, OnWorkerLoss onLoss, Consumer<ToolCall> work)
            throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        ToolPolicy policy = new ToolPolicy(null, null, Retry.NEVER, onLoss, 3, 1 << 20, ToolLimits.NONE, null);
        RegisteredTool tool = FakeTool.with("tool", policy, call -> {
            work.accept(call);
            inside.countDown();
            new CountDownLatch(1).await();
            return FakeTool.done();
        });
        List<Optional<Outcome>> outcomes = new CopyOnWriteArrayList<>();
        Execution execution = new Execution(
                ClaimedJobBuilder.of("tool")
                        .lease(job.lease())
                        .maxLosses(maxLosses)
                        .build(),
                tool,
                new Reports(null, (loop, inARow, failure) -> {}),
                null,
                (one, outcome) -> outcomes.add(outcome));
        Thread thread = new Thread(execution);
        thread.start();
        inside.await();
        execution.stop(StopReason.DRAINING);
        thread.join();
        return outcomes.get(0).orElseThrow();
    }

    @Test
    void anAttemptThatWaitsForASlotIsNotLeftBehind() {
        Execution execution = execution(FakeTool.echo());
        execution.stop(StopReason.CANCELLED);
        assertThat(execution.abandon()).isFalse();
        execution.run();
        assertThat(ends).containsExactly(Optional.empty());
    }

    @Test
    void aLongMessageIsCutWhetherTheToolAnswersOrThrowsIt() {
        String message = "x".repeat(8_000);
        execution(FakeTool.named("tool", call -> ToolResult.failure(FailureKind.TOOL_ERROR, message + "yy")))
                .run();
        execution(FakeTool.named("tool", call -> {
                    throw new IllegalStateException(message + "yy");
                }))
                .run();
        execution(FakeTool.named("tool", call -> {
                    throw new IllegalStateException(message);
                }))
                .run();
        assertThat(ends)
                .map(end -> ((Outcome.Failed) end.orElseThrow()).errorMessage())
                .containsExactly(message + "…", message + "…", message);
    }

    @Test
    void theFirstReasonToStopCounts() {
        Execution execution = execution(FakeTool.echo());
        execution.stop(StopReason.LEASE_LOST);
        execution.stop(StopReason.DRAINING);
        execution.run();
        assertThat(ends).containsExactly(Optional.empty());
    }

    @Test
    void anInterruptThatComesLateDoesNotReachTheNextUserOfTheThread() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Execution execution = execution(deaf(inside, open));
        boolean[] flag = new boolean[1];
        Thread thread = new Thread(() -> {
            execution.run();
            flag[0] = Thread.currentThread().isInterrupted();
        });
        thread.start();
        inside.await();
        open.countDown();
        Await.until("it is over", () -> !ends.isEmpty());
        execution.stop(StopReason.TIMEOUT);
        thread.join();
        assertThat(flag[0]).isFalse();
    }

    @Test
    void theNextAttemptWaitsAsLongAsTheToolAsks() {
        ClaimedJob patient =
                ClaimedJobBuilder.of("tool").lease(job.lease()).maxAttempts(3).build();
        RegisteredTool busy = FakeTool.named(
                "tool", call -> new ToolResult.Failure(FailureKind.UNAVAILABLE, "busy", true, Duration.ofMinutes(9)));
        new Execution(
                        patient,
                        busy,
                        new Reports(null, (loop, inARow, failure) -> {}),
                        null,
                        (execution, outcome) -> ends.add(outcome))
                .run();
        assertThat(ends.get(0))
                .contains(new Outcome.RetryLater(job.lease(), "UNAVAILABLE", "busy", Duration.ofMinutes(9)));
    }

    @Test
    void anAttemptThatBreaksOffBeforeItsToolIsCalledIsReportedOnce() {
        List<Boolean> broken = new CopyOnWriteArrayList<>();
        Execution.Listener listener = new Execution.Listener() {
            @Override
            public void begun(Execution execution) {
                throw new OutOfMemoryError("a test");
            }

            @Override
            public void over(Execution execution, Optional<Outcome> outcome) {
                ends.add(outcome);
            }

            @Override
            public void broke(Execution execution, boolean undecided, Throwable failure) {
                broken.add(undecided);
            }
        };
        Execution execution =
                new Execution(job, FakeTool.echo(), new Reports(null, (loop, inARow, failure) -> {}), null, listener);
        execution.begin();
        execution.run();
        assertThat(broken).containsExactly(true);
        assertThat(execution.isOver()).isTrue();
        assertThat(execution.holdsThread()).isFalse();
        assertThat(ends).isEmpty();
    }

    @Test
    void anAttemptWithoutAThreadWaitsAgain() {
        Execution execution = execution(FakeTool.echo());
        AtomicInteger threads = new AtomicInteger();
        Executions executions = new Executions(
                1,
                work -> {
                    if (threads.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    work.run();
                },
                Execution::stop);
        assertThatThrownBy(() -> executions.admit(List.of(execution))).isInstanceOf(OutOfMemoryError.class);
        assertThat(execution.age()).isZero();
        executions.replaceThread();
        assertThat(ends).hasSize(1);
    }
}
