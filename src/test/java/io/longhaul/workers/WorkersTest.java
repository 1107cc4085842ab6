package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.node.WorkerConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs on a node that works as in a server. */
class WorkersTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @Test
    void aJobIsRunAndItsResultKept() {
        UUID id = JOBS.enqueue(TestJobs.withParams("echo", "{\"a\": 1}"));
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo())) {
            Job job = JOBS.awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.result()).isEqualTo("{\"a\": 1}");
            assertThat(job.attempt()).isEqualTo(1);
            Await.until("the end was told", () -> node.changed.contains(id));
        }
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    /** As after a rollback of the columns and a migration. */
    @Test
    void aNodeWritesItsToolsAgainIfTheyAreGoneFromItsRow() {
        String offering = "SELECT count(*) FROM nodes WHERE 'echo' = ANY (tools) AND slots > 0";
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo())) {
            Await.until("the node has its tool", () -> JOBS.count(offering) == 1);
            JOBS.update("UPDATE nodes SET tools = NULL, slots = NULL");
            Await.until("the node has its tool again", () -> JOBS.count(offering) == 1);
            assertThat(node.telemetry.registered).hasSize(1);
        }
    }

    @Test
    void theToolKnowsItsJobAttemptAndTrace() {
        UUID id = JOBS.pending("curious");
        RegisteredTool curious = FakeTool.named(
                "curious",
                call -> new ToolResult.Success("\"" + call.jobId() + " " + call.attempt() + " " + call.traceId() + " "
                        + call.paramsJson() + "\""));
        try (TestNode node = new TestNode(DATABASE, curious)) {
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("\"" + id + " 1 trace {}\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "0",
                "-1.50",
                "12345678901234567890123456789012345678901234567890.000000000000000000001",
                "1e400",
                "\"\"",
                "\"text with \\\"quotes\\\", ü and \uD83D\uDE00\"",
                "[]",
                "[1, [2, {\"three\": null}]]",
                "{}",
                "{\"nested\": {\"list\": [1, 2.5, \"x\"]}}"
            })
    void aResultMayBeAnyJsonValue(String json) {
        UUID id = JOBS.pending("any");
        try (TestNode node = new TestNode(DATABASE, FakeTool.named("any", call -> new ToolResult.Success(json)))) {
            Job job = JOBS.awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(JOBS.stored(id, "result = '" + json + "'::jsonb", Boolean.class))
                    .isTrue();
            assertThat(job.result()).isEqualTo(json.equals("1e400") ? "1" + "0".repeat(400) : json);
        }
    }

    @Test
    void progressOfABusyToolIsWrittenFourTimesASecondAndTheLastIsKept() {
        JOBS.update("CREATE TABLE writes (job_id uuid, at timestamptz)");
        JOBS.update("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN INSERT INTO writes VALUES (NEW.job_id, clock_timestamp()); RETURN NEW; END'");
        JOBS.update("CREATE TRIGGER noted AFTER INSERT OR UPDATE ON job_progress FOR EACH ROW EXECUTE FUNCTION note()");
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo(), FakeTool.named("chatty", WorkersTest::chat))) {
            UUID chatty = JOBS.pending("chatty");
            // The ends of other jobs write the reports of those jobs, and of no others.
            while (!JOBS.job(chatty).status().isFinal()) {
                JOBS.awaitEnd(JOBS.pending());
            }
            assertThat(JOBS.job(chatty).progress().message()).isEqualTo("done");
            assertThat(JOBS.count("SELECT count(*) FROM writes WHERE job_id = ?", chatty))
                    .isBetween(3L, 2 + 4 * JOBS.job(chatty).duration().toSeconds() + 4);
        } finally {
            JOBS.update("DROP FUNCTION note CASCADE");
            JOBS.update("DROP TABLE writes");
        }
    }

    private static ToolResult chat(ToolCall call) {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < end) {
            call.progress(0.5, "at " + System.nanoTime());
            LockSupport.parkNanos(1_000_000);
        }
        call.progress(1, "done");
        return FakeTool.done();
    }

    @Test
    void runsNoMoreJobsAtOnceThanTheNodeAllows() {
        Gauge gauge = new Gauge();
        JOBS.pendingMany("busy", 30);
        try (TestNode node = new TestNode(
                DATABASE, TestNode.configured(3, Duration.ofSeconds(20)), FakeTool.named("busy", gauge::pass))) {
            Await.until("three run", () -> gauge.running.get() == 3);
            Await.until("three leases are held", () -> JOBS.count("SELECT count(*) FROM job_leases") == 3);
            assertThat(node.workers.running()).isEqualTo(3);
            gauge.open.countDown();
            awaitAll("busy", 30);
        }
        assertThat(gauge.most).hasValue(3);
    }

    @Test
    void runsNoMoreJobsOfAToolAtOnceThanTheToolAllows() {
        Gauge narrow = new Gauge();
        Gauge wide = new Gauge();
        JOBS.pendingMany("narrow", 10);
        JOBS.pendingMany("wide", 10);
        try (TestNode node = new TestNode(
                DATABASE,
                FakeTool.with("narrow", FakeTool.limitedTo(2), narrow::pass),
                FakeTool.named("wide", wide::pass))) {
            Await.until("all of the wide tool run", () -> wide.running.get() == 10);
            Await.until("two of the narrow tool run", () -> narrow.running.get() == 2);
            narrow.open.countDown();
            wide.open.countDown();
            awaitAll("narrow", 10);
            awaitAll("wide", 10);
        }
        assertThat(narrow.most).hasValue(2);
    }

    private static void awaitAll(String tool, int count) {
        Await.until(
                count + " jobs of " + tool + " are completed",
                () -> JOBS.count("SELECT count(*) FROM jobs WHERE status = 'completed' AND tool_name = ?", tool)
                        == count);
    }

    /** Counts the calls inside at once, and keeps them there until it is opened. */
    private static final class Gauge {
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final CountDownLatch open = new CountDownLatch(1);

        ToolResult pass(ToolCall call) throws InterruptedException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            open.await();
            running.decrementAndGet();
            return FakeTool.done();
        }
    }

    @Test
    void jobsSubmittedLaterArePickedUp() {
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo()).awaitRegistered()) {
            assertThat(JOBS.awaitEnd(JOBS.pending()).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(JOBS.awaitEnd(JOBS.pending()).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void aWakeUpStartsAJobLongBeforeTheNextPoll() {
        WorkerConfiguration patient = new WorkerConfiguration(
                "node",
                4,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1));
        try (TestNode node = new TestNode(DATABASE, patient, FakeTool.echo()).awaitRegistered()) {
            UUID first = JOBS.pending();
            node.signals.claimable();
            JOBS.awaitEnd(first);
            UUID second = JOBS.pending();
            node.signals.claimable();
            JOBS.awaitEnd(second);
        }
    }

    @Test
    void oneBadJobDoesNotDisturbAGoodOne() {
        UUID bad = JOBS.pending("bad");
        UUID good = JOBS.pending("echo");
        UUID badAgain = JOBS.pending("bad");
        UUID goodAgain = JOBS.pending("echo");
        RegisteredTool broken = FakeTool.named("bad", call -> {
            throw new OutOfMemoryError("pretended");
        });
        try (TestNode node =
                new TestNode(DATABASE, TestNode.configured(1, Duration.ofSeconds(5)), broken, FakeTool.echo())) {
            assertThat(JOBS.awaitEnd(bad).errorMessage()).contains("pretended");
            assertThat(JOBS.awaitEnd(badAgain).errorMessage()).contains("pretended");
            assertThat(JOBS.awaitEnd(good).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(JOBS.awaitEnd(goodAgain).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void jobsStartInTheOrderOfPriorityAndArrivalAcrossTools() {
        List<String> order = new CopyOnWriteArrayList<>();
        FakeTool.Body noted = call -> {
            order.add(call.paramsJson());
            return FakeTool.done();
        };
        for (int i = 0; i < 12; i++) {
            int priority = i % 3 == 0 ? 10 : i % 3;
            String tool = i % 2 == 0 ? "even" : "odd";
            JOBS.enqueue(new Submission(
                    tool, String.valueOf(i), "t", Duration.ofHours(1), priority, null, null, null, null));
        }
        try (TestNode node = new TestNode(
                DATABASE,
                TestNode.configured(1, Duration.ofSeconds(5)),
                FakeTool.named("even", noted),
                FakeTool.named("odd", noted))) {
            Await.until("all have run", () -> order.size() == 12);
        }
        assertThat(order).containsExactly("0", "3", "6", "9", "2", "5", "8", "11", "1", "4", "7", "10");
    }

    @Test
    void sqlReadersSeeALongRunningJobAsRunning() {
        CountDownLatch open = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            open.await();
            return FakeTool.done();
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until(
                    "the row says running",
                    () -> JOBS.stored(id, "status::text", String.class).equals("running"));
            assertThat(JOBS.stored(id, "NOW() - started_at < INTERVAL '10 s'", Boolean.class))
                    .isTrue();
            open.countDown();
            assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void progressAndLogLinesAreStoredInOrderAndTheLastOnesBeforeTheEnd() {
        RegisteredTool chatty = FakeTool.named("chatty", call -> {
            for (int i = 1; i <= 100; i++) {
                call.progress(i / 100.0, "step " + i);
                call.log("line " + i);
            }
            return FakeTool.done();
        });
        UUID id = JOBS.pending("chatty");
        try (TestNode node = new TestNode(DATABASE, chatty)) {
            // Asked in one statement, so that nothing can arrive between the end and the look.
            Await.until(
                    "the job has ended with all it told",
                    () -> JOBS.count(
                                            "SELECT count(*) FROM jobs j WHERE j.id = ? AND j.status = 'completed'"
                                                    + " AND (SELECT count(*) FROM job_logs l WHERE l.job_id = j.id) < 100",
                                            id)
                                    == 0
                            && JOBS.job(id).status() == JobStatus.COMPLETED);
        }
        Job job = JOBS.job(id);
        assertThat(job.progress().fraction()).isEqualTo(1.0);
        assertThat(job.progress().message()).isEqualTo("step 100");
        List<JobQueries.LogLine> lines = JOBS.queries().logs(id, 0, 1_000);
        assertThat(lines).hasSize(100);
        for (int i = 1; i <= 100; i++) {
            assertThat(lines.get(i - 1).line()).isEqualTo("line " + i);
        }
    }

    @Test
    void aLineThatCannotBeStoredDelaysNothing() {
        RegisteredTool odd = FakeTool.named("odd", call -> {
            call.log("nul \0 here");
            call.log("half \uD83D a face");
            call.log("x".repeat(7_999) + "\uD83D\uDE00");
            call.progress(Double.POSITIVE_INFINITY, "half \uDE00 again");
            return FakeTool.done();
        });
        UUID id = JOBS.pending("odd");
        try (TestNode node = new TestNode(DATABASE, odd)) {
            assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
        assertThat(JOBS.queries().logs(id, 0, 10))
                .extracting(JobQueries.LogLine::line)
                .startsWith("nul \uFFFD here", "half \uFFFD a face")
                .hasSize(3);
        assertThat(JOBS.job(id).progress().message()).isEqualTo("half \uFFFD again");
    }

    @Test
    void claimsNothingWhileTheSchemaIsNotFit() {
        AtomicInteger calls = new AtomicInteger();
        RegisteredTool counted = FakeTool.named("echo", call -> {
            calls.incrementAndGet();
            return FakeTool.done();
        });
        try (TestNode node = new TestNode(DATABASE, counted).awaitRegistered()) {
            node.mayClaim = false;
            // A claim may be under way; the next one is not made.
            UUID before = JOBS.pending();
            node.signals.claimable();
            long beats = lease();
            Await.until("the node lives on", () -> lease() > beats);
            int callsWhilePaused = calls.get();
            UUID during = JOBS.pending();
            long more = lease();
            Await.until("the node lives on", () -> lease() > more);
            assertThat(JOBS.job(during).status()).isEqualTo(JobStatus.PENDING);
            assertThat(calls).hasValue(callsWhilePaused);
            node.mayClaim = true;
            JOBS.awaitEnd(before);
            JOBS.awaitEnd(during);
        }
    }

    private static long lease() {
        return JOBS.count("SELECT (EXTRACT(EPOCH FROM max(lease_until)) * 1000)::bigint FROM nodes");
    }

    @Test
    void jobsClaimedAheadOfASlowOneGoBackToTheQueue() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        RegisteredTool tool = FakeTool.named("quick", call -> {
            if (ended.incrementAndGet() == 1_000) {
                slow.countDown();
                open.await();
            }
            return FakeTool.done();
        });
        JOBS.pendingMany("quick", 1_500);
        try (TestNode node = new TestNode(DATABASE, TestNode.configured(1, Duration.ofSeconds(5)), tool)) {
            slow.await();
            Await.until("only the slow job is leased", () -> JOBS.count("SELECT count(*) FROM job_leases") == 1);
            assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE status = 'pending' AND attempt > 0"))
                    .as("pending jobs that were begun")
                    .isZero();
            open.countDown();
            Await.until(
                    "all are done", () -> JOBS.count("SELECT count(*) FROM jobs WHERE status = 'completed'") == 1_500);
            assertThat(ended).as("each begun once").hasValue(1_500);
        }
    }
}
