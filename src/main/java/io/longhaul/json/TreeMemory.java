package io.longhaul.json;

import java.util.concurrent.Semaphore;

/**
 * Room in memory for JSON of clients while it is a tree: a list of empty lists takes twenty times the memory of its text.
 * Requests whose trees find no room wait for others to be done with theirs. So nobody may hold a tree here while waiting for
 * anything else, nor make another of these.
 */
public final class TreeMemory {
    /** Shared by all, as the heap is. An eighth of it: bodies that arrive, results and claims need theirs. */
    public static final TreeMemory OF_HEAP = new TreeMemory(Runtime.getRuntime().maxMemory() / 8);

    /** Memory of an empty list, a short text or a number, with its place in what holds it; an object takes somewhat more. */
    private static final int VALUE = 80;

    /** Smaller trees need no room: a few hundred requests at once are read, and most are far smaller. */
    private static final long SMALL = 256 * 1024;

    private final int kilobytes;
    private final Semaphore free;

    TreeMemory(long bytes) {
        this.kilobytes = (int) Math.min(Integer.MAX_VALUE, bytes / 1024);
        this.free = new Semaphore(kilobytes, true);
    }

    /** Work on a tree that may fail in one way. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T done() throws E;
    }

    /** Makes a tree of this text and works on it, with room for it, or with all there is if it is larger. */
    public <T, E extends Exception> T with(String json, Work<T, E> work) throws E {
        return with(json.length(), JsonSize.atMost(json), work);
    }

    /** As {@link #with(String, Work)}, for a text of which the number of values is known. */
    public <T, E extends Exception> T with(long chars, long values, Work<T, E> work) throws E {
        long bytes = chars + values * VALUE;
        if (bytes < SMALL) {
            return work.done();
        }
        int wanted = (int) Math.min(kilobytes, bytes / 1024);
        free.acquireUninterruptibly(wanted);
        try {
            return work.done();
        } finally {
            free.release(wanted);
        }
    }
}
