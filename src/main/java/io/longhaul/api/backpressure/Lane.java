package io.longhaul.api.backpressure;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Limits how much work of one kind runs at once. Further work waits in a queue, without a thread. */
final class Lane {
    /** The place of the work that runs on a thread. */
    private static final ThreadLocal<Place> OF_THREAD = new ThreadLocal<>();

    private final int most;
    private final int mostWaiting;
    private final Lane slow;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int busy;

    /** Waiting work and its executor. */
    private record Turn(Runnable work, Executor executor) {}

    /**
     * A free lane.
     *
     * @param most largest amount of work at once
     * @param mostWaiting largest amount of waiting work
     * @param slow where work goes on that waits for its client, or null if it stays here
     */
    Lane(int most, int mostWaiting, Lane slow) {
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.slow = slow;
    }

    /**
     * Runs work now on this thread, or later on the executor.
     *
     * @return false if too much work waits already; then this work never runs
     */
    boolean run(Runnable work, Executor executor) {
        return run(work, Runnable::run, executor);
    }

    /** Runs work on the executor, now or later. */
    boolean start(Runnable work, Executor executor) {
        return run(work, executor, executor);
    }

    private boolean run(Runnable work, Executor now, Executor later) {
        synchronized (this) {
            if (busy == most) {
                return waiting.size() < mostWaiting && waiting.add(new Turn(work, later));
            }
            busy++;
        }
        now.execute(() -> runAndLeave(work));
        return true;
    }

    private void runAndLeave(Runnable work) {
        Place place = new Place(this);
        OF_THREAD.set(place);
        try {
            work.run();
        } finally {
            OF_THREAD.remove();
            place.lane.leave();
        }
    }

    /**
     * Gives the place of this thread's work to other work, because this work waits for its client.
     *
     * @return false if too much other work waits for its clients
     */
    static boolean makeWay() {
        Place place = OF_THREAD.get();
        return place == null || place.makeWay();
    }

    private synchronized boolean enter() {
        boolean free = busy < most;
        busy += free ? 1 : 0;
        return free;
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

    /** Where the work of one thread has its place. */
    private static final class Place {
        private Lane lane;

        Place(Lane lane) {
            this.lane = lane;
        }

        boolean makeWay() {
            Lane from = lane;
            if (from.slow == null) {
                return true;
            }
            if (!from.slow.enter()) {
                return false;
            }
            lane = from.slow;
            from.leave();
            return true;
        }
    }
}
