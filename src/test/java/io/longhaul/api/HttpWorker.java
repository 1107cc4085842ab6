package io.longhaul.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Header;
import io.longhaul.tools.RecordedCall;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A typical remote worker: it claims jobs, runs them on its own threads, and stops them on request. */
final class HttpWorker implements AutoCloseable {
    private final ApiServer server;
    private final Map<String, Work> works;
    private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean closing;
    private volatile String token = "";

    /** The work of a tool. */
    interface Work {
        void run(Attempt attempt) throws Exception;
    }

    HttpWorker(ApiServer server, Map<String, Work> works) {
        this.server = server;
        this.works = works;
        threads.execute(this::claimAll);
        threads.execute(this::listen);
    }

    /** A running attempt. */
    final class Attempt {
        private final JsonNode job;
        private final CountDownLatch stopped = new CountDownLatch(1);

        Attempt(JsonNode job) {
            this.job = job;
        }

        String jobId() {
            return job.path("job_id").asText();
        }

        JsonNode params() {
            return job.path("params");
        }

        void tell(String what, String body) {
            post(job.path("url").asText() + "/" + what, body);
        }

        void awaitStop() throws InterruptedException {
            stopped.await();
        }

        ObjectNode name() {
            return RecordedCall.JSON
                    .createObjectNode()
                    .put("job_id", jobId())
                    .put("attempt", job.path("attempt").intValue());
        }
    }

    private Answer post(String path, String body) {
        return token.isEmpty() ? server.post(path, body) : server.post(path, body, Header.TOKEN, token);
    }

    private void claimAll() {
        ObjectNode wanted = RecordedCall.JSON.createObjectNode().put("wait", 2).put("max", 10);
        works.keySet().forEach(wanted.putArray("tools")::add);
        while (!closing) {
            Answer answer = post("/v1/workers/claim", wanted.toString());
            token = answer.json("/worker_token").asText(token);
            for (JsonNode job : answer.json("/jobs")) {
                Attempt attempt = new Attempt(job);
                attempts.put(attempt.jobId(), attempt);
                threads.execute(() -> work(attempt));
            }
        }
    }

    private void work(Attempt attempt) {
        try {
            works.get(attempt.job.path("tool").asText()).run(attempt);
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            attempts.remove(attempt.jobId());
        }
    }

    private void listen() {
        while (!closing) {
            ObjectNode beat = RecordedCall.JSON.createObjectNode().put("wait", attempts.isEmpty() ? 0 : 1);
            ArrayNode held = beat.putArray("jobs");
            attempts.values().forEach(attempt -> held.add(attempt.name()));
            if (!attempts.isEmpty()) {
                for (JsonNode stop :
                        post("/v1/workers/heartbeat", beat.toString()).json("/stop")) {
                    Attempt attempt = attempts.get(stop.path("job_id").asText());
                    if (attempt != null) {
                        attempt.stopped.countDown();
                    }
                }
            } else {
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        attempts.values().forEach(attempt -> attempt.stopped.countDown());
        threads.shutdown();
        threads.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS);
    }
}
