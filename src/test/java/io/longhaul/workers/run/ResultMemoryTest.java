package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ResultMemoryTest {
    private static final long MEGABYTE = 1 << 20;

    private final ResultMemory room = new ResultMemory(10 * MEGABYTE);

    @Test
    void aResultWithoutRoomWaits() throws InterruptedException {
        int taken = room.take(MEGABYTE);
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(this::take);
        assertThat(second).isNotDone();
        room.give(taken);
        assertThat(second.join()).isEqualTo(taken);
    }

    private int take() {
        try {
            return room.take(MEGABYTE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aResultLargerThanAllRoomGetsAllOfIt() throws InterruptedException {
        int all = room.take(100 * MEGABYTE);
        room.give(all);
        assertThat(all).isEqualTo(10 * 1024);
    }

    @Test
    void smallResultsNeverWait() throws InterruptedException {
        room.take(100 * MEGABYTE);
        assertThat(room.take(1_000)).isZero();
    }
}
