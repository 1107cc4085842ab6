package io.longhaul.api.files;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import java.util.concurrent.Semaphore;

/** Limits file transfers: each holds a thread as long as its client needs. */
public final class Transfers {
    private final Semaphore free;

    public Transfers(int atOnce) {
        free = new Semaphore(atOnce);
    }

    /** Begins a transfer, or refuses the request. Each transfer must be ended. */
    public void begin() {
        if (!free.tryAcquire()) {
            throw full();
        }
    }

    /** Refuses a request if a transfer would have to wait. */
    void refuseIfFull() {
        if (free.availablePermits() == 0) {
            throw full();
        }
    }

    /** Begins a transfer for a request that can no longer be refused. Each transfer must be ended. */
    void await() {
        free.acquireUninterruptibly();
    }

    public void end() {
        free.release();
    }

    private static RefusedException full() {
        return new RefusedException(
                ErrorCode.OVERLOADED,
                "As many files are on their way as this node sends and takes at once. Try again shortly.");
    }
}
