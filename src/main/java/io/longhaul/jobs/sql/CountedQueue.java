package io.longhaul.jobs.sql;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** The depth of a queue as this node knows it: read now and then, and counted up with each submission in between. */
public final class CountedQueue {
    private static final long AGE_NANOS = 100_000_000;

    /** Counting a long queue takes time; no more than this part of one connection's. */
    private static final int SHARE = 10;

    private final IntSupplier read;
    private final AtomicInteger depth = new AtomicInteger();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile long dueNanos = System.nanoTime();
    private volatile boolean known;

    public CountedQueue(IntSupplier read) {
        this.read = read;
    }

    /** Takes a place, if fewer than so many are taken. */
    public boolean enter(int most) {
        if (!known || System.nanoTime() - dueNanos >= 0) {
            readAgain();
        }
        if (depth.incrementAndGet() <= most) {
            return true;
        }
        depth.decrementAndGet();
        return false;
    }

    // One thread reads and the others go on with what was known; only before the first read all have to.
    private void readAgain() {
        if (!reading.compareAndSet(false, true) && known) {
            return;
        }
        try {
            long begun = System.nanoTime();
            depth.set(read.getAsInt());
            known = true;
            long now = System.nanoTime();
            dueNanos = now + Math.max(AGE_NANOS, SHARE * (now - begun));
        } finally {
            reading.set(false);
        }
    }
}
