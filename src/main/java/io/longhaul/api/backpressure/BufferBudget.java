package io.longhaul.api.backpressure;

import java.util.concurrent.atomic.AtomicLong;

/** Limits the memory for requests and answers of slow clients. */
public final class BufferBudget {
    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    BufferBudget(long most) {
        this.most = most;
    }

    /** Reserves bytes; false if there is no room for them. */
    boolean add(int more) {
        if (bytes.addAndGet(more) <= most) {
            return true;
        }
        bytes.addAndGet(-more);
        return false;
    }

    void remove(long fewer) {
        bytes.addAndGet(-fewer);
    }
}
