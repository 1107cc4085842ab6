package io.longhaul.campaign;

import io.longhaul.testing.Answer;
import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients as they should be: each job has an idempotency key, and is submitted again, to any node, until it is accepted.
 * They also cancel a few, look at each other's jobs, and repeat some that have ended.
 */
final class Clients {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Nodes nodes;
    private final boolean follow;
    private final CallLog log = new CallLog();
    private final AtomicReferenceArray<String> some = new AtomicReferenceArray<>(64);
    private final Map<String, String> accepted = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong repeats = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Clients(Nodes nodes, long seed, int count) {
        this(nodes, seed, count, false);
    }

    /**
     * Starts clients.
     *
     * @param follow whether each waits for the end of a job before it submits the next, so that ends are seen at once
     */
    Clients(Nodes nodes, long seed, int count, boolean follow) {
        this.nodes = nodes;
        this.follow = follow;
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed * 1_000 + i);
            Thread thread = new Thread(() -> work(random), "client-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void work(Random random) {
        while (!over) {
            String key = Long.toHexString(random.nextLong());
            String id = submit(random, key);
            if (id != null) {
                some.set(random.nextInt(some.length()), id);
                if (random.nextInt(20) == 0) {
                    cancel(random, id);
                }
                if (follow) {
                    follow(random, id);
                }
            }
            String other = some.get(random.nextInt(some.length()));
            if (other != null) {
                look(random, other);
            }
            LockSupport.parkNanos(random.nextInt(60) * 1_000_000L);
        }
    }

    private void follow(Random random, String id) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!hasEnded(log.look(id, any(random), 1)) && !over && System.nanoTime() < end) {
            LockSupport.parkNanos(50_000_000L);
        }
    }

    private static boolean hasEnded(Answer answer) {
        return answer != null
                && answer.status() == 200
                && !answer.field("completed_at").equals("null");
    }

    private String submit(Random random, String key) {
        boolean ledger = random.nextInt(3) > 0;
        int seconds = Math.max(0, random.nextInt(8) - 4);
        String params = ledger ? "{\"seconds\": " + seconds + "}" : "{\"key\": \"" + key + "\"}";
        return accepted(random, key, node -> node.submit(ledger ? "ledger" : "echo", params, key));
    }

    private String accepted(Random random, String key, CallLog.Request request) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Answer answer = log.submit(key, any(random), request);
            if (answer != null && answer.status() / 100 == 2) {
                return note(key, answer.field("job_id"));
            }
            // Killed, paused or starting: the next may answer.
            check(answer == null || answer.status() == 503, "an answer " + answer);
            repeats.incrementAndGet();
            LockSupport.parkNanos(100_000_000L);
        }
        violations.add("key " + key + " was not accepted for " + PATIENCE.toSeconds() + " s");
        return null;
    }

    private String note(String key, String id) {
        String before = accepted.put(key, id);
        check(before == null || before.equals(id), "key " + key + " stands for two jobs");
        return id;
    }

    private void cancel(Random random, String id) {
        Answer answer = log.cancel(id, any(random));
        if (answer != null
                && answer.status() == 200
                && answer.json().path("cancelled").asBoolean()) {
            cancelled.add(id);
        }
    }

    private void look(Random random, String id) {
        Answer answer = log.look(id, any(random), random.nextInt(4) / 3);
        if (hasEnded(answer) && random.nextInt(10) == 0) {
            String key = Long.toHexString(random.nextLong());
            accepted(
                    random,
                    key,
                    node -> node.post("/v1/jobs/" + id + "/retry", "", "Idempotency-Key", '"' + key + '"'));
        }
    }

    private NodeProcess any(Random random) {
        return nodes.at(random.nextInt(nodes.count()));
    }

    private void check(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }

    /** Submits no more, once what is under way is accepted. */
    void stop() {
        over = true;
        Await.until(
                "the clients are done",
                PATIENCE.plusSeconds(30),
                () -> threads.stream().noneMatch(Thread::isAlive));
    }

    /** What was asked and answered. */
    List<History.Call> calls() {
        return log.calls();
    }

    /** Ids of jobs by their keys. */
    Map<String, String> accepted() {
        return Map.copyOf(accepted);
    }

    /** Jobs that somebody was told are cancelled. */
    Set<String> cancelled() {
        return Set.copyOf(cancelled);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    long repeats() {
        return repeats.get();
    }
}
