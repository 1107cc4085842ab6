package io.longhaul.testing;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Asks one question again and again, as an orchestrator does. */
public final class Probe implements AutoCloseable {
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean over;

    /**
     * Starts to ask.
     *
     * @param node whom
     * @param path such as {@code /healthz}
     */
    public Probe(NodeProcess node, String path) {
        thread = new Thread(() -> ask(node, path), "probe");
        thread.start();
    }

    private void ask(NodeProcess node, String path) {
        while (!over) {
            answers.add(status(node, path));
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static int status(NodeProcess node, String path) {
        try {
            return node.get(path).status();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * The answers so far.
     *
     * @return HTTP statuses; 0 for none
     */
    public List<Integer> answers() {
        return List.copyOf(answers);
    }

    @Override
    public void close() {
        over = true;
        Await.until("the probe has stopped", Await.LONG, () -> !thread.isAlive());
    }
}
