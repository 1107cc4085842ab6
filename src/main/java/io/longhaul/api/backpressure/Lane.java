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
        Entry entry = enter(work, executor);
        if (entry == Entry.NOW) {
            runAndLeave(work);
        }
        return entry != Entry.NEVER;
    }

    /** Runs work on the executor, now or later. */
    boolean start(Runnable work, Executor executor) {
        Entry entry = enter(work, executor);
        if (entry == Entry.NOW) {
            try {
                executor.execute(() -> runAndLeave(work));
            } catch (RuntimeException | Error e) {
                // No thread is left: the place must not stay taken.
                leave();
                throw e;
            }
        }
        return entry != Entry.NEVER;
    }

    private enum Entry {
        NOW,
        LATER,
        NEVER
    }

    private synchronized Entry enter(Runnable work, Executor executor) {
        if (enter()) {
            return Entry.NOW;
        }
        return waiting.size() < mostWaiting && waiting.add(new Turn(work, executor)) ? Entry.LATER : Entry.NEVER;
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
            begin(next);
        }
    }

    private void begin(Turn turn) {
        try {
            turn.executor().execute(() -> runAndLeave(turn.work()));
        } catch (RuntimeException | Error e) {
            // No thread is left: whoever leaves next gives it another turn.
            synchronized (this) {
                waiting.addFirst(turn);
                busy--;
            }
            throw e;
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
