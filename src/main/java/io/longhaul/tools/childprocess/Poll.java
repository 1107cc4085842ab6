package io.longhaul.tools.childprocess;

import com.sun.jna.Pointer;

/** Descriptors that one thread waits for together; closed as they are dropped. */
final class Poll implements AutoCloseable {
    private static final int ENTRY = 8;
    private static final int EVENTS = 4;
    private static final int READY = 6;
    private static final short READABLE = 1;
    private static final int NONE = -1;

    private final int[] descriptors;
    private final CMemory memory = new CMemory();
    private final Pointer entries;
    private int left;

    /** Waits for these; one that is negative is not there. */
    Poll(int... descriptors) {
        this.descriptors = descriptors.clone();
        this.entries = new Pointer(memory.zeros(descriptors.length * ENTRY));
        for (int which = 0; which < descriptors.length; which++) {
            entries.setInt((long) which * ENTRY, descriptors[which]);
            entries.setShort((long) which * ENTRY + EVENTS, READABLE);
            left += descriptors[which] >= 0 ? 1 : 0;
        }
    }

    boolean isEmpty() {
        return left == 0;
    }

    /** Waits until at least one can be read or has ended. */
    void await() {
        while (Libc.poll(Pointer.nativeValue(entries), descriptors.length, -1) < 0) {
            if (Libc.lastErrorNumber() != Libc.EINTR) {
                throw new IllegalStateException(Libc.lastError());
            }
        }
    }

    /** True if the last wait found something to read, or the end. */
    boolean isReady(int which) {
        return descriptors[which] >= 0 && entries.getShort((long) which * ENTRY + READY) != 0;
    }

    int descriptor(int which) {
        return descriptors[which];
    }

    /** Closes one that is still there, and waits for it no more. */
    void drop(int which) {
        if (descriptors[which] >= 0) {
            Libc.close(descriptors[which]);
            descriptors[which] = NONE;
            entries.setInt((long) which * ENTRY, NONE);
            left--;
        }
    }

    @Override
    public void close() {
        for (int which = 0; which < descriptors.length; which++) {
            drop(which);
        }
        memory.close();
    }
}
