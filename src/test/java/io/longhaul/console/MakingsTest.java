package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MakingsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void theSecondWaitsForTheFirstAndMakesNothing() throws Exception {
        Makings<String> makings = new Makings<>(Duration.ofMinutes(1));
        assertThat(makings.begin("a")).isTrue();
        CompletableFuture<Boolean> second = begin(makings, "a");
        assertThat(makings.begin("b")).as("something else").isTrue();
        assertThat(second).isNotDone();

        makings.end("a");

        assertThat(second.get()).isFalse();
        assertThat(makings.begin("a")).as("the next one makes it anew").isTrue();
    }

    @Test
    void nobodyWaitsLongerThanTheLimit() throws Exception {
        Makings<String> makings = new Makings<>(Duration.ofMillis(10));
        makings.begin("a");

        assertThat(makings.begin("a")).isFalse();
        makings.end("a");
    }

    /** Begins on a thread of its own, and returns once that waits. */
    private CompletableFuture<Boolean> begin(Makings<String> makings, String key) {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> begun = CompletableFuture.supplyAsync(
                () -> {
                    thread.complete(Thread.currentThread());
                    try {
                        return makings.begin(key);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
        Await.until("it waits", Await.LONG, () -> thread.join().getState() == Thread.State.TIMED_WAITING);
        return begun;
    }
}
