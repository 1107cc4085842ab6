package io.longhaul.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines();

    @AfterEach
    void stop() {
        deadlines.stop();
    }

    @Test
    void runsAnActionThatIsDue() {
        CountDownLatch done = new CountDownLatch(1);
        deadlines.after(Duration.ofMillis(1), done::countDown);
        Await.until("it was done", () -> done.getCount() == 0);
    }

    @Test
    void aCancelledDeadlineLeavesNothingBehind() {
        for (int i = 0; i < 1_000; i++) {
            Future<?> deadline = deadlines.after(Duration.ofDays(7), () -> {});
            deadline.cancel(false);
        }
        assertThat(deadlines.ahead()).isZero();
    }
}
