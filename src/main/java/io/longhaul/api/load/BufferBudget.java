package io.longhaul.api.load;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of requests and answers are kept in memory because a client is slow. */
public final class BufferBudget {
    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    BufferBudget(long most) {
        this.most = most;
    }

    /** Counts more bytes; false, and nothing is counted, if these would be too many. */
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
