package io.longhaul.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.StreamSupport;

/** Goes once through whatever a node does, as its clients, workers and receivers see it, and checks each answer. */
public final class Tour implements AutoCloseable {
    private static final String TOKEN = "Longhaul-Worker-Token";

    private final Path tools;
    private final HttpServer receiver;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private NodeProcess node;

    /**
     * Makes the tools and whoever is told by webhooks.
     *
     * @param folder for the tools' configuration
     */
    public Tour(Path folder) throws IOException {
        tools = Files.writeString(folder.resolve("tour.yml"), """
                - type: command
                  name: sort
                  command: [sort, -o, "{outputs}/sorted.txt", "{file}"]
                  params: {type: object, properties: {file: {type: string, format: longhaul-file}}, required: [file]}
                - type: command
                  name: wrong
                  command: [sh, -c, "echo said >&2; exit 3"]
                  retry: {max_attempts: 2, backoff: 100ms}
                - {type: command, name: alone, command: [sh, -c, "echo done"], cluster_concurrency: 1}
                - {type: command, name: rated, command: [echo, done], rate: 20/s}
                """);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                told.add(new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        receiver.start();
    }

    /**
     * What the node needs.
     *
     * @return variables of its environment
     */
    public Map<String, String> environment() {
        return Map.of(
                "LONGHAUL_TOOLS", tools.toString(),
                "LONGHAUL_WEBHOOKS_ALLOW_PRIVATE", "true",
                "LONGHAUL_REMOTE_LEASE", "3s",
                "JAVA_TOOL_OPTIONS", "-Ddw.workers.cleanup=1s");
    }

    /**
     * Goes through everything.
     *
     * @param ready a node of that environment
     * @param database to see what is left of jobs, and to let one expire
     */
    public void run(NodeProcess ready, Database database) throws IOException {
        node = ready;
        jobs();
        retries();
        limits();
        chainsAndBatches();
        schedules();
        webhooks();
        files();
        remoteWorkers();
        cancels();
        lists();
        streams();
        housekeeping(database);
    }

    private void jobs() throws IOException {
        String params = "{\"text\": \"it's a \\\\ and \\\"this\\\"\", \"none\": null, \"list\": [null, \"NULL\", 0.1]}";
        Answer done = node.awaitJob(node.accepted("echo", params), "completed");
        assertThat(done.json().path("result")).isEqualTo(done.json().path("params"));
        Answer first = node.submitOnce("tour", "echo", "{\"n\": 1}");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(node.submitOnce("tour", "echo", "{\"n\": 1}").field("job_id"))
                .isEqualTo(first.field("job_id"));
        assertThat(node.submitOnce("tour", "echo", "{\"n\": 2}").status()).isEqualTo(422);
        Answer later = submitted("{\"tool\": \"echo\", \"priority\": 7, \"run_at\": \"2999-01-01T00:00:00+02:00\"}");
        assertThat(later.field("run_at")).isEqualTo("2998-12-31T22:00:00.000000+00:00");
        assertThat(node.cancel(later.field("job_id")).status()).isEqualTo(200);
        Answer soon = submitted(
                "{\"tool\": \"ping\", \"run_at\": \"" + java.time.Instant.now().plusMillis(300) + "\"}");
        node.awaitJob(soon.field("job_id"), "completed");
        Answer invoked = node.post("/v1/mcp/invoke", "{\"tool\": \"echo\", \"params\": {\"n\": 1}}");
        assertThat(invoked.status()).as(invoked.text()).isEqualTo(200);
        Answer progress = node.awaitJob(node.accepted("sleep", "{\"seconds\": 1}"), "completed");
        assertThat(progress.json().path("progress").isMissingNode()).isFalse();
    }

    private void retries() throws IOException {
        Answer failed = node.awaitJob(node.accepted("wrong", "{}"), "failed");
        String path = "/v1/jobs/" + failed.field("job_id");
        assertThat(get(path + "/attempts").json().path("attempts")).hasSize(2);
        assertThat(get(path + "/logs").text()).contains("said");
        Answer again = node.post(path + "/retry", "");
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        node.awaitJob(again.field("job_id"), "failed");
        Answer many = node.post("/v1/jobs/retry?tool=wrong&limit=1", "");
        assertThat(many.json().path("retried").asInt()).as(many.text()).isEqualTo(1);
    }

    private void limits() throws IOException {
        for (int i = 0; i < 5; i++) {
            node.accepted("alone", "{}");
            node.accepted("rated", "{}");
            submitted("{\"tool\": \"ping\", \"concurrency_key\": \"one\"}");
            submitted("{\"tool\": \"ping\", \"fairness_key\": \"of " + i % 2 + "\"}");
        }
        awaitAllEnded();
        assertThat(node.post("/v1/tools/ping/pause", "").status()).isEqualTo(200);
        String waiting = node.accepted("ping", "{}");
        assertThat(node.post("/v1/tools/ping/resume", "").status()).isEqualTo(200);
        node.awaitJob(waiting, "completed");
    }

    private void chainsAndBatches() throws IOException {
        String first = node.accepted("echo", "{\"rows\": [1, 2]}");
        Answer next = submitted("{\"tool\": \"echo\", \"after\": [\"" + first
                + "\"], \"params\": {\"got\": {\"$result\": \"" + first + "\", \"pointer\": \"/rows\"}}}");
        assertThat(node.awaitJob(next.field("job_id"), "completed").json().at("/result/got"))
                .hasToString("[1,2]");
        String fails = node.accepted("wrong", "{}");
        Answer never = submitted("{\"tool\": \"echo\", \"after\": [\"" + fails + "\"]}");
        assertThat(node.awaitJob(never.field("job_id"), "cancelled").field("error_code"))
                .isEqualTo("PREDECESSOR_FAILED");
        Answer batch = node.post(
                "/v1/jobs/batch",
                "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"ping\", \"idempotency_key\": \"of a batch\"},"
                        + " {\"tool\": \"echo\", \"priority\": 9, \"max_attempts\": 3}]}");
        assertThat(batch.status()).as(batch.text()).isEqualTo(201);
        Await.until(
                "the batch has ended",
                Await.LONG,
                () -> !get("/v1/batches/" + batch.field("batch_id"))
                        .json()
                        .path("ended_at")
                        .isNull());
        assertThat(get("/v1/batches/" + batch.field("batch_id"))
                        .json()
                        .at("/counts/completed")
                        .asInt())
                .isEqualTo(3);
    }

    private void schedules() throws IOException {
        Answer made = node.post(
                "/v1/schedules",
                "{\"name\": \"tour\", \"tool\": \"echo\", \"params\": {\"n\": null}, \"cron\": \"* * * * *\","
                        + " \"time_zone\": \"Europe/Berlin\", \"overlap\": \"skip\"}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String path = "/v1/schedules/" + made.field("schedule_id");
        assertThat(java.time.Instant.parse(made.field("next_run_at")))
                .isBetween(java.time.Instant.now(), java.time.Instant.now().plusSeconds(61));
        Answer run = node.post(path + "/run", "");
        assertThat(run.status()).as(run.text()).isEqualTo(201);
        node.awaitJob(run.field("job_id"), "completed");
        assertThat(get(path + "/jobs").text()).contains(run.field("job_id"));
        assertThat(get("/v1/schedules").text()).contains("tour");
    }

    private void webhooks() throws IOException {
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
        Answer made = node.post(
                "/v1/webhooks",
                "{\"url\": \"" + url
                        + "\", \"include_result\": true, \"events\": [\"job.completed\", \"batch.ended\"]}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String id = node.accepted("echo", "{\"told\": true}");
        Await.until(
                "the end was told",
                Await.LONG,
                () -> told.stream().anyMatch(message -> message.contains(id) && message.contains("\"told\"")));
        Await.until(
                "the delivery is known",
                Await.LONG,
                () -> get("/v1/jobs/" + id + "/deliveries").text().contains("delivered"));
        String path = "/v1/webhooks/" + made.field("webhook_id");
        assertThat(node.post(path + "/test", "").status()).isLessThan(300);
        assertThat(get(path + "/deliveries").status()).isEqualTo(200);
        assertThat(node.post(path + "/pause", "").status()).isEqualTo(200);
        assertThat(node.post(path + "/resume", "").status()).isEqualTo(200);
    }

    private void files() throws IOException {
        Answer uploaded = node.post("/v1/files?name=a%20b.txt", "b\na\n\\\n");
        assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(201);
        String file = uploaded.field("file_id");
        assertThat(get("/v1/files/" + file).text()).isEqualTo("b\na\n\\\n");
        String job = node.accepted("sort", "{\"file\": \"" + file + "\"}");
        node.awaitJob(job, "completed");
        assertThat(get("/v1/jobs/" + job + "/files/sorted.txt").text().lines())
                .containsExactlyInAnyOrder("a", "b", "\\");
    }

    private void remoteWorkers() throws IOException {
        Answer known = node.post(
                "/v1/workers",
                "{\"name\": \"far\", \"version\": \"1\", \"tools\": [{\"name\": \"far\", \"retry\": {\"max_attempts\": 2, \"backoff\":"
                        + " \"100ms\"}}]}");
        assertThat(known.status()).as(known.text()).isEqualTo(201);
        String token = known.field("worker_token");
        String id = node.accepted("far", "{}");
        String url = claim(token, id);
        assertThat(node.post(url + "/progress", "{\"fraction\": 0.5, \"message\": \"half\"}", TOKEN, token)
                        .status())
                .isEqualTo(204);
        assertThat(node.post(url + "/logs", "{\"lines\": [\"it's \\\\\", null]}", TOKEN, token)
                        .status())
                .isIn(204, 422);
        assertThat(node.post(url + "/logs", "{\"lines\": [\"a line\"]}", TOKEN, token)
                        .status())
                .isEqualTo(204);
        assertThat(node.post(
                                "/v1/workers/heartbeat",
                                "{\"jobs\": [{\"job_id\": \"" + id + "\", \"attempt\": 1}]}",
                                TOKEN,
                                token)
                        .status())
                .isEqualTo(200);
        assertThat(node.post(url + "/fail", "{\"message\": \"not yet\", \"retryable\": true}", TOKEN, token)
                        .status())
                .isEqualTo(200);
        String again = claim(token, id);
        assertThat(node.post(again + "/complete", "{\"result\": {\"n\": null}}", TOKEN, token)
                        .status())
                .isEqualTo(200);
        assertThat(node.job(id).field("attempt")).isEqualTo("2");
        // The worker is not heard of again, so another gets its job.
        String lost = node.accepted("far", "{}");
        claim(token, lost);
        Answer other = node.post("/v1/workers", "{\"name\": \"other\", \"tools\": [{\"name\": \"far\"}]}");
        String rescued = claim(other.field("worker_token"), lost);
        assertThat(node.post(rescued + "/complete", "{\"result\": 1}", TOKEN, other.field("worker_token"))
                        .status())
                .isEqualTo(200);
        assertThat(get("/v1/jobs/" + lost + "/attempts").text()).contains("lost");
    }

    private String claim(String token, String id) throws IOException {
        JsonNode[] given = new JsonNode[1];
        Await.until("the worker is given " + id, Await.LONG, () -> {
            JsonNode jobs = node.post("/v1/workers/claim", "{\"tools\": [\"far\"], \"wait\": 1}", TOKEN, token)
                    .json()
                    .path("jobs");
            given[0] = jobs.path(0);
            return jobs.size() == 1;
        });
        assertThat(given[0].path("job_id").asText()).isEqualTo(id);
        return given[0].path("url").asText();
    }

    private void cancels() throws IOException {
        String running = node.accepted("sleep", "{\"seconds\": 600}");
        node.awaitJob(running, "running");
        assertThat(node.cancel(running).json().path("cancelled").asBoolean()).isTrue();
        assertThat(node.job(running).field("status")).isEqualTo("cancelled");
        submitted("{\"tool\": \"echo\", \"run_at\": \"2999-01-01T00:00:00Z\"}");
        submitted("{\"tool\": \"echo\", \"run_at\": \"2999-01-01T00:00:00Z\"}");
        Answer many = node.post("/v1/jobs/cancel?tool=echo", "");
        assertThat(many.json().path("cancelled").asInt()).as(many.text()).isEqualTo(2);
    }

    private void lists() throws IOException {
        Answer page = get("/v1/jobs?limit=3&status=completed,failed&tool=echo&created_after=2000-01-01T00:00:00Z");
        assertThat(page.json().path("jobs")).hasSize(3);
        Answer next =
                get("/v1/jobs?limit=3&status=completed,failed&tool=echo&created_after=2000-01-01T00:00:00Z&cursor="
                        + page.field("next_cursor"));
        assertThat(ids(next)).hasSize(3).doesNotContainAnyElementsOf(ids(page));
        for (String path : List.of(
                "/v1/nodes",
                "/v1/stats",
                "/v1/mcp/tools",
                "/v1/tools/far",
                "/v1/schedules",
                "/v1/webhooks",
                "/health",
                "/openapi.json")) {
            assertThat(get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(node.admin("/healthcheck").status()).isEqualTo(200);
        assertThat(node.admin("/prometheus").status()).isEqualTo(200);
    }

    private static List<String> ids(Answer page) {
        return StreamSupport.stream(page.json().path("jobs").spliterator(), false)
                .map(job -> job.path("job_id").asText())
                .toList();
    }

    private void streams() throws IOException {
        try (EventReader all = EventReader.open(node.address() + "/v1/events")) {
            String id = node.accepted("sleep", "{\"seconds\": 1}");
            try (EventReader one = EventReader.open(node.address() + "/v1/jobs/" + id + "/events")) {
                one.until(event -> event.text("status").equals("completed"));
            }
            all.until(event ->
                    event.text("job_id").equals(id) && event.text("status").equals("completed"));
        }
    }

    private void housekeeping(Database database) throws IOException {
        awaitAllEnded();
        String id = node.accepted("ping", "{}");
        node.awaitJob(id, "completed");
        database.run("UPDATE jobs SET expires_at = now() - INTERVAL '1 hour' WHERE id = '" + id + "'");
        Await.until("the expired job is removed", Await.LONG, () -> node.job(id).status() == 404);
        assertThat(database.number("SELECT count(*) FROM job_leases")).isZero();
        assertThat(database.number("SELECT count(*) FROM quarantined_rows")).isZero();
    }

    private void awaitAllEnded() {
        Await.until(
                "all jobs have ended",
                Await.LONG,
                () -> get("/v1/jobs?status=pending,running&limit=1")
                        .json()
                        .path("jobs")
                        .isEmpty());
    }

    private Answer submitted(String body) throws IOException {
        Answer answer = node.post("/v1/jobs", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    private Answer get(String path) throws IOException {
        return node.get(path);
    }

    @Override
    public void close() {
        receiver.stop(0);
    }
}
