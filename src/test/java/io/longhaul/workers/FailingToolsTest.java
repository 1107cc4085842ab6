package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of jobs whose tools fail, time out or answer nonsense. */
class FailingToolsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @Test
    void aFailingToolFailsItsJobWithCodeAndMessage() {
        UUID id = JOBS.pending("no");
        RegisteredTool no = FakeTool.named("no", call -> ToolResult.failure(FailureKind.UNAVAILABLE, "awk is missing"));
        try (TestNode node = new TestNode(DATABASE, no)) {
            Job job = JOBS.awaitEnd(id);
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
            Job job = JOBS.awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.errorCode()).isEqualTo("RESULT_TOO_LARGE");
            assertThat(job.errorMessage())
                    .contains("larger than the 1048576 bytes")
                    .contains("max_result");
        }
    }

    private static Job runOf(FakeTool.Body body) {
        UUID id = JOBS.pending("odd");
        try (TestNode node = new TestNode(DATABASE, FakeTool.named("odd", body))) {
            return JOBS.awaitEnd(id);
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
        assertToolError(runOf(FailingToolsTest::fall), "StackOverflowError");
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
    void aFailureWithoutWordsSaysThatThereAreNone() {
        for (String words : new String[] {"", "  \n"}) {
            assertToolError(
                    runOf(call -> ToolResult.failure(FailureKind.TOOL_ERROR, words)), "The tool gave no reason.");
        }
    }

    @Test
    void thePlaceOfAnExceptionWithoutAMessageIsInTheLogOfItsJob() {
        Job job = runOf(call -> {
            throw new UnsupportedOperationException(" ");
        });
        assertToolError(job, "UnsupportedOperationException");
        assertThat(JOBS.queries().logs(job.id(), 0, 10))
                .singleElement()
                .extracting(JobQueries.LogLine::line)
                .asString()
                .startsWith("java.lang.UnsupportedOperationException at ")
                .contains("FailingToolsTest.java:");
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
            Job job = JOBS.awaitEnd(id);
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
            assertToolError(JOBS.awaitEnd(id), "attempt 2");
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
            assertThat(JOBS.awaitEnd(id).errorCode()).isEqualTo("INVALID_PARAMS");
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
            JOBS.awaitEnd(id);
        }
        assertThat(JOBS.queries().failedAttempts(id)).hasSize(2);
    }

    @Test
    void anAttemptThatTakesTooLongIsInterruptedAndFails() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        RegisteredTool slow = FakeTool.with("slow", FakeTool.timingOut(Duration.ofMillis(100)), call -> {
            try {
                return FakeTool.waitForever(call);
            } catch (InterruptedException e) {
                interrupted.complete(call.isCancelled());
                throw e;
            }
        });
        UUID id = JOBS.pending("slow");
        try (TestNode node = new TestNode(DATABASE, slow)) {
            Job job = JOBS.awaitEnd(id);
            assertThat(job.status()).isEqualTo(JobStatus.FAILED);
            assertThat(job.errorCode()).isEqualTo("TIMEOUT");
            assertThat(job.errorMessage()).contains("longer than the 100 ms").contains("timeout_seconds");
            assertThat(interrupted).isCompletedWithValue(true);
        }
    }

    @Test
    void aJobsOwnTimeoutWinsOverTheToolsPolicy() {
        RegisteredTool slow = FakeTool.with("slow", FakeTool.timingOut(Duration.ofMinutes(5)), FakeTool::waitForever);
        UUID id = JOBS.enqueue(
                new Submission("slow", "{}", "t", Duration.ofHours(1), 0, null, null, Duration.ofSeconds(1), null));
        try (TestNode node = new TestNode(DATABASE, slow)) {
            assertThat(JOBS.awaitEnd(id).errorMessage()).contains("longer than the 1 s");
        }
    }

    @Test
    void aTimeoutIsTriedAgainByThePolicy() {
        AtomicInteger calls = new AtomicInteger();
        RegisteredTool slowOnce = FakeTool.with("slow", FakeTool.retrying(2, Duration.ZERO), call -> {
            return calls.incrementAndGet() == 1 ? FakeTool.waitForever(call) : FakeTool.done();
        });
        UUID id = JOBS.enqueue(
                new Submission("slow", "{}", "t", Duration.ofHours(1), 0, null, null, Duration.ofSeconds(1), null));
        try (TestNode node = new TestNode(DATABASE, slowOnce)) {
            assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
        assertThat(JOBS.queries().failedAttempts(id))
                .extracting(JobQueries.FailedAttempt::errorCode)
                .containsExactly("TIMEOUT");
    }
}
