package io.longhaul.loops;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads for tools: virtual ones where Java has them (21 and newer), else pooled ones. */
public final class Threads {
    private Threads() {}

    public static ExecutorService forTools() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            // Java 17 to 20.
            return pooled("tool-");
        }
    }

    /**
     * The threads on which tools are stopped. They are the system's own, because calls that go on computing may occupy
     * all carriers of virtual threads.
     */
    public static ExecutorService forStops() {
        return pooled("tool-stop-");
    }

    private static ExecutorService pooled(String name) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
