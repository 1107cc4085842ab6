package io.longhaul.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other processes do, by asking again and again until a deadline. */
public final class Await {
    /** For what has no limit of its own: enough for a busy machine, little enough to notice that nothing comes. */
    public static final Duration LONG = Duration.ofSeconds(180);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Await() {}

    /**
     * Waits until something holds. What the question throws counts as no, and is the cause if the time is over.
     *
     * @param what names it in the failure
     * @param most the deadline
     * @param question asked every 20 ms
     * @return how long it took
     */
    public static Duration until(String what, Duration most, Callable<Boolean> question) {
        long begun = System.nanoTime();
        value(what, most, () -> question.call() ? Optional.of(true) : Optional.empty());
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /**
     * Waits until there is something.
     *
     * @param what names it in the failure
     * @param most the deadline
     * @param question asked every 20 ms
     * @return what there is
     */
    public static <T> T value(String what, Duration most, Callable<Optional<T>> question) {
        long end = System.nanoTime() + most.toNanos();
        Exception last = null;
        do {
            try {
                Optional<T> answer = question.call();
                if (answer.isPresent()) {
                    return answer.get();
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() < end);
        throw new AssertionError("not within " + most.toMillis() + " ms: " + what, last);
    }
}
