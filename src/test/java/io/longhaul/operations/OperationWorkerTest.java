package io.longhaul.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.ParamValues;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The work of operations, step by step. */
class OperationWorkerTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Set<UUID> told = new HashSet<>();
    private GroupCommit commits;
    private Operations operations;
    private OperationWorker worker;
    private String refused;
    private SubmissionRejected.Reason reason;

    @BeforeEach
    void assemble() {
        JOBS.jdbi().useHandle(h -> h.execute("TRUNCATE operations, operation_outcomes"));
        JobSignals signals = new JobSignals();
        signals.onCancelled(told::addAll);
        commits = new GroupCommit(JOBS.jdbi(), signals);
        Intake intake = new Intake(JOBS.jdbi(), this::check, commits, new JointCommit(JOBS.jdbi(), signals));
        operations = new Operations(JOBS.jdbi(), telemetry);
        worker = new OperationWorker(
                JOBS.jdbi(),
                () -> true,
                new CancelPart(JOBS.jdbi(), signals),
                new RetryPart(JOBS.jdbi(), intake, OperationWorkerTest::repetition),
                telemetry);
    }

    @AfterEach
    void stop() {
        commits.stop();
    }

    private void check(Submission submission) throws SubmissionRejected {
        if (submission.tool().equals(refused)) {
            throw new SubmissionRejected(reason, "Not now, or never.", List.of());
        }
    }

    private static Submission repetition(Job ended, String traceId, String key) {
        return new Submission(
                ended.tool(), ended.params(), traceId, Duration.ofHours(24), 0, null, null, null, key, ended.extras());
    }

    private BulkOperation begin(BulkOperation.Kind kind, JobFilter filter, List<String> tools) throws Exception {
        return operations
                .begin(new Operations.Wanted(kind, filter, new Operations.Submitter("alice", tools), null, "trace"))
                .operation();
    }

    private BulkOperation cancels(String tool) throws Exception {
        JobFilter open = JobFilter.ALL.of(List.of(JobStatus.PENDING, JobStatus.RUNNING));
        return begin(BulkOperation.Kind.CANCEL, open.by(By.TOOL, tool), null);
    }

    private BulkOperation retries(List<String> tools) throws Exception {
        return begin(BulkOperation.Kind.RETRY, JobFilter.ALL.of(List.of(JobStatus.FAILED)), tools);
    }

    private BulkOperation now(BulkOperation operation) {
        return operations.find(operation.id(), null).orElseThrow();
    }

    private List<JobOutcome> outcomes(BulkOperation operation) {
        return operations.outcomes(operation.id(), 0, null, 10_000);
    }

    /** Steps until nothing is left to do now. */
    private void work() {
        for (int steps = 0; steps < 200; steps++) {
            if (worker.run().equals(Duration.ofSeconds(1))) {
                return;
            }
        }
        throw new AssertionError("the work does not end");
    }

    private static void failAll() {
        JOBS.jdbi()
                .useHandle(h -> h.execute("UPDATE jobs SET status = 'failed', error_code = 'TOOL_ERROR',"
                        + " started_at = created_at, completed_at = created_at"));
    }

    private static void insertFailed(String tool, int count) {
        JOBS.pendingMany(tool, count);
        failAll();
    }

    private static int count(String condition) {
        return JOBS.jdbi()
                .withHandle(h -> h.select("SELECT count(*) FROM jobs WHERE " + condition)
                        .mapTo(Integer.class)
                        .one());
    }

    @Test
    void allJobsThatMatchAreCancelledOnceEachAndTheOthersStay() throws Exception {
        JOBS.pendingMany("a", 4_500);
        JOBS.pendingMany("b", 3);
        BulkOperation operation = cancels("a");

        work();

        BulkOperation ended = now(operation);
        assertThat(ended.state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(ended.matched()).isEqualTo(4_500);
        assertThat(ended.done()).isEqualTo(4_500);
        assertThat(ended.endedAt()).isNotNull();
        assertThat(count("tool_name = 'a' AND status = 'cancelled'")).isEqualTo(4_500);
        assertThat(count("tool_name = 'b' AND status = 'pending'")).isEqualTo(3);
        assertThat(outcomes(operation))
                .hasSize(4_500)
                .extracting(JobOutcome::outcome)
                .containsOnly("done");
        assertThat(told).hasSize(4_500);
        assertThat(telemetry.operations)
                .containsExactly(
                        "cancel operation completed OperationCounts[matched=4500, done=4500, skipped=0, failed=0]");
    }

    @Test
    void jobsThatCameAfterwardsAreNotChanged() throws Exception {
        JOBS.pendingMany("a", 2);
        BulkOperation operation = cancels("a");
        JOBS.pendingMany("a", 1);

        work();

        assertThat(now(operation).matched()).isEqualTo(2);
        assertThat(count("status = 'pending'")).isEqualTo(1);
    }

    @Test
    void aJobThatFailedAfterwardsIsNotRetried() throws Exception {
        insertFailed("a", 1);
        JOBS.pendingMany("b", 1);
        BulkOperation operation = retries(null);
        JOBS.jdbi()
                .useHandle(h -> h.execute("UPDATE jobs SET status = 'failed', started_at = NOW(), completed_at = NOW()"
                        + " WHERE status = 'pending'"));

        work();

        assertThat(now(operation).matched()).isEqualTo(1);
    }

    @Test
    void jobsThatNoIndexFindsAreListedInWindowsOnceEach() throws Exception {
        JOBS.jdbi().useHandle(h -> h.execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, created_at, expires_at)
                SELECT CASE WHEN n % 5 = 0 THEN 'a' ELSE 'b' END, 'trace', '{}',
                       NOW() - INTERVAL '1 h' + (n / 40) * INTERVAL '1 s', NOW() + INTERVAL '1 day'
                FROM generate_series(1, 500) n
                """));
        JobListing listing = new JobListing(JOBS.jdbi(), 30);
        BulkOperation operation = cancels("a");
        listing.readInWindows(operation.id());

        for (int steps = 0; !now(operation).listed(); steps++) {
            assertThat(steps).isLessThan(50);
            listing.listNext(now(operation));
        }

        assertThat(now(operation).matched()).isEqualTo(100);
        assertThat(outcomes(operation))
                .hasSize(100)
                .extracting(JobOutcome::jobId)
                .doesNotHaveDuplicates();
    }

    @Test
    void aJobThatEndedMeanwhileIsSkippedAndSaysWhy() throws Exception {
        JOBS.pendingMany("a", 3);
        BulkOperation operation = cancels("a");
        worker.run();
        List<UUID> listed = outcomes(operation).stream().map(JobOutcome::jobId).toList();
        JOBS.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE jobs SET status = 'completed', result = '1', started_at = NOW(), completed_at = NOW()"
                                + " WHERE id = ?",
                        listed.get(0)));
        JOBS.jdbi().useHandle(h -> h.execute("DELETE FROM jobs WHERE id = ?", listed.get(1)));

        work();

        assertThat(outcomes(operation)).extracting(JobOutcome::outcome).containsExactly("skipped", "skipped", "done");
        assertThat(outcomes(operation))
                .extracting(JobOutcome::errorCode)
                .containsExactly("ALREADY_ENDED", "JOB_NOT_FOUND", null);
        assertThat(outcomes(operation).get(0).errorMessage()).contains("completed");
        assertThat(now(operation).skipped()).isEqualTo(2);
    }

    @Test
    void aJobThatIsHeldIsCancelledAfterTheOthers() throws Exception {
        UUID held = JOBS.pending("a");
        UUID free = JOBS.pending("a");
        BulkOperation operation = cancels("a");
        try (Connection other = DATABASE.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM jobs WHERE id = '" + held + "' FOR UPDATE");
            work();
            assertThat(JOBS.queries().find(free).orElseThrow().status()).isEqualTo(JobStatus.CANCELLED);
            assertThat(now(operation).state()).isEqualTo(BulkOperation.State.RUNNING);
            assertThat(now(operation).waitsFor()).contains("held by other transactions");
            other.commit();
        }
        JOBS.jdbi().useHandle(h -> h.execute("UPDATE operations SET resume_at = NULL"));

        work();

        assertThat(now(operation).state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(now(operation).waitsFor()).isNull();
        assertThat(JOBS.queries().find(held).orElseThrow().status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void eachFailedJobIsRetriedOnceThoughTheNodeDiedBeforeItWroteTheOutcomes() throws Exception {
        insertFailed("a", 450);
        BulkOperation operation = retries(null);
        worker.run();
        worker.run();
        assertThat(now(operation).done()).isEqualTo(200);
        // The node submitted the next part and died before its outcomes were written.
        List<JobOutcome> before = outcomes(operation);
        JOBS.jdbi().useHandle(h -> {
            h.execute("UPDATE operation_outcomes SET outcome = NULL, new_job_id = NULL");
            h.execute("UPDATE operations SET done = 0, tried = 0");
        });

        work();

        assertThat(now(operation).done()).isEqualTo(450);
        assertThat(count("status = 'pending'")).isEqualTo(450);
        assertThat(outcomes(operation).subList(0, 200)).isEqualTo(before.subList(0, 200));
        assertThat(outcomes(operation)).extracting(JobOutcome::newJobId).doesNotHaveDuplicates();
        assertThat(count("idempotency_key = '" + operation.id() + "/"
                        + before.get(0).jobId() + "'"))
                .isEqualTo(1);
    }

    @Test
    void twoNodesAtTheSameTimeRetryEachJobOnce() throws Exception {
        insertFailed("a", 600);
        BulkOperation operation = retries(null);
        worker.run();
        List<Thread> nodes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Thread node = new Thread(this::work);
            node.start();
            nodes.add(node);
        }
        for (Thread node : nodes) {
            node.join();
        }
        work();

        assertThat(now(operation).done()).isEqualTo(600);
        assertThat(now(operation).state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(count("status = 'pending'")).isEqualTo(600);
    }

    @Test
    void jobsThatAreNotAcceptedFailAndTheOthersAreRetried() throws Exception {
        insertFailed("gone", 1);
        insertFailed("secret", 1);
        insertFailed("a", 1);
        refused = "gone";
        reason = SubmissionRejected.Reason.UNKNOWN_TOOL;
        BulkOperation operation = retries(List.of("a", "gone"));

        work();

        assertThat(outcomes(operation))
                .extracting(JobOutcome::errorCode)
                .containsExactly("UNKNOWN_TOOL", "TOOL_FORBIDDEN", null);
        assertThat(now(operation).failed()).isEqualTo(2);
        assertThat(now(operation).done()).isEqualTo(1);
    }

    @Test
    void aRetryWaitsWhileTheQueueIsFullAndGoesOn() throws Exception {
        insertFailed("a", 1);
        insertFailed("full", 1);
        refused = "full";
        reason = SubmissionRejected.Reason.QUEUE_FULL;
        BulkOperation operation = retries(null);

        work();

        assertThat(now(operation).done()).isEqualTo(1);
        assertThat(now(operation).state()).isEqualTo(BulkOperation.State.RUNNING);
        assertThat(now(operation).waitsFor()).isEqualTo("Not now, or never.");
        refused = null;
        JOBS.jdbi().useHandle(h -> h.execute("UPDATE operations SET resume_at = NULL"));
        work();
        assertThat(now(operation).state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(now(operation).done()).isEqualTo(2);
    }

    @Test
    void aStoppedOperationLeavesTheOtherJobsAsTheyAre() throws Exception {
        JOBS.pendingMany("a", 500);
        BulkOperation operation = cancels("a");
        worker.run();
        worker.run();
        operations.cancel(operation.id());

        work();

        assertThat(now(operation).state()).isEqualTo(BulkOperation.State.CANCELLED);
        assertThat(now(operation).done()).isEqualTo(200);
        assertThat(count("status = 'pending'")).isEqualTo(300);
        assertThat(operations.outcomes(operation.id(), 0, "pending", 1_000)).hasSize(300);
        assertThat(telemetry.operations).singleElement().asString().startsWith("cancel operation cancelled");
    }

    @Test
    void aJobThatTheDatabaseRefusesToChangeDoesNotKeepTheOthers() throws Exception {
        JOBS.pendingMany("a", 5);
        UUID poison = JOBS.pending("a");
        JOBS.pendingMany("a", 5);
        JOBS.jdbi().useHandle(h -> h.execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON jobs FOR EACH ROW WHEN (OLD.id = '%s') EXECUTE FUNCTION refuse()
                """.formatted(poison)));
        try {
            BulkOperation operation = cancels("a");
            work();
            assertThat(now(operation).state()).isEqualTo(BulkOperation.State.COMPLETED);
            assertThat(now(operation).done()).isEqualTo(10);
            assertThat(operations.outcomes(operation.id(), 0, "failed", 10))
                    .extracting(JobOutcome::jobId)
                    .containsExactly(poison);
        } finally {
            JOBS.jdbi().useHandle(h -> h.execute("DROP TRIGGER refuse ON jobs; DROP FUNCTION refuse()"));
        }
    }

    @Test
    void operationsTakeTurns() throws Exception {
        JOBS.pendingMany("a", 400);
        JOBS.pendingMany("b", 400);
        BulkOperation first = cancels("a");
        BulkOperation second = cancels("b");
        for (int steps = 0; steps < 4; steps++) {
            worker.run();
        }

        assertThat(now(first).done()).isEqualTo(200);
        assertThat(now(second).done()).isEqualTo(200);
    }

    @Test
    void onePrincipalMayNotBeginTooManyAndAnotherMay() throws Exception {
        for (int i = 0; i < Operations.MOST_OPEN; i++) {
            cancels("a");
        }
        assertThatThrownBy(() -> cancels("a"))
                .isInstanceOf(OperationRefused.class)
                .hasMessageContaining("POST /v1/operations/{id}/cancel");
        JobFilter all = JobFilter.ALL.of(List.of(JobStatus.PENDING));
        operations.begin(new Operations.Wanted(
                BulkOperation.Kind.CANCEL, all, new Operations.Submitter("bob", null), null, "trace"));
        work();
        assertThat(cancels("a").state()).isEqualTo(BulkOperation.State.PENDING);
    }

    @Test
    void aFilterComesBackAsItWas() {
        JobFilter filter = JobFilter.ALL.of(List.of(JobStatus.FAILED, JobStatus.CANCELLED));
        for (By by : By.values()) {
            filter = filter.by(by, valueOf(by));
        }
        JobFilter read = FrozenFilter.read(FrozenFilter.of(filter));
        assertThat(read.statuses()).isEqualTo(filter.statuses());
        assertThat(read.wanted()).isEqualTo(filter.wanted());
    }

    private static Object valueOf(By by) {
        return switch (by) {
            case CREATED_AFTER, CREATED_BEFORE, COMPLETED_AFTER, COMPLETED_BEFORE ->
                java.time.Instant.parse("2026-01-02T03:04:05.000006Z");
            case BATCH, SCHEDULE -> new UUID(1, 2);
            case WAITING_FOR_INPUT -> true;
            case PARAMS -> new ParamValues(new TreeMap<>(Map.of("a.b", "\"1\"", "c", "")));
            default -> "\"quoted\" é";
        };
    }

    @Test
    void oldOperationsAreRemovedWithTheirOutcomes() throws Exception {
        JOBS.pendingMany("a", 10);
        BulkOperation old = cancels("a");
        work();
        BulkOperation recent = cancels("a");
        work();
        JOBS.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE operations SET ended_at = NOW() - INTERVAL '31 days' WHERE id = ?", old.id()));
        OperationCleaner cleaner = new OperationCleaner(JOBS.jdbi());

        assertThat(cleaner.clean()).isZero();
        assertThat(cleaner.clean()).isPositive();

        assertThat(operations.find(old.id(), null)).isEmpty();
        assertThat(outcomes(old)).isEmpty();
        assertThat(operations.find(recent.id(), "alice")).isPresent();
        assertThat(operations.find(recent.id(), "bob")).isEmpty();
    }
}
