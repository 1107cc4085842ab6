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

    private void begin(Runnable work) {
        if (none) {
            throw new RejectedExecutionException("no thread is left");
        }
        begun.add(work);
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
}
