package io.longhaul.workers.run;

import java.util.concurrent.Semaphore;

/**
 * Room in memory for results on their way from their tools to the database. Hundreds of jobs may end in the same moment:
 * those that find no room wait, instead of taking the heap of all.
 */
public final class ResultRoom {
    /** One for all, as the heap is. An eighth of it: writers, requests and claims need theirs. */
    public static final ResultRoom OF_HEAP = new ResultRoom(Runtime.getRuntime().maxMemory() / 8);

    /** A result is there as output, as text, as checked text and as tokens, some of them with two bytes a character. */
    private static final int COPIES = 8;

    /** Thousands of these a second must not stand in line, and a thousand at once take little. */
    private static final long SMALL = 16 * 1024;

    private final int kilobytes;
    private final Semaphore free;

    ResultRoom(long bytes) {
        this.kilobytes = (int) Math.min(Integer.MAX_VALUE, bytes / 1024);
        this.free = new Semaphore(kilobytes, true);
    }

    /**
     * Waits for room for a result; a larger one than fits at all gets all there is.
     *
     * @param bytes of the result
     * @return what is to be given back
     * @throws InterruptedException when interrupted
     */
    public int take(long bytes) throws InterruptedException {
        if (bytes < SMALL) {
            return 0;
        }
        int wanted = (int) Math.min(kilobytes, bytes * COPIES / 1024);
        // First without a look at the thread's interrupt flag, which its tool may have left set.
        if (!free.tryAcquire(wanted)) {
            free.acquire(wanted);
        }
        return wanted;
    }

    /**
     * Gives room back.
     *
     * @param taken what {@link #take} answered
     */
    public void give(int taken) {
        free.release(taken);
    }
}
