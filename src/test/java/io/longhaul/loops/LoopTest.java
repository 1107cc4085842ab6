package io.longhaul.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.workers.RecordedTelemetry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final AtomicInteger steps = new AtomicInteger();

    private void runUntil(int count, Loop.Step step) {
        Loop loop = new Loop("tested", telemetry::loopFailed, step);
        loop.start();
        Await.until(count + " steps", () -> steps.get() >= count);
        loop.stop();
    }

    @Test
    void runsOneStepAfterTheOther() {
        runUntil(3, () -> {
            steps.incrementAndGet();
            return Duration.ZERO;
        });
        assertThat(telemetry.loopFailures).isEmpty();
    }

    @Test
    void reportsAFailedStepAndGoesOn() {
        runUntil(3, () -> {
            steps.incrementAndGet();
            throw new IllegalStateException("no database");
        });
        assertThat(telemetry.loopFailures.get(0).loop()).isEqualTo("tested");
        assertThat(telemetry.loopFailures.get(0).failure()).hasMessage("no database");
    }

    @Test
    void anErrorDoesNotEndTheLoop() {
        runUntil(2, () -> {
            steps.incrementAndGet();
            throw new OutOfMemoryError("unable to create native thread");
        });
        assertThat(telemetry.loopFailures).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void norDoesAnErrorInTheReportOfOne() {
        Loop loop = new Loop(
                "tested",
                (name, inARow, failure) -> {
                    throw new OutOfMemoryError("Java heap space");
                },
                () -> {
                    steps.incrementAndGet();
                    throw new OutOfMemoryError("Java heap space");
                });
        loop.start();
        Await.until("another step", () -> steps.get() >= 2);
        loop.stop();
    }

    @Test
    void aWakeUpEndsTheWait() {
        Loop loop = new Loop("tested", telemetry::loopFailed, () -> {
            steps.incrementAndGet();
            return Duration.ofHours(1);
        });
        loop.start();
        Await.until("the first step", () -> steps.get() == 1);
        loop.wakeUp();
        Await.until("the second step", () -> steps.get() == 2);
        loop.stop();
    }

    @Test
    void aStopWaitsForTheStepUnderWay() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Loop loop = new Loop("tested", telemetry::loopFailed, () -> {
            inside.countDown();
            open.await();
            steps.incrementAndGet();
            return Duration.ZERO;
        });
        loop.start();
        inside.await();
        Thread stopping = new Thread(loop::stop);
        stopping.start();
        Await.until("the stop waits for the step", () -> stopping.getState() == Thread.State.TIMED_WAITING);
        open.countDown();
        stopping.join();
        assertThat(steps).hasValue(1);
    }
}
