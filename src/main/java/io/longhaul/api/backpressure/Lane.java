package io.longhaul.api.backpressure;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Limits how much work of one kind runs at once. Further work waits in a queue, without a thread. */
final class Lane {
    private final int most;
    private final int mostWaiting;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int busy;

    /** Waiting work and its executor. */
    private record Turn(Runnable work, Executor executor) {}

    /**
     * A free lane.
     *
     * @param most largest amount of work at once
     * @param mostWaiting largest amount of waiting work
     */
    Lane(int most, int mostWaiting) {
        this.most = most;
        this.mostWaiting = mostWaiting;
    }

    /**
     * Runs work now on this thread, or later on the executor.
     *
     * @return false if too much work waits already; then this work never runs
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

    /** The amount of waiting work. */
    synchronized int waiting() {
        return waiting.size();
    }
}
