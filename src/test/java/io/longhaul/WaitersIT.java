package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.ManyClients;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many who wait for jobs, and many who follow them, on two nodes. In long, to get figures:
 * {@code -Dlonghaul.waiters=2000 -Dlonghaul.streams=500}.
 */
class WaitersIT {
    private static final int WAITERS = Integer.getInteger("longhaul.waiters", 200);
    private static final int STREAMS = Integer.getInteger("longhaul.streams", 50);
    private static final String SECONDS = System.getProperty("longhaul.sleep", "0.2");

    private static final Pattern COMPLETED =
            Pattern.compile("\"status\":\"completed\".*?\"completed_at\":\"([^\"]+)\"", Pattern.DOTALL);
    private static final Pattern NODE = Pattern.compile("\"node\":\"([^\"]+)\"");
    private static final Pattern JOB = Pattern.compile("\"job_id\":\"([^\"]+)\"");

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    /** An answer that a waiter got: how long after the job's end, and whether another node had run it. */
    private record Delay(double millis, boolean elsewhere) {}

    private final ConcurrentLinkedQueue<Delay> delays = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> oddAnswers = new ConcurrentLinkedQueue<>();

    @Test
    void waitersAndStreamsAreHeldAndToldOnBothNodes() throws Exception {
        Map<String, String> environment = NodeProcess.database(DATABASE);
        environment.put("LONGHAUL_CONCURRENCY", "8");
        try (NodeProcess a = NodeProcess.start("a", environment).awaitReady();
                NodeProcess b = NodeProcess.start("b", environment).awaitReady();
                ManyClients clients = new ManyClients()) {
            List<NodeProcess> nodes = List.of(a, b);
            Database database = new Database(DATABASE.dataSource());
            post(a, "/v1/tools/sleep/pause");
            // What each node has without them, and the code is loaded.
            JsonNode before = a.admin("/metrics").json();

            for (int i = 0; i < WAITERS; i++) {
                wait(clients, nodes.get(i % 2), i % 2 == 0 ? "a" : "b");
            }
            Await.until(
                    "all jobs are there", Await.LONG, () -> database.number("SELECT count(*) FROM jobs") == WAITERS);
            Set<String> ended = ConcurrentHashMap.newKeySet();
            Map<Integer, Set<String>> followed = new HashMap<>();
            List<String> jobs = database.column("SELECT id::text FROM jobs");
            for (int i = 0; i < STREAMS; i++) {
                if (i % 5 == 0) {
                    follow(clients, nodes.get(i % 2), followed, i);
                } else {
                    watch(clients, nodes.get(i % 2), jobs.get(i % jobs.size()), i, ended);
                }
            }
            int watching = STREAMS - followed.size();
            print("held", a, before);
            print("held", b, before);
            System.out.println("held: database sessions at work "
                    + database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND state = 'active' AND pid <> pg_backend_pid()"));

            post(a, "/v1/tools/sleep/resume");
            Await.until(
                    "all waiters are answered",
                    Duration.ofMinutes(3),
                    () -> delays.size() + oddAnswers.size() == WAITERS);
            assertThat(oddAnswers).isEmpty();
            Await.until("all streams of jobs ended", Duration.ofMinutes(3), () -> ended.size() == watching);
            Await.until(
                    "all were told of all",
                    Duration.ofMinutes(3),
                    () -> followed.values().stream().allMatch(seen -> seen.size() == WAITERS));
            print("after", a, before);
            print("after", b, before);
        }
        report("on the node of the job", false);
        report("on the other node", true);
    }

    private static void post(NodeProcess node, String path) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.address() + path))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private void wait(ManyClients clients, NodeProcess node, String name) throws IOException {
        String body = "{\"tool\": \"sleep\", \"params\": {\"seconds\": " + SECONDS + "}}";
        StringBuilder answer = new StringBuilder();
        clients.send(
                node.address(),
                "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body,
                part -> {
                    answer.append(part);
                    Matcher completed = COMPLETED.matcher(answer);
                    Matcher ran = NODE.matcher(answer);
                    if (completed.find() && ran.find()) {
                        Duration late = Duration.between(
                                OffsetDateTime.parse(completed.group(1)).toInstant(), Instant.now());
                        delays.add(new Delay(late.toNanos() / 1e6, !ran.group(1).equals(name)));
                    } else if (answer.indexOf("\"retry_of\"") > 0 || answer.indexOf("\"errors\"") > 0) {
                        oddAnswers.add(answer.toString());
                    }
                });
    }

    private void watch(ManyClients clients, NodeProcess node, String job, int number, Set<String> ended)
            throws IOException {
        StringBuilder rest = new StringBuilder();
        stream(clients, node, "/v1/jobs/" + job + "/events", part -> {
            rest.append(part);
            if (rest.indexOf("event: end") >= 0) {
                ended.add(number + " " + job);
            }
        });
    }

    private void follow(ManyClients clients, NodeProcess node, Map<Integer, Set<String>> followed, int number)
            throws IOException {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        followed.put(number, seen);
        StringBuilder rest = new StringBuilder();
        stream(clients, node, "/v1/events?status=completed", part -> {
            rest.append(part);
            for (int end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
                Matcher job = JOB.matcher(rest.substring(0, end));
                if (job.find()) {
                    seen.add(job.group(1));
                }
                rest.delete(0, end + 2);
            }
        });
    }

    private void stream(ManyClients clients, NodeProcess node, String path, java.util.function.Consumer<String> reader)
            throws IOException {
        clients.send(node.address(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n", reader);
    }

    private static void print(String when, NodeProcess node, JsonNode before) throws IOException {
        JsonNode now = node.admin("/metrics").json();
        System.out.printf(
                "%s: threads %d (before %d), heap %d MB%n",
                when,
                gauge(now, "jvm.threads.count"),
                gauge(before, "jvm.threads.count"),
                gauge(now, "jvm.memory.heap.used") >> 20);
    }

    private static long gauge(JsonNode metrics, String name) {
        return metrics.path("gauges").path(name).path("value").asLong(-1);
    }

    private void report(String where, boolean elsewhere) {
        List<Double> sorted = new ArrayList<>(delays.stream()
                .filter(delay -> delay.elsewhere() == elsewhere)
                .map(Delay::millis)
                .sorted()
                .toList());
        assertThat(sorted).as("answers %s", where).isNotEmpty();
        System.out.printf(
                "%d waiters answered %s: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                sorted.size(),
                where,
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 95 / 100),
                sorted.get(sorted.size() * 99 / 100),
                sorted.get(sorted.size() - 1));
    }
}
