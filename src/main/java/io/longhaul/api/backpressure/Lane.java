package io.longhaul.api.backpressure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Limits how much work of one kind runs at once. Further work waits in a queue, without a thread. */
final class Lane {
    /** The place of the work that runs on a thread. */
    private static final ThreadLocal<Place> OF_THREAD = new ThreadLocal<>();

    private final int most;
    private final int mostWaiting;
    private final Lane slow;
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int busy;

    /** Busy places of waiting turns for which a thread was asked for. */
    private int promised;

    /** Waiting work and its executor, which may also run other work of the lane. */
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
        synchronized (this) {
            if (!enter()) {
                return waiting.size() < mostWaiting && waiting.add(new Turn(work, executor));
            }
        }
        runAndLeave(work);
        return true;
    }

    /**
     * Runs work on the executor, now or later. After an exception it never runs.
     *
     * @return false if too much work waits already; then this work never runs either
     */
    boolean start(Runnable work, Executor executor) {
        Turn turn = new Turn(work, executor);
        synchronized (this) {
            boolean free = enter();
            if (!free && waiting.size() >= mostWaiting) {
                return false;
            }
            waiting.add(turn);
            if (!free) {
                return true;
            }
            promised++;
        }
        try {
            executor.execute(this::runNext);
        } catch (RuntimeException | Error e) {
            if (withdraw(turn)) {
                throw e;
            }
        }
        return true;
    }

    /** The place of work for which no thread was found must not stay taken. False if a thread has begun it after all. */
    private synchronized boolean withdraw(Turn turn) {
        boolean waits = waiting.remove(turn);
        if (waits) {
            withdraw();
        }
        return waits;
    }

    private synchronized void withdraw() {
        if (promised > 0) {
            promised--;
            busy--;
        }
    }

    /**
     * Runs the work whose turn it is. An executor that fails may have kept this all the same, and run it later: then it
     * finds a place that is free, or does nothing.
     */
    private void runNext() {
        Turn next;
        synchronized (this) {
            if (promised > 0) {
                promised--;
            } else if (waiting.isEmpty() || !enter()) {
                return;
            }
            next = waiting.remove();
        }
        runAndLeave(next.work());
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
     * @return false if too much other work waits for its clients, or if this thread has no place, and so no limit
     */
    static boolean makeWay() {
        Place place = OF_THREAD.get();
        return place != null && place.makeWay();
    }

    private synchronized boolean enter() {
        boolean free = busy < most;
        busy += free ? 1 : 0;
        return free;
    }

    private void leave() {
        Turn next;
        synchronized (this) {
            next = promised < waiting.size() ? waiting.element() : null;
            if (next == null) {
                busy--;
            } else {
                promised++;
            }
        }
        if (next != null) {
            begin(next);
        }
    }

    private void begin(Turn turn) {
        try {
            turn.executor().execute(this::runNext);
        } catch (RuntimeException | Error e) {
            // No thread is left: the turn comes when the next work leaves.
            withdraw();
            throw e;
        }
    }

    /** The amount of waiting work. */
    synchronized int waiting() {
        return waiting.size() - promised;
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
