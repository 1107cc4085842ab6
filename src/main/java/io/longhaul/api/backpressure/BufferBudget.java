package io.longhaul.api.backpressure;

import java.util.concurrent.atomic.AtomicLong;

/** Limits the memory for requests, or for answers, of slow clients. Large ones leave a part of it to small ones. */
public final class BufferBudget {
    /** The largest buffer that counts as small: nearly all requests and answers fit. */
    private static final int SMALL = 64 << 10;

    private final long most;
    private final long mostOfLarge;
    private final AtomicLong bytes = new AtomicLong();

    BufferBudget(long most) {
        this.most = most;
        this.mostOfLarge = most - most / 4;
    }

    /**
     * Reserves bytes; false if there is no room for them.
     *
     * @param whole size of the buffer with these bytes
     */
    boolean add(int more, int whole) {
        if (bytes.addAndGet(more) <= (whole <= SMALL ? most : mostOfLarge)) {
            return true;
        }
        bytes.addAndGet(-more);
        return false;
    }

    void remove(long fewer) {
        bytes.addAndGet(-fewer);
    }
}
