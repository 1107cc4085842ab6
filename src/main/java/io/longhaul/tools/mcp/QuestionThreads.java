package io.longhaul.tools.mcp;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that pass on what servers ask, and the answers. Both may wait: for the database, or for a program that has
 * ended. Threads that serve all jobs must not.
 */
final class QuestionThreads {
    /** So that a server that asks without end cannot fill the memory with threads. */
    private static final int MOST = 16;

    private static final int IDLE_SECONDS = 10;

    static final Executor ALL = all();

    private QuestionThreads() {}

    private static Executor all() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "mcp-question");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
