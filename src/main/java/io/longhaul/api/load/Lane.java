package io.longhaul.api.load;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Work of one kind that holds threads: so much at once and no more. What comes then waits its turn without a thread. */
final class Lane {
    private final int most;
    private final int mostWaiting;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int busy;

    /** Work that waits, and who runs it. */
    private record Turn(Runnable work, Executor executor) {}

    /**
     * A free lane.
     *
     * @param most how much work may be done at once
     * @param mostWaiting how much may wait
     */
    Lane(int most, int mostWaiting) {
        this.most = most;
        this.mostWaiting = mostWaiting;
    }

    /**
     * Does work now on this thread, or later on one of the executor's.
     *
     * @return false if too much waits already; then it is never done
     */
    boolean run(Runnable work, Executor executor) {
        synchronized (this) {
            if (busy == most) {
                return waiting.size() < mostWaiting && waiting.add(new Turn(work, executor));
            }
            busy++;
        }
        runAndLeave(work);
        return true;
    }

    private void runAndLeave(Runnable work) {
        try {
            work.run();
        } finally {
            leave();
        }
    }

    private void leave() {
        Turn next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                busy--;
            }
        }
        if (next != null) {
            next.executor().execute(() -> runAndLeave(next.work()));
        }
    }

    /** How much is being done, and how much waits. */
    synchronized int load() {
        return busy + waiting.size();
    }
}
