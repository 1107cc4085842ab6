package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.workers.FakeTool;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        return take(MEGABYTE);
    }

    private int take(long bytes) {
        try {
            return room.take(bytes);
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

    @Test
    @Timeout(30)
    void aLargeResultIsNotOvertakenBySmallerOnes() throws Exception {
        int taken = room.take(MEGABYTE);
        CompletableFuture<Integer> all = new CompletableFuture<>();
        Thread large = new Thread(() -> all.complete(take(100 * MEGABYTE)));
        large.start();
        awaitWaiting(large);
        CompletableFuture<Integer> small = new CompletableFuture<>();
        Thread later = new Thread(() -> small.complete(take(MEGABYTE / 8)));
        later.start();
        awaitWaiting(later);
        assertThat(small).isNotDone();
        room.give(taken);
        room.give(all.get());
        assertThat(small.get()).isEqualTo(1024);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void freeRoomIsGivenToAnInterruptedThreadToo() throws InterruptedException {
        Thread.currentThread().interrupt();
        try {
            assertThat(room.take(MEGABYTE)).isPositive();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    @Timeout(60)
    void aCallWhoseThreadsBothAskForRoomGivesAllOfItBack() throws Exception {
        int all = ResultMemory.OF_HEAP.take(1L << 50);
        RegisteredTool tool = FakeTool.named("tool", call -> {
            List<Thread> threads = List.of(asking(call), asking(call));
            threads.forEach(Thread::start);
            threads.forEach(ResultMemoryTest::awaitWaiting);
            ResultMemory.OF_HEAP.give(all);
            for (Thread thread : threads) {
                thread.join();
            }
            return FakeTool.done();
        });
        new ExecutionTest().execution(tool).run();
        ResultMemory.OF_HEAP.give(ResultMemory.OF_HEAP.take(1L << 50));
    }

    private static Thread asking(ToolCall call) {
        return new Thread(() -> {
            try {
                call.makeRoom(MEGABYTE);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
