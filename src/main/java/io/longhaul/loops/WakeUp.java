package io.longhaul.loops;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Ends a wait early. Raised any number of times while nobody waits, it ends one wait. */
public final class WakeUp {
    private final Semaphore raised = new Semaphore(0);

    public void raise() {
        // A race between two raisers can leave two permits: one needless step, never a missed one.
        if (raised.availablePermits() == 0) {
            raised.release();
        }
    }

    void await(Duration most) throws InterruptedException {
        if (raised.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
            raised.drainPermits();
        }
    }
}
