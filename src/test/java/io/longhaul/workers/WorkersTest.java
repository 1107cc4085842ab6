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
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.workers.node.WorkerConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

    private static Job awaitEnd(UUID id) {
        Await.until("job " + id + " has ended", () -> JOBS.job(id).status().isFinal());
        return JOBS.job(id);
    }

    private static void awaitStatus(UUID id, JobStatus status) {
        Await.until("job " + id + " is " + status, () -> JOBS.job(id).status() == status);
    }

    private static ToolResult waitForever(ToolCall call) throws InterruptedException {
        new CountDownLatch(1).await();
        return FakeTool.done();
    }

    @Test
    void aJobIsRunAndItsResultKept() {
        UUID id = JOBS.enqueue(TestJobs.withParams("echo", "{\"a\": 1}"));
        try (TestNode node = new TestNode(DATABASE, FakeTool.echo())) {
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.result()).isEqualTo("{\"a\": 1}");
            assertThat(job.attempt()).isEqualTo(1);
            Await.until("the end was told", () -> node.changed.contains(id));
        }
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    @Test
    void theToolKnowsItsJobAttemptAndTrace() {
        UUID id = JOBS.pending("curious");
        RegisteredTool curious = FakeTool.named(
                "curious",
                call -> new ToolResult.Success("\"" + call.jobId() + " " + call.attempt() + " " + call.traceId() + " "
                        + call.paramsJson() + "\""));
        try (TestNode node = new TestNode(DATABASE, curious)) {
            assertThat(awaitEnd(id).result()).isEqualTo("\"" + id + " 1 trace {}\"");
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
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(JOBS.stored(id, "result = '" + json + "'::jsonb", Boolean.class))
                    .isTrue();
            assertThat(job.result()).isEqualTo(json.equals("1e400") ? "1" + "0".repeat(400) : json);
        }
    }

    @Test
    void aFailingToolFailsItsJobWithCodeAndMessage() {
        UUID id = JOBS.pending("no");
        RegisteredTool no = FakeTool.named("no", call -> ToolResult.failure(FailureKind.UNAVAILABLE, "awk is missing"));
        try (TestNode node = new TestNode(DATABASE, no)) {
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.errorCode()).isEqualTo("UNAVAILABLE");
            assertThat(job.errorMessage()).isEqualTo("awk is missing");
            assertThat(job.result()).isNull();
            assertThat(JOBS.queries().failedAttempts(id))
                    .extracting(JobQueries.FailedAttempt::nodeName)
                    .containsExactly("node");
        }
    }

    @Test
    void aResultBeyondTheLimitFailsItsJobAndNamesTheLimit() {
        UUID id = JOBS.pending("huge");
        RegisteredTool huge = FakeTool.with(
                "huge", FakeTool.limitedTo(1), call -> new ToolResult.Success("\"" + "x".repeat(64 << 20) + "\""));
        try (TestNode node = new TestNode(DATABASE, huge)) {
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.errorCode()).isEqualTo("RESULT_TOO_LARGE");
            assertThat(job.errorMessage())
                    .contains("larger than the 1048576 bytes")
                    .contains("max_result");
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
                awaitEnd(JOBS.pending());
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

    private static Job runOf(FakeTool.Body body) {
        UUID id = JOBS.pending("odd");
        try (TestNode node = new TestNode(DATABASE, FakeTool.named("odd", body))) {
            return awaitEnd(id);
        }
    }

    private static void assertToolError(Job job, String message) {
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("TOOL_ERROR");
        assertThat(job.errorMessage()).contains(message);
    }

    @Test
    void aToolThatThrowsFailsItsJob() {
        assertToolError(
                runOf(call -> {
                    throw new IOException("disk full");
                }),
                "disk full");
    }

    @Test
    void aToolThatThrowsWithoutAMessageFailsItsJobWithTheNameOfTheError() {
        assertToolError(
                runOf(call -> {
                    throw new NullPointerException();
                }),
                "NullPointerException");
    }

    @Test
    void aToolThatThrowsAnErrorFailsItsJob() {
        assertToolError(
                runOf(call -> {
                    throw new Error("not even an exception");
                }),
                "not even an exception");
    }

    @Test
    void aToolThatRunsOutOfStackFailsItsJob() {
        assertToolError(runOf(WorkersTest::fall), "StackOverflowError");
    }

    @SuppressWarnings("InfiniteRecursion")
    private static ToolResult fall(ToolCall call) {
        return fall(call);
    }

    @Test
    void aToolThatAnswersNothingFailsItsJob() {
        assertToolError(runOf(call -> null), "answered nothing");
    }

    @Test
    void aToolThatAnswersNoJsonFailsItsJob() {
        assertToolError(runOf(call -> new ToolResult.Success("{not json")), "is not one JSON value");
    }

    @Test
    void anErrorMessageThatCannotBeStoredIsCleaned() {
        assertToolError(
                runOf(call -> {
                    throw new IllegalStateException("nul \0 and half \uD83D a face");
                }),
                "nul \uFFFD and half \uFFFD a face");
    }

    @Test
    void aToolMayInterruptItselfAndItsJobStillEnds() {
        Job job = runOf(call -> {
            Thread.currentThread().interrupt();
            return FakeTool.done();
        });
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aFailingToolIsTriedAgainByItsPolicyUntilItSucceeds() {
        AtomicInteger calls = new AtomicInteger();
        RegisteredTool flaky = FakeTool.with("flaky", FakeTool.retrying(3, Duration.ofMillis(20)), call -> {
            if (calls.incrementAndGet() < 3) {
                return ToolResult.failure(FailureKind.TOOL_ERROR, "try " + call.attempt());
            }
            return FakeTool.done();
        });
        UUID id = JOBS.pending("flaky");
        try (TestNode node = new TestNode(DATABASE, flaky)) {
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.attempt()).isEqualTo(3);
            assertThat(job.errorCode()).isNull();
        }
        List<JobQueries.FailedAttempt> failed = JOBS.queries().failedAttempts(id);
        assertThat(failed).extracting(JobQueries.FailedAttempt::errorMessage).containsExactly("try 1", "try 2");
        assertThat(Duration.between(failed.get(0).endedAt(), failed.get(1).startedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void aToolThatGoesOnFailingFailsItsJobAfterTheLastAttempt() {
        RegisteredTool never = FakeTool.with("never", FakeTool.retrying(2, Duration.ZERO), call -> {
            throw new IllegalStateException("attempt " + call.attempt());
        });
        UUID id = JOBS.pending("never");
        try (TestNode node = new TestNode(DATABASE, never)) {
            assertToolError(awaitEnd(id), "attempt 2");
        }
        assertThat(JOBS.queries().failedAttempts(id)).hasSize(2);
        assertThat(JOBS.stored(id, "failures", Integer.class)).isEqualTo(2);
    }

    @Test
    void aFailureThatCannotBeRetriedIsNotTriedAgain() {
        RegisteredTool strict = FakeTool.with(
                "strict",
                FakeTool.retrying(5, Duration.ZERO),
                call -> ToolResult.failure(FailureKind.INVALID_PARAMS, "no such file"));
        UUID id = JOBS.pending("strict");
        try (TestNode node = new TestNode(DATABASE, strict)) {
            assertThat(awaitEnd(id).errorCode()).isEqualTo("INVALID_PARAMS");
        }
        assertThat(JOBS.queries().failedAttempts(id)).hasSize(1);
    }

    @Test
    void aJobsOwnMaxAttemptsWinsOverTheToolsPolicy() {
        RegisteredTool never = FakeTool.with("never", FakeTool.retrying(5, Duration.ZERO), call -> {
            throw new IllegalStateException("no");
        });
        UUID id = JOBS.enqueue(new Submission("never", "{}", "t", Duration.ofHours(1), 0, null, 2, null, null));
        try (TestNode node = new TestNode(DATABASE, never)) {
            awaitEnd(id);
        }
        assertThat(JOBS.queries().failedAttempts(id)).hasSize(2);
    }

    @Test
    void anAttemptThatTakesTooLongIsInterruptedAndFails() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        RegisteredTool slow = FakeTool.with("slow", FakeTool.timingOut(Duration.ofMillis(100)), call -> {
            try {
                return waitForever(call);
            } catch (InterruptedException e) {
                interrupted.complete(call.isCancelled());
                throw e;
            }
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Job job = awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.errorCode()).isEqualTo("TIMEOUT");
            assertThat(job.errorMessage()).contains("longer than the 100 ms").contains("timeout_seconds");
            assertThat(interrupted).isCompletedWithValue(true);
        }
    }

    @Test
    void aJobsOwnTimeoutWinsOverTheToolsPolicy() {
        RegisteredTool slow =
                FakeTool.with("slow", FakeTool.timingOut(Duration.ofMinutes(5)), WorkersTest::waitForever);
        UUID id = JOBS.enqueue(
                new Submission("slow", "{}", "t", Duration.ofHours(1), 0, null, null, Duration.ofSeconds(1), null));
        try (TestNode node = new TestNode(DATABASE, slow)) {
            assertThat(awaitEnd(id).errorMessage()).contains("longer than the 1 s");
        }
    }

    @Test
    void aTimeoutIsTriedAgainByThePolicy() {
        AtomicInteger calls = new AtomicInteger();
        RegisteredTool slowOnce = FakeTool.with("slow", FakeTool.retrying(2, Duration.ZERO), call -> {
            return calls.incrementAndGet() == 1 ? waitForever(call) : FakeTool.done();
        });
        UUID id = JOBS.enqueue(
                new Submission("slow", "{}", "t", Duration.ofHours(1), 0, null, null, Duration.ofSeconds(1), null));
        try (TestNode node = new TestNode(DATABASE, slowOnce)) {
            assertThat(awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
        assertThat(JOBS.queries().failedAttempts(id))
                .extracting(JobQueries.FailedAttempt::errorCode)
                .containsExactly("TIMEOUT");
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
            assertThat(awaitEnd(JOBS.pending()).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(awaitEnd(JOBS.pending()).status()).isEqualTo(JobStatus.COMPLETED);
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
            awaitEnd(first);
            UUID second = JOBS.pending();
            node.signals.claimable();
            awaitEnd(second);
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
            assertToolError(awaitEnd(bad), "pretended");
            assertToolError(awaitEnd(badAgain), "pretended");
            assertThat(awaitEnd(good).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(awaitEnd(goodAgain).status()).isEqualTo(JobStatus.COMPLETED);
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
            assertThat(awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
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
            assertThat(awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
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
            awaitEnd(before);
            awaitEnd(during);
        }
    }

    private static long lease() {
        return JOBS.count("SELECT (EXTRACT(EPOCH FROM max(lease_until)) * 1000)::bigint FROM nodes");
    }

    @Test
    void aCancelledJobStopsAndStaysCancelled() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Void> action = new CompletableFuture<>();
        RegisteredTool stubborn = FakeTool.named("stubborn", call -> {
            call.onCancel(() -> action.complete(null));
            try {
                return waitForever(call);
            } catch (InterruptedException e) {
                interrupted.complete(true);
                return new ToolResult.Success("\"too late\"");
            }
        });
        UUID id = JOBS.pending("stubborn");
        try (TestNode node = new TestNode(DATABASE, stubborn)) {
            awaitStatus(id, JobStatus.RUNNING);
            JOBS.cancel(id);
            assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
            Await.until("the tool was stopped", () -> interrupted.isDone() && action.isDone());
            Await.until("the slot is free", () -> node.workers.running() == 0);
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(id).result()).isNull();
    }

    @Test
    void aNotifiedCancelStopsTheToolBeforeTheLeasesAreLookedAt() {
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            inside.countDown();
            return waitForever(call);
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            node.signals.cancelledElsewhere(id);
            Await.until("the tool was stopped", () -> !node.telemetry.stopped.isEmpty());
            assertThat(node.telemetry.stopped.get(0).jobId()).isEqualTo(id);
        }
    }

    @Test
    void aToolWhoseStopActionFailsIsStillInterrupted() {
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            call.onCancel(() -> {
                throw new Error("cannot stop");
            });
            call.onCancel(() -> second.complete(true));
            inside.countDown();
            return waitForever(call);
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow, FakeTool.echo())) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            JOBS.cancel(id);
            Await.until("the tool was stopped", () -> node.workers.running() == 0 && second.isDone());
            UUID next = JOBS.pending("slow");
            Await.until(
                    "it runs",
                    () -> JOBS.stored(next, "status::text", String.class).equals("running"));
            JOBS.cancel(next);
            Await.until("it stops, too", () -> node.telemetry.stopped.size() == 2);
        }
    }

    @Test
    void aStopActionThatHangsDelaysNothingElse() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        RegisteredTool slow = FakeTool.named("slow", call -> {
            call.onCancel(() -> awaitQuietly(hanging));
            inside.countDown();
            return waitForever(call);
        });
        UUID first = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Await.until("the tool is called", () -> inside.getCount() == 0);
            JOBS.cancel(first);
            Await.until("it was stopped", () -> node.telemetry.stopped.size() == 1);
            UUID second = JOBS.pending("slow");
            Await.until(
                    "it runs",
                    () -> JOBS.stored(second, "status::text", String.class).equals("running"));
            JOBS.cancel(second);
            Await.until("it was stopped", () -> node.telemetry.stopped.size() == 2);
        } finally {
            hanging.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
