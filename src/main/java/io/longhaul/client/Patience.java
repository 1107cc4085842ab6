package io.longhaul.client;

import java.time.Duration;

/**
 * For how long a request is sent again.
 *
 * @param atFirst before any server has answered
 * @param later once one has
 * @param whole of all requests together
 * @param endNanos when that is over, in {@link System#nanoTime}
 */
record Patience(Duration atFirst, Duration later, Duration whole, long endNanos) {
    static Patience of(Duration atFirst, Duration later, Duration whole) {
        Duration most = whole.compareTo(Deadline.MOST) < 0 ? whole : Deadline.MOST;
        return new Patience(atFirst, later, most, Deadline.after(most));
    }

    Duration with(boolean answered) {
        Duration one = answered ? later : atFirst;
        return one.compareTo(whole) < 0 ? one : whole;
    }

    /** Whether a request that began at a time may be sent again at another. */
    boolean allows(long beganNanos, boolean answered, long againNanos) {
        return againNanos - beganNanos <= with(answered).toNanos() && againNanos - endNanos <= 0;
    }
}
