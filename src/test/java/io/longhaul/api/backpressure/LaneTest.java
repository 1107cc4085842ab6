package io.longhaul.api.backpressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final Queue<Runnable> begun = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Executor threads = this::begin;
    private final Lane lane = new Lane(1, 10, null);
    private boolean none;

    /** True if work is kept although no thread is found, as by Jetty's pool. */
    private boolean keeps;

    private void begin(Runnable work) {
        if (!none || keeps) {
            begun.add(work);
        }
        if (none) {
            throw new RejectedExecutionException("no thread is left");
        }
    }

    @Test
    void workThatFindsNoThreadLeavesItsPlaceToOthers() {
        none = true;
        assertThatThrownBy(() -> lane.start(() -> done.add("first"), threads))
                .isInstanceOf(RejectedExecutionException.class);
        none = false;
        lane.start(() -> done.add("second"), threads);
        begun.remove().run();
        assertThat(done).containsExactly("second");
    }

    @Test
    void aTurnThatFindsNoThreadComesAgain() {
        lane.start(() -> done.add("first"), threads);
        lane.start(() -> done.add("second"), threads);
        lane.start(() -> done.add("third"), threads);
        Runnable first = begun.remove();
        none = true;
        assertThatThrownBy(first::run).isInstanceOf(RejectedExecutionException.class);
        none = false;
        lane.run(() -> done.add("fourth"), threads);
        begun.remove().run();
        begun.remove().run();
        assertThat(done).containsExactly("first", "fourth", "second", "third");
    }

    @Test
    void aTurnThatIsKeptWithoutAThreadComesOnce() {
        lane.start(() -> done.add("first"), threads);
        lane.start(() -> done.add("second"), threads);
        lane.start(() -> done.add("third"), threads);
        Runnable first = begun.remove();
        none = true;
        keeps = true;
        assertThatThrownBy(first::run).isInstanceOf(RejectedExecutionException.class);
        none = false;
        lane.run(() -> done.add("fourth"), threads);
        runAll();
        assertThat(done).containsExactly("first", "fourth", "second", "third");
        assertOneAtOnce();
    }

    @Test
    void aThreadThatComesAfterAllRunsWhatWaits() {
        lane.start(() -> done.add("first"), threads);
        lane.start(() -> done.add("second"), threads);
        Runnable first = begun.remove();
        none = true;
        keeps = true;
        assertThatThrownBy(first::run).isInstanceOf(RejectedExecutionException.class);
        none = false;
        runAll();
        assertThat(done).containsExactly("first", "second");
        assertOneAtOnce();
    }

    @Test
    void workThatIsRefusedNeverRuns() {
        none = true;
        keeps = true;
        assertThatThrownBy(() -> lane.start(() -> done.add("first"), threads))
                .isInstanceOf(RejectedExecutionException.class);
        none = false;
        runAll();
        assertThat(done).isEmpty();
        assertOneAtOnce();
    }

    @Test
    void onlyAThreadWithAPlaceMakesWay() {
        assertThat(Lane.makeWay()).isFalse();
        lane.run(() -> done.add(Lane.makeWay() ? "makes way" : "does not"), threads);
        assertThat(done).containsExactly("makes way");
    }

    private void runAll() {
        while (!begun.isEmpty()) {
            begun.remove().run();
        }
    }

    private void assertOneAtOnce() {
        lane.run(
                () -> {
                    lane.run(() -> done.add("inner"), threads);
                    done.add("outer");
                },
                threads);
        runAll();
        assertThat(done).endsWith("outer", "inner");
        assertThat(lane.waiting()).isZero();
    }
}
