package io.longhaul.api.files;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import java.util.concurrent.Semaphore;

/** How many files are on their way in or out at once: each keeps a thread for as long as its client takes. */
public final class Transfers {
    private final Semaphore free;

    /**
     * With a limit.
     *
     * @param atOnce how many
     */
    public Transfers(int atOnce) {
        free = new Semaphore(atOnce);
    }

    /** Begins one, which must end, or refuses the request. */
    public void begin() {
        if (!free.tryAcquire()) {
            throw full();
        }
    }

    /** Refuses a request that would have to wait. */
    void refuseIfFull() {
        if (free.availablePermits() == 0) {
            throw full();
        }
    }

    /** Begins one, which must end, for a request that can be refused no more. */
    void await() {
        free.acquireUninterruptibly();
    }

    /** Ends one. */
    public void end() {
        free.release();
    }

    private static RefusedException full() {
        return new RefusedException(
                ErrorCode.OVERLOADED,
                "As many files are on their way as this node sends and takes at once. Try again shortly.");
    }
}
