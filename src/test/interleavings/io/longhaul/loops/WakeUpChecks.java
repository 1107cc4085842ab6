package io.longhaul.loops;

import io.longhaul.interleavings.Check;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What was raised is seen by a step that begins later: the notifier, claims and waits rest on that. */
public final class WakeUpChecks {
    private static final Duration DAY = Duration.ofDays(1);

    private WakeUpChecks() {}

    private interface Bell {
        void raise();

        void await() throws InterruptedException;
    }

    public static void run() {
        Check.holds("a wake-up that was raised ends a wait", () -> stage(real()));
        Check.breaks("twin that forgets what was raised before its wait", () -> stage(forgetful()));
    }

    private static Bell real() {
        Loop.WakeUp wakeUp = new Loop.WakeUp();
        return new Bell() {
            @Override
            public void raise() {
                wakeUp.raise();
            }

            @Override
            public void await() throws InterruptedException {
                wakeUp.await(DAY);
            }
        };
    }

    private static Bell forgetful() {
        Semaphore raised = new Semaphore(0);
        return new Bell() {
            @Override
            public void raise() {
                raised.release();
            }

            @Override
            public void await() throws InterruptedException {
                raised.drainPermits();
                raised.tryAcquire(DAY.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }

    /** A loop as {@link Loop} has it: steps and waits, until a step has seen the news of both. */
    private static Check.Scene stage(Bell bell) {
        AtomicBoolean first = new AtomicBoolean();
        AtomicBoolean second = new AtomicBoolean();
        return new Check.Scene(
                () -> {
                    first.set(true);
                    bell.raise();
                    second.set(true);
                    bell.raise();
                },
                () -> {
                    try {
                        while (!(first.get() & second.get())) {
                            bell.await();
                        }
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                () -> {});
    }
}
