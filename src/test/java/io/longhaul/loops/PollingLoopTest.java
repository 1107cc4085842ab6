package io.longhaul.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollingLoopTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Queue<Long> looks = new ConcurrentLinkedQueue<>();
    private PollingLoop loop;

    @AfterEach
    void stop() {
        loop.stop();
    }

    private void start(Duration least, Duration most) {
        loop = new PollingLoop("tested", () -> looks.add(System.nanoTime()), least, most);
        loop.start();
    }

    @Test
    void looksWhenAskedTo() {
        start(Duration.ZERO, HOUR);
        assertThat(looks).isEmpty();
        loop.lookSoon();
        Await.until("it has looked", () -> looks.size() == 1);
    }

    @Test
    void looksWithoutBeingAsked() {
        start(Duration.ZERO, Duration.ofMillis(1));
        Await.until("it has looked twice", () -> looks.size() >= 2);
    }

    @Test
    void aRequestDoesNotCutTheRestShort() {
        Duration rest = Duration.ofMillis(100);
        start(rest, HOUR);
        loop.lookSoon();
        Await.until("it has looked", () -> looks.size() == 1);
        loop.lookSoon();
        Await.until("it has looked again", () -> looks.size() == 2);
        assertThat(-looks.remove() + looks.remove()).isGreaterThanOrEqualTo(rest.toNanos());
    }

    @Test
    void aFailedLookIsFollowedByTheNext() {
        CountDownLatch looked = new CountDownLatch(2);
        loop = new PollingLoop(
                "tested",
                () -> {
                    looked.countDown();
                    throw new IllegalStateException("no database");
                },
                Duration.ZERO,
                Duration.ofMillis(1));
        loop.start();
        Await.until("it has looked twice", () -> looked.getCount() == 0);
    }
}
