package io.longhaul.telemetry.queues;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedReadingTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicInteger queries = new AtomicInteger();

    @Test
    void manyWhoAskAtOnceShareOneQuery() {
        SharedReading<Integer> reading = new SharedReading<>(queries::incrementAndGet, LONG, LONG);
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> reading.get().value()))
                .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(1));
        assertThat(reading.get().value()).isEqualTo(1);
        assertThat(reading.get().succeeded()).isTrue();
    }

    @Test
    void anOldValueIsReadAgain() {
        SharedReading<Integer> reading = new SharedReading<>(queries::incrementAndGet, Duration.ZERO, LONG);
        assertThat(reading.get().value()).isEqualTo(1);
        int later = reading.get().value();
        while (later == 1) {
            later = reading.get().value();
        }
        assertThat(later).isEqualTo(2);
    }

    @Test
    void nobodyWaitsLongForAQueryThatHangsAndNoSecondOneBegins() {
        CountDownLatch hangs = new CountDownLatch(1);
        SharedReading<Integer> reading = new SharedReading<>(
                () -> {
                    queries.incrementAndGet();
                    awaitUninterruptibly(hangs);
                    return 7;
                },
                Duration.ZERO,
                Duration.ofMillis(20));
        for (int i = 0; i < 3; i++) {
            assertThat(reading.get().succeeded()).isFalse();
            assertThat(reading.get().value()).isNull();
        }
        assertThat(queries).hasValue(1);
        hangs.countDown();
        while (reading.get().value() == null) {
            Thread.onSpinWait();
        }
        assertThat(reading.get().value()).isEqualTo(7);
    }

    @Test
    void afterAFailureTheLastValueStaysWithoutSuccess() {
        SharedReading<Integer> reading = new SharedReading<>(
                () -> {
                    if (queries.incrementAndGet() > 1) {
                        throw new IllegalStateException("The database is away.");
                    }
                    return 1;
                },
                Duration.ZERO,
                LONG);
        assertThat(reading.get().succeeded()).isTrue();
        while (reading.get().succeeded()) {
            Thread.onSpinWait();
        }
        assertThat(reading.get().value()).isEqualTo(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
