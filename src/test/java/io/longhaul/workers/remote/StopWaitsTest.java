package io.longhaul.workers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StopWaitsTest {
    private static final RemoteWorker WORKER = new RemoteWorker(1, "worker");
    private static final HeldJob HELD = new HeldJob(UUID.randomUUID(), 1);
    private static final Duration LONG = Duration.ofHours(1);

    private final StopWaits waits = new StopWaits(null, Duration.ofSeconds(30), null);

    @Test
    void aWaitEndsWhenItsNodeStops() {
        var answer = waits.await(WORKER, List.of(HELD), LONG);
        assertThat(answer).isNotDone();

        waits.release();

        assertThat(answer).isCompletedWithValue(List.of());
    }

    @Test
    void aWaitThatBeginsOnAStoppedNodeEndsAtOnce() {
        waits.release();

        assertThat(waits.await(WORKER, List.of(HELD), LONG)).isCompletedWithValue(List.of());
    }

    @Test
    void aWaitThatBeginsWhileItsNodeStopsEnds() {
        assertThat(waits.await(WORKER, stoppingTheNode(), LONG)).isCompletedWithValue(List.of());
    }

    /** A list that lets the node stop while the wait is being made. */
    private List<HeldJob> stoppingTheNode() {
        return new AbstractList<>() {
            @Override
            public HeldJob get(int index) {
                waits.release();
                return HELD;
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }
}
