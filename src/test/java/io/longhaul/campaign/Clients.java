package io.longhaul.campaign;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Clients as they should be: each job has an idempotency key, and is submitted again, to any node, until it is accepted.
 * They also cancel a few, look at each other's jobs, and repeat some that have ended. Every other one submits many at once.
 */
final class Clients {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Nodes nodes;
    private final boolean follow;
    private final int batch;
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
        this(nodes, seed, count, follow, 1);
    }

    /**
     * Starts clients.
     *
     * @param batch of how many jobs a submit of every other client is; it waits for the end of the last one of them
     */
    Clients(Nodes nodes, long seed, int count, boolean follow, int batch) {
        this.nodes = nodes;
        this.follow = follow;
        this.batch = batch;
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed * 1_000 + i);
            boolean many = batch > 1 && i % 2 == 1;
            Thread thread = new Thread(() -> work(random, many), "client-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void work(Random random, boolean many) {
        while (!over) {
            String id = many ? submitMany(random) : submit(random, key(random));
            if (id != null) {
                some.set(random.nextInt(some.length()), id);
                if (random.nextInt(20) == 0) {
                    cancel(random, id);
                }
                if (follow || many) {
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
        Answer answer = accepted(key, () -> log.submit(key, any(random), request));
        return answer == null ? null : note(key, answer.field("job_id"));
    }

    /** Submits many, and returns the last of them. */
    private String submitMany(Random random) {
        List<String> keys = Stream.generate(() -> key(random)).limit(batch).toList();
        String body = keys.stream()
                .map(key -> "{\"tool\": \"%s\", \"params\": {\"key\": \"%s\"}, \"idempotency_key\": \"%s\"}"
                        .formatted(random.nextInt(8) == 0 ? "echo" : "tally", key, key))
                .collect(joining(", ", "{\"jobs\": [", "]}"));
        Answer answer =
                accepted(keys.get(0), () -> log.batch(keys, any(random), node -> node.post("/v1/jobs/batch", body)));
        if (answer == null) {
            return null;
        }
        JsonNode results = answer.json().path("results");
        String last = null;
        for (int i = 0; i < keys.size(); i++) {
            last = note(keys.get(i), results.path(i).path("job").path("job_id").asText());
        }
        return last;
    }

    /** Asks again until the answer is a good one. */
    private Answer accepted(String key, Supplier<Answer> submit) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Answer answer = submit.get();
            if (answer != null && answer.status() / 100 == 2) {
                return answer;
            }
            // Killed, paused or starting: the next may answer.
            check(answer == null || answer.status() == 503, "an answer " + answer);
            repeats.incrementAndGet();
            LockSupport.parkNanos(100_000_000L);
        }
        violations.add("key " + key + " was not accepted for " + PATIENCE.toSeconds() + " s");
        return null;
    }

    private static String key(Random random) {
        return Long.toHexString(random.nextLong());
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
            String key = key(random);
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
