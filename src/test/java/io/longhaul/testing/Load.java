package io.longhaul.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that submit jobs without a pause, and remember what they were told. */
public final class Load implements AutoCloseable {
    private final NodeProcess node;
    private final String tool;
    private final String params;
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Answer> refused = new ConcurrentLinkedQueue<>();
    private final AtomicLong unanswered = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean over;

    /**
     * Starts to submit.
     *
     * @param node to which
     * @param clients how many at a time
     * @param tool the jobs' tool
     * @param params the jobs' params
     */
    public Load(NodeProcess node, int clients, String tool, String params) {
        this.node = node;
        this.tool = tool;
        this.params = params;
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(this::submit, "client-" + i);
            client.start();
            this.clients.add(client);
        }
    }

    private void submit() {
        while (!over) {
            try {
                Answer answer = node.submit(tool, params);
                if (answer.status() == 201) {
                    accepted.add(answer.field("job_id"));
                } else {
                    refused.add(answer);
                }
            } catch (IOException e) {
                unanswered.incrementAndGet();
            }
        }
    }

    /**
     * Jobs that were accepted, with 201.
     *
     * @return their ids
     */
    public List<String> accepted() {
        return List.copyOf(accepted);
    }

    /**
     * All other answers.
     *
     * @return as they came
     */
    public List<Answer> refused() {
        return List.copyOf(refused);
    }

    /**
     * Requests that got no answer at all.
     *
     * @return how many
     */
    public long unanswered() {
        return unanswered.get();
    }

    /** Stops to submit, and waits for the last answers. */
    public void stop() {
        over = true;
        Await.until(
                "the clients have stopped", Await.LONG, () -> clients.stream().noneMatch(Thread::isAlive));
    }

    @Override
    public void close() {
        stop();
    }
}
