package io.longhaul;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.Job;
import io.longhaul.client.JobRequest;
import io.longhaul.client.JobStatus;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.Ledger;
import io.longhaul.testing.Ledger.Entry;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one database, as people run them. */
class ClusterIT {
    @RegisterExtension
    static final TestDatabase TEST_DATABASE = TestDatabase.migrated();

    private static final int SLOTS = 8;

    @TempDir
    static Path folder;

    private static final Map<String, NodeProcess> NODES = new HashMap<>();
    private static Database database;
    private static Ledger ledger;

    @BeforeAll
    static void open() throws IOException {
        database = new Database(TEST_DATABASE.dataSource());
        ledger = Ledger.in(folder);
    }

    /** A test may have killed one. */
    @BeforeEach
    void bothNodesRun() {
        for (String name : List.of("a", "b")) {
            NODES.compute(name, (n, node) -> node != null && node.process().isAlive() ? node : start(n));
        }
        NODES.values().forEach(NodeProcess::awaitReady);
        awaitNodes(2);
    }

    @AfterAll
    static void end() {
        NODES.values().forEach(NodeProcess::close);
    }

    @Test
    void twoThousandJobsFromTwoNodesRunOnceEachAndInTurn() throws Exception {
        List<String> jobs = submitToBoth(2_000);

        awaitAll(jobs, "completed");

        List<Entry> runs = ledger.entries(new HashSet<>(jobs));
        assertThat(runs).extracting(Entry::job).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(runs).extracting(Entry::attempt).containsOnly(1);
        assertThat(runs.stream().collect(groupingBy(Entry::node)).values())
                .hasSize(2)
                .allSatisfy(share -> assertThat(share).hasSizeGreaterThan(200));
        // The youngest first would give 1,000, any order 667.
        assertThat(database.number("""
                        SELECT round(avg(abs(begun - queued)))
                        FROM (SELECT row_number() OVER (ORDER BY started_at) AS begun,
                                     row_number() OVER (ORDER BY queue_seq) AS queued
                              FROM jobs
                              WHERE id IN (%s)) places
                        """.formatted(list(jobs)))).isLessThan(150);
    }

    @Test
    void jobsOfAKilledNodeRunAgainOnAnotherWithinThirtySeconds() throws Exception {
        List<String> jobs = submit(NODES.get("b"), 2 * SLOTS, 600);
        awaitRuns(jobs, jobs.size());
        List<Entry> lost = runsOn("a", jobs);
        List<Entry> kept = runsOn("b", jobs);
        assertThat(lost).hasSize(SLOTS);

        NODES.get("a").process().kill();
        // Room for the others.
        for (Entry run : kept) {
            NODES.get("b").cancel(run.job());
        }
        Duration took = Await.until(
                "all jobs of the killed node ran again",
                Duration.ofSeconds(30),
                () -> ledger.entries(ids(lost)).size() == 2 * lost.size());

        System.out.println("Jobs of a killed node ran again after " + took.toMillis() + " ms");
        awaitAll(ids(lost), "completed");
        assertThat(ledger.entries(ids(lost)).stream().filter(run -> run.attempt() == 2))
                .hasSize(lost.size())
                .extracting(Entry::node)
                .containsOnly("b");
        assertThat(lost).noneMatch(Entry::isAlive);
        JsonNode attempts = NODES.get("b")
                .get("/v1/jobs/" + lost.get(0).job() + "/attempts")
                .json()
                .path("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).path("error_code").asText()).isEqualTo("WORKER_LOST");
        assertThat(attempts.get(0).path("node").asText()).isEqualTo("a");
        assertThat(attempts.get(1).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void aCancelOnOneNodeStopsTheWorkOnTheOther() throws Exception {
        Entry run = awaitRuns(submit(NODES.get("a"), 1, 600), 1).get(0);
        NodeProcess other = NODES.get(run.node().equals("a") ? "b" : "a");

        boolean cancelled = other.client().cancel(UUID.fromString(run.job()));
        Duration took = Await.until("the work has stopped", Duration.ofSeconds(2), () -> !run.isAlive());

        System.out.println("A cancelled process was gone after " + took.toMillis() + " ms");
        assertThat(cancelled).isTrue();
        assertThat(NODES.get(run.node())
                        .client()
                        .get(UUID.fromString(run.job()))
                        .status())
                .isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void jobsAndCancelsArriveWithoutNotifications() throws Exception {
        try (Silence silence = new Silence()) {
            List<String> jobs = submit(NODES.get("a"), 20, 0);
            awaitAll(jobs, "completed");
            Entry run = awaitRuns(submit(NODES.get("a"), 1, 600), 1).get(0);
            NODES.get(run.node().equals("a") ? "b" : "a").cancel(run.job());
            Await.until("the work has stopped", Duration.ofSeconds(4), () -> !run.isAlive());
            assertThat(silence.broken.get()).isGreaterThan(4);
        }
        Await.until("both nodes listen again", Await.LONG, () -> listeners() == 2);
    }

    @Test
    void aJobThatPlainSqlInsertsIsRun() throws IOException {
        String id = database.column("""
                INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)
                VALUES ('echo', 'by-hand', '{"by": "hand"}', NOW() + INTERVAL '1 hour')
                RETURNING id
                """).get(0);

        Job job = NODES.get("a").client().await(UUID.fromString(id), Await.LONG);

        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.result().path("by").asText()).isEqualTo("hand");
        assertThat(job.json().path("duration_ms").isIntegralNumber()).isTrue();
    }

    private static NodeProcess start(String name) {
        Map<String, String> environment = NodeProcess.database(TEST_DATABASE);
        environment.put("LONGHAUL_TOOLS", ledger.tools());
        environment.put("LONGHAUL_CONCURRENCY", Integer.toString(SLOTS));
        return NodeProcess.start(name, environment);
    }

    /** Each node has to know of the other, or it does not notify. */
    private static void awaitNodes(int count) {
        Await.until(
                "all nodes live",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM nodes WHERE lease_until > NOW()") == count);
    }

    private static long listeners() {
        return database.number("""
                SELECT count(*)
                FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'longhaul-listener'
                """);
    }

    private static List<String> submitToBoth(int count) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                NodeProcess node = NODES.get(i % 2 == 0 ? "a" : "b");
                answers.add(clients.submit(() -> submit(node, 0)));
            }
            List<String> jobs = new ArrayList<>();
            for (Future<String> answer : answers) {
                jobs.add(answer.get());
            }
            return jobs;
        } finally {
            clients.shutdownNow();
        }
    }

    private static List<String> submit(NodeProcess node, int count, int seconds) throws IOException {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(submit(node, seconds));
        }
        return jobs;
    }

    private static String submit(NodeProcess node, int seconds) throws IOException {
        JobRequest ledger = JobRequest.of("ledger", Map.of("seconds", seconds));
        return node.client().submit(ledger).id().toString();
    }

    private static List<Entry> awaitRuns(Collection<String> jobs, int count) throws IOException {
        Await.until("all jobs run", Await.LONG, () -> ledger.entries(jobs).size() == count);
        return ledger.entries(jobs);
    }

    private static List<Entry> runsOn(String node, Collection<String> jobs) throws IOException {
        return ledger.entries(jobs).stream()
                .filter(run -> run.node().equals(node))
                .toList();
    }

    private static Set<String> ids(Collection<Entry> runs) {
        return runs.stream().map(Entry::job).collect(toSet());
    }

    private static void awaitAll(Collection<String> jobs, String status) {
        Await.until(
                jobs.size() + " jobs are " + status,
                Await.LONG,
                () -> database.number("SELECT count(*) FROM jobs WHERE status = '" + status + "' AND id IN ("
                                + list(jobs) + ")")
                        == jobs.size());
    }

    private static String list(Collection<String> jobs) {
        return jobs.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
    }

    /** Breaks the connections that nodes listen on, again and again. */
    private static final class Silence implements AutoCloseable {
        private volatile boolean over;
        private final AtomicLong broken = new AtomicLong();
        private final Thread thread = new Thread(this::breakAll, "silence");

        Silence() {
            thread.start();
            Await.until("both listeners were broken", Await.LONG, () -> broken.get() >= 2);
        }

        private void breakAll() {
            while (!over) {
                broken.addAndGet(database.number("""
                        SELECT count(pg_terminate_backend(pid))
                        FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'longhaul-listener'
                        """));
            }
        }

        @Override
        public void close() {
            over = true;
            Await.until("nobody breaks connections any more", Await.LONG, () -> !thread.isAlive());
        }
    }
}
