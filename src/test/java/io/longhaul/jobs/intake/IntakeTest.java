package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IntakeTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final AtomicInteger commits = new AtomicInteger();
    private GroupCommit group;
    private Intake intake;

    @BeforeEach
    void assemble() {
        JobSignals signals = new JobSignals();
        signals.onReady(commits::incrementAndGet);
        group = new GroupCommit(JOBS.jdbi(), signals);
        intake = new Intake(
                JOBS.jdbi(), IntakeTest::refuseUnknownTools, group, new JointCommit(JOBS.jdbi(), new JobSignals()));
    }

    @AfterEach
    void stop() {
        group.stop();
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static void refuseUnknownTools(Submission submission) throws SubmissionRejected {
        if (submission.tool().equals("unknown")) {
            throw new SubmissionRejected(SubmissionRejected.Reason.UNKNOWN_TOOL, "No such tool.", List.of());
        }
    }

    private Submitted submit(Submission submission) {
        try {
            return intake.submit(submission);
        } catch (SubmissionRejected e) {
            throw new CompletionException(e);
        }
    }

    private List<Submitted> submitAtOnce(int count, IntFunction<Submission> submission) {
        List<CompletableFuture<Submitted>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submission one = submission.apply(i);
            all.add(Parked.beside(() -> submit(one)));
        }
        return all.stream().map(CompletableFuture::join).toList();
    }

    private static Submission numbered(int number) {
        return TestJobs.withParams(TestJobs.TOOL, "{\"n\": " + number + "}");
    }

    @Test
    void aSubmittedJobIsCommittedWhenTheAnswerComes() {
        group.start();
        Submitted answer = submit(TestJobs.submission());
        assertThat(answer.replayed()).isFalse();
        assertThat(JOBS.job(answer.job().id()).status()).isEqualTo(JobStatus.PENDING);
        assertThat(commits).hasPositiveValue();
    }

    @Test
    void aCustomTtlIsKept() {
        group.start();
        Job job = submit(TestJobs.withTtl(Duration.ofHours(1))).job();
        assertThat(Duration.between(job.createdAt(), job.expiresAt())).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void twoHundredSubmitsAtTheSameTimeEachGetTheirOwnJob() {
        group.start();
        List<Submitted> all = submitAtOnce(200, IntakeTest::numbered);
        assertThat(all.stream().map(s -> s.job().id()).distinct()).hasSize(200);
        for (Submitted one : all) {
            assertThat(JOBS.job(one.job().id()).params()).isEqualTo(one.job().params());
        }
    }

    @Test
    void submitsThatGatherAreCommittedTogetherInTheirOrder() {
        List<CompletableFuture<Job>> all = addAll(Stream.iterate(0, i -> i < 300, i -> i + 1)
                .map(IntakeTest::numbered)
                .toList());
        group.start();
        List<UUID> submitted = all.stream().map(job -> job.join().id()).toList();
        // Published after each commit, so perhaps after the answers.
        assertThat(commits).hasValueLessThanOrEqualTo(1);
        assertThat(JOBS.claim(JOBS.liveNode(), 3, 300, TestJobs.TOOL))
                .extracting(job -> job.lease().jobId())
                .isEqualTo(submitted);
    }

    private List<CompletableFuture<Job>> addAll(List<Submission> submissions) {
        return submissions.stream().map(this::add).toList();
    }

    private CompletableFuture<Job> add(Submission submission) {
        try {
            return group.add(NewJob.of(submission));
        } catch (SubmissionRejected e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSubmissionThatFailsItsCheckIsNotStored() {
        group.start();
        assertThatThrownBy(() -> intake.submit(TestJobs.submission("unknown")))
                .isInstanceOfSatisfying(
                        SubmissionRejected.class,
                        e -> assertThat(e.reason()).isEqualTo(SubmissionRejected.Reason.UNKNOWN_TOOL));
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
    }

    @Test
    void twoHundredRacingSubmitsWithOneKeyMakeOneJob() {
        group.start();
        List<Submitted> all = submitAtOnce(200, i -> TestJobs.withKey("{\"a\": 1}", "one"));
        assertThat(all.stream().map(s -> s.job().id()).distinct()).hasSize(1);
        assertThat(all.stream().filter(s -> !s.replayed())).hasSize(1);
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
    }

    @Test
    void aReplayShowsTheCurrentStateOfTheJob() {
        group.start();
        UUID id = submit(TestJobs.withKey("{}", "replayed")).job().id();
        JOBS.complete(JOBS.claim(JOBS.liveNode()), "42");
        Submitted again = submit(TestJobs.withKey("{}", "replayed"));
        assertThat(again.replayed()).isTrue();
        assertThat(again.job().id()).isEqualTo(id);
        assertThat(again.job().result()).isEqualTo("42");
    }

    @Test
    void theSameKeyWithAnotherPayloadIsRejected() {
        group.start();
        UUID id = submit(TestJobs.withKey("{\"a\": 1}", "used")).job().id();
        assertThatThrownBy(() -> intake.submit(TestJobs.withKey("{\"a\": 2}", "used")))
                .isInstanceOfSatisfying(SubmissionRejected.class, e -> {
                    assertThat(e.reason()).isEqualTo(SubmissionRejected.Reason.IDEMPOTENCY_KEY_REUSED);
                    assertThat(e).hasMessageContaining(id.toString()).hasMessageContaining("use a new key");
                });
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
    }

    @Test
    void aReplayIsAnsweredWhateverTheChecksSayByNow() throws Exception {
        group.start();
        UUID id = submit(TestJobs.withKey("{\"a\": 1}", "kept")).job().id();
        for (SubmissionRejected.Reason reason : List.of(
                SubmissionRejected.Reason.QUEUE_FULL,
                SubmissionRejected.Reason.INVALID_PARAMS,
                SubmissionRejected.Reason.UNKNOWN_TOOL)) {
            Intake now = new Intake(
                    JOBS.jdbi(),
                    submission -> {
                        throw new SubmissionRejected(reason, "Not any more.", List.of());
                    },
                    group,
                    new JointCommit(JOBS.jdbi(), new JobSignals()));
            assertThat(now.submit(TestJobs.withKey("{\"a\": 1}", "kept")).job().id())
                    .isEqualTo(id);
            for (Submission other : List.of(
                    TestJobs.withKey("{\"a\": 2}", "kept"),
                    TestJobs.withKey("{\"a\": 1}", "new"),
                    TestJobs.withParams(TestJobs.TOOL, "{\"a\": 1}"))) {
                assertThatThrownBy(() -> now.submit(other)).hasMessage("Not any more.");
            }
        }
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
    }

    @Test
    void aRepeatedSubmitIsAnsweredAfterItsToolIsGone() throws Exception {
        group.start();
        Submission submission = TestJobs.withKey("{\"a\": 1}", "gone");
        UUID id = submit(submission).job().id();
        ToolRegistry tools = ToolRegistry.of(List.of());
        Intake now = new Intake(
                JOBS.jdbi(),
                any -> {
                    throw new SubmissionRejected(SubmissionRejected.Reason.UNKNOWN_TOOL, "No such tool.", List.of());
                },
                new QueueLimit(JOBS.jdbi(), tools::maxQueue, null),
                group,
                new JointCommit(JOBS.jdbi(), new JobSignals()));

        Submitted again = now.submit(submission);
        assertThat(again.job().id()).isEqualTo(id);
        assertThat(again.replayed()).isTrue();
    }

    @Test
    void aCommittedJobIsAnsweredWithoutAThread() throws Exception {
        CompletableFuture<Submitted> answer = intake.begin(TestJobs.submission(), work -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        group.start();
        assertThat(answer.join().replayed()).isFalse();
    }

    private static Submission keyed(Consumer<TestJobs.Draft> change) {
        return TestJobs.submission(s -> {
            s.idempotencyKey = "k";
            change.accept(s);
        });
    }

    @Test
    void everyPartOfThePayloadCounts() {
        Submission s = TestJobs.withKey("{}", "k");
        List<Submission> all = List.of(
                s,
                keyed(change -> change.tool = "other"),
                keyed(change -> change.params = "[]"),
                keyed(change -> change.ttl = Duration.ofHours(1)),
                keyed(change -> change.priority = 1),
                keyed(change -> change.runAt = Instant.EPOCH),
                keyed(change -> change.maxAttempts = 1),
                keyed(change -> change.timeout = Duration.ofSeconds(1)));
        assertThat(all.stream().map(Submission::fingerprint).collect(Collectors.toSet()))
                .hasSize(all.size());
        // A retry has another trace and is the same request.
        assertThat(keyed(change -> change.traceId = "retry").fingerprint()).isEqualTo(s.fingerprint());
    }

    @Test
    void aKeyIsFreeAgainOnceItsJobIsRemoved() {
        group.start();
        UUID first = submit(TestJobs.withKey("{\"a\": 1}", "again")).job().id();
        JOBS.cancel(first);
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 s'");
        JOBS.deleteExpired(1);
        assertThat(submit(TestJobs.withKey("{\"a\": 2}", "again")).replayed()).isFalse();
    }

    @Test
    void aSubmitWaitsForAnotherThatHoldsItsKey() {
        group.start();
        UUID id = UUID.randomUUID();
        Submission submission = TestJobs.withKey("{}", "elsewhere");
        try (Parked otherNode = new Parked(JOBS.jdbi())) {
            otherNode.execute(
                    "INSERT INTO jobs (id, tool_name, trace_id, parameters, expires_at, idempotency_key, request_hash)"
                            + " VALUES (?, 'echo', 't', '{}', NOW() + INTERVAL '1 h', 'elsewhere', decode(?, 'hex'))",
                    id,
                    submission.fingerprint());
            CompletableFuture<Submitted> here = Parked.beside(() -> submit(submission));
            otherNode.awaitWaiters(1);
            otherNode.commit();
            assertThat(here.join().job().id()).isEqualTo(id);
            assertThat(here.join().replayed()).isTrue();
        }
    }

    @Test
    void aSubmissionThatTheDatabaseRefusesDoesNotFailTheOthersOfItsGroup() {
        List<CompletableFuture<Job>> good = new ArrayList<>();
        good.add(add(numbered(1)));
        CompletableFuture<Job> bad = add(TestJobs.withParams(TestJobs.TOOL, "{\"nul\": \"\\u0000\"}"));
        good.add(add(numbered(2)));
        group.start();
        assertThat(good).allSatisfy(job -> assertThat(job.join()).isNotNull());
        assertThatThrownBy(bad::join).hasCauseInstanceOf(UnableToExecuteStatementException.class);
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(2);
    }

    @Test
    void groupsWithTheSameKeysInOppositeOrderDoNotDeadlock() {
        List<Submission> forth = keyed();
        List<Submission> back = new ArrayList<>(keyed());
        Collections.reverse(back);
        try (Parked otherNode = new Parked(JOBS.jdbi())) {
            // Another node submits a key from the middle: both groups have inserted their first half.
            otherNode.execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at, idempotency_key)"
                    + " VALUES ('echo', 't', '{}', NOW() + INTERVAL '1 h', 'key-250')");
            List<CompletableFuture<Job>> all = new ArrayList<>(addAll(forth));
            all.addAll(addAll(back));
            group.start();
            otherNode.awaitWaiters(2);
            otherNode.rollback();
            assertThat(all.stream().map(CompletableFuture::join).filter(job -> job != null))
                    .hasSize(500);
        }
    }

    private static List<Submission> keyed() {
        return Stream.iterate(0, i -> i < 500, i -> i + 1)
                .map(i -> TestJobs.withKey("{}", "key-" + i))
                .toList();
    }

    @Test
    void aStoppingNodeRejectsWaitingAndLaterSubmissions() {
        CompletableFuture<Job> waiting = add(TestJobs.submission());
        group.stop();
        assertThatThrownBy(waiting::join)
                .hasCauseInstanceOf(SubmissionRejected.class)
                .satisfies(e -> assertThat(((SubmissionRejected) e.getCause()).reason())
                        .isEqualTo(SubmissionRejected.Reason.STOPPING));
        assertThatThrownBy(() -> intake.submit(TestJobs.submission()))
                .isInstanceOfSatisfying(
                        SubmissionRejected.class,
                        e -> assertThat(e.reason()).isEqualTo(SubmissionRejected.Reason.STOPPING));
    }

    @Test
    void aSubmissionBeyondTheWaitingQueueIsRejectedAsOverload() {
        addAll(Collections.nCopies(10_000, TestJobs.submission()));
        assertThatThrownBy(() -> intake.submit(TestJobs.submission()))
                .isInstanceOfSatisfying(
                        SubmissionRejected.class,
                        e -> assertThat(e.reason()).isEqualTo(SubmissionRejected.Reason.OVERLOADED));
    }
}
