package io.longhaul.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.function.Executable;

/** Counts the memory that work takes, which shows work that grows with the square of its input on any machine. */
public final class Allocated {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocated() {}

    /** The bytes that this thread takes for the work, with those that it gives back. */
    public static long by(Executable work) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            work.execute();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
