package io.longhaul.workers.run;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Room in memory for results on their way from their tools to the database. Hundreds of jobs may end in the same
 * moment: those that find no room wait, instead of taking the heap of all.
 */
public final class ResultMemory {
    /** Shared by all, as the heap is. An eighth of it: writers, requests and claims need theirs. */
    public static final ResultMemory OF_HEAP =
            new ResultMemory(Runtime.getRuntime().maxMemory() / 8);

    /** A result exists as output, as text, as checked text and as tokens, some of them with two bytes a character. */
    private static final int COPIES = 8;

    /** Smaller results need no room: thousands a second must not stand in line, and a thousand at once take little. */
    private static final long SMALL = 16 * 1024;

    private final int kilobytes;
    private final Semaphore free;

    ResultMemory(long bytes) {
        this.kilobytes = (int) Math.min(Integer.MAX_VALUE, bytes / 1024);
        this.free = new Semaphore(kilobytes, true);
    }

    /**
     * Waits for room for a result of so many bytes, or for all there is if it is larger; the answer is to be given
     * back.
     */
    public int take(long bytes) throws InterruptedException {
        if (bytes < SMALL) {
            return 0;
        }
        int wanted = (int) Math.min(kilobytes, bytes * COPIES / 1024);
        if (!isThere(wanted)) {
            free.acquire(wanted);
        }
        return wanted;
    }

    /**
     * Takes room that is free at once, whatever the thread's interrupt flag, which its tool may have left set. A try
     * without a time would overtake those that wait: a large result would wait as long as small ones follow each other.
     */
    private boolean isThere(int wanted) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        try {
            return free.tryAcquire(wanted, 0, TimeUnit.SECONDS);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives back the room that {@link #take} answered. */
    public void give(int taken) {
        free.release(taken);
    }
}
