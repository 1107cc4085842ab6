package io.longhaul.tools.childprocess;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Threads that wait for programs. They are platform threads: waiting for a pipe would pin the carrier of a virtual
 * thread, and some programs are silent for days.
 */
final class ProgramThreads {
    static final Executor ALL = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "command-pipe");
        thread.setDaemon(true);
        return thread;
    });

    private ProgramThreads() {}
}
