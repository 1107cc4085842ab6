package io.longhaul.streams;

import java.util.concurrent.atomic.AtomicLong;

/** Limits the memory for what clients of streams have not read yet. */
final class StreamMemory {
    /** Shared by all, as the heap is. */
    static final StreamMemory OF_HEAP = new StreamMemory(Runtime.getRuntime().maxMemory() / 16);

    /** Each client may have this much besides, so that those who read are served whatever others do. */
    private static final int OWN = 16 << 10;

    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    StreamMemory(long most) {
        this.most = most;
    }

    /**
     * Takes bytes in if there is any room, so that even the largest answer has its turn.
     *
     * @param held bytes of this client
     */
    boolean take(int more, long held) {
        if (bytes.getAndAdd(more) < most || held + more <= OWN) {
            return true;
        }
        bytes.addAndGet(-more);
        return false;
    }

    void give(long fewer) {
        bytes.addAndGet(-fewer);
    }

    /** The bytes that wait now. */
    long waiting() {
        return bytes.get();
    }
}
