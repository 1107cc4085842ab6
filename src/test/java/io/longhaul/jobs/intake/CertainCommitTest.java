package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.sql.JobInserts;
import io.longhaul.testing.CutWire;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A committed job is reported as committed even if the answer to the commit is lost. */
class CertainCommitTest {
    private static final String INSERT = "INSERT INTO jobs";

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final CutWire wire = CutWire.to(DATABASE);
    private final Jdbi jdbi = Jdbi.create(wire.dataSource(DATABASE))
            .installPlugin(new SqlObjectPlugin())
            .installPlugin(new PostgresPlugin());
    private final GroupCommit commits = new GroupCommit(jdbi, failing());
    private final Intake intake = new Intake(jdbi, submission -> {}, commits, new JointCommit(jdbi, failing()));

    /** The listener for commits fails in each of these tests. */
    private static JobSignals failing() {
        JobSignals signals = new JobSignals();
        signals.onReady(CertainCommitTest::fails);
        signals.onAwaited(jobs -> fails());
        return signals;
    }

    private static void fails() {
        throw new IllegalStateException("A signal fails.");
    }

    @BeforeEach
    void start() {
        commits.start();
    }

    @AfterEach
    void stop() {
        commits.stop();
        wire.close();
    }

    private static List<UUID> stored() {
        return JOBS.jdbi()
                .withHandle(h ->
                        h.createQuery("SELECT id FROM jobs").mapTo(UUID.class).list());
    }

    @Test
    void aJobWhoseCommitAnswerWasLostIsFound() throws Exception {
        wire.cutAfterCommitOf(INSERT);

        Submitted submitted = intake.submit(TestJobs.submission());

        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(submitted.replayed()).isFalse();
        assertThat(stored()).containsExactly(submitted.job().id());
        Job read = JOBS.job(submitted.job().id());
        assertThat(submitted.job().createdAt()).isEqualTo(read.createdAt());
        assertThat(submitted.job().expiresAt()).isEqualTo(read.expiresAt());
    }

    @Test
    void aLostAnswerDoesNotMakeItsOwnKeyAConflict() throws Exception {
        wire.cutAfterCommitOf(INSERT);

        Submitted submitted = intake.submit(TestJobs.withKey("{}", "mine"));

        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(submitted.replayed()).isFalse();
        assertThat(stored()).containsExactly(submitted.job().id());
    }

    @Test
    void aStatementThatNeverReachedTheServerIsSentAgain() throws Exception {
        wire.cutBefore(INSERT);

        Submitted submitted = intake.submit(TestJobs.submission());

        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(stored()).containsExactly(submitted.job().id());
    }

    @Test
    void aBatchWhoseCommitAnswerWasLostIsFoundWhole() {
        wire.cutAfterCommitOf("COMMIT");

        JointCommit.Answer answer = intake.submitAll(
                List.of(TestJobs.submission(), TestJobs.withKey("{}", "one of two")), UUID.randomUUID(), true);

        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(answer.stored()).isTrue();
        assertThat(stored())
                .containsExactlyInAnyOrderElementsOf(answer.results().stream()
                        .map(result -> result.submitted().job().id())
                        .toList());
        assertThat(answer.results()).noneMatch(result -> result.submitted().replayed());
    }

    @Test
    void aBatchThatWasCutBeforeItsCommitIsWrittenAgain() {
        wire.cutBefore("COMMIT");

        JointCommit.Answer answer =
                intake.submitAll(List.of(TestJobs.submission(), TestJobs.submission()), UUID.randomUUID(), true);

        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(stored())
                .containsExactlyInAnyOrderElementsOf(answer.results().stream()
                        .map(result -> result.submitted().job().id())
                        .toList());
    }

    @OwnSession
    @Test
    void aBatchWhoseCommitIsUnderWayWhenItIsWrittenAgainIsFoundWhole() {
        JointCommit.Answer answer = whileTheFirstCommitIsUnderWay(
                "COMMIT",
                () -> intake.submitAll(List.of(TestJobs.submission(), TestJobs.submission()), UUID.randomUUID(), true));

        assertThat(answer.stored()).isTrue();
        assertThat(stored())
                .containsExactlyInAnyOrderElementsOf(answer.results().stream()
                        .map(result -> result.submitted().job().id())
                        .toList());
    }

    /** Its own key is no earlier submission. */
    @OwnSession
    @Test
    void aJobWithAKeyWhoseCommitIsUnderWayWhenItIsWrittenAgainIsNew() {
        Submitted submitted =
                whileTheFirstCommitIsUnderWay(INSERT, () -> intake.submit(TestJobs.withKey("{}", "late")));

        assertThat(submitted.replayed()).isFalse();
        assertThat(stored()).containsExactly(submitted.job().id());
    }

    @OwnSession
    @Test
    void aBatchWithAKeyWhoseCommitIsUnderWayWhenItIsWrittenAgainIsNew() {
        JointCommit.Answer answer = whileTheFirstCommitIsUnderWay(
                "COMMIT",
                () -> intake.submitAll(List.of(TestJobs.withKey("{}", "late, too")), UUID.randomUUID(), true));

        assertThat(answer.results()).noneMatch(result -> result.submitted().replayed());
        assertThat(stored()).hasSize(1);
    }

    /** Cuts the connection during the commit, and lets it end once the second write waits for it. */
    private <T> T whileTheFirstCommitIsUnderWay(String statement, Callable<T> submit) {
        JOBS.update("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END'");
        JOBS.update("CREATE CONSTRAINT TRIGGER held AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION hold()");
        try (Parked commit = new Parked(JOBS.jdbi())) {
            commit.execute("SELECT pg_advisory_xact_lock(7)");
            wire.cutDuring(statement);
            CompletableFuture<T> answer = Parked.beside(() -> {
                try {
                    return submit.call();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            // The first commit, and the second write behind it.
            commit.awaitWaiters(2);
            commit.rollback();
            return answer.join();
        } finally {
            JOBS.update("DROP FUNCTION hold CASCADE");
        }
    }

    @Test
    void anAtomicBatchWithAKeyThatIsTakenIsStillRejectedWhole() throws Exception {
        intake.submit(TestJobs.withKey("{}", "taken"));

        JointCommit.Answer answer = intake.submitAll(
                List.of(TestJobs.submission(), TestJobs.withKey("{\"other\": 1}", "taken")), UUID.randomUUID(), true);

        assertThat(answer.stored()).isFalse();
        assertThat(answer.results().get(1).rejected()).isNotNull();
        assertThat(stored()).hasSize(1);
    }

    @Test
    void waitingJobsAreAnsweredAlthoughTheListenerFails() throws Exception {
        UUID first = intake.submit(TestJobs.submission()).job().id();

        Submitted after = intake.submit(after(first));

        assertThat(stored()).containsExactlyInAnyOrder(first, after.job().id());
    }

    @Test
    void withoutTheDatabaseTheOutcomeIsUnknownAndTheAnswerNamesTheJob() {
        wire.cutForGoodAfterCommitOf(INSERT);
        NewJob job = NewJob.of(TestJobs.submission());
        CertainCommit certain = new CertainCommit(jdbi, Duration.ofMillis(300));

        assertThatThrownBy(() -> certain.write(List.of(job.id()), () -> write(job)))
                .isInstanceOfSatisfying(
                        CommitUnknownException.class,
                        unknown -> assertThat(unknown.jobs()).containsExactly(job.id()));
        assertThat(stored()).containsExactly(job.id());
    }

    @Test
    void withoutAnyConnectionTheAnswerSaysThatNothingWasStored() {
        wire.cutForGoodAfterCommitOf("SELECT 1");
        jdbi.useHandle(h -> {
            assertThatThrownBy(() -> h.execute("SELECT 1")).isNotNull();
        });

        assertThatThrownBy(() -> intake.submit(TestJobs.submission()))
                .isInstanceOf(org.jdbi.v3.core.ConnectionException.class);
        assertThat(stored()).isEmpty();
    }

    @Test
    void aRefusalOfTheServerIsNotTriedAgain() {
        wire.cutAfterCommitOf("never sent");

        assertThatThrownBy(() -> intake.submit(TestJobs.withParams("echo", "no JSON")))
                .isNotInstanceOf(CommitUnknownException.class);
        assertThat(stored()).isEmpty();
    }

    @Test
    void aFullExecutorLosesNoAnswer() throws Exception {
        GroupCommit late = new GroupCommit(jdbi, new JobSignals());
        Intake slow = new Intake(jdbi, submission -> {}, late, new JointCommit(jdbi, new JobSignals()));
        CompletableFuture<Submitted> answer = slow.begin(TestJobs.submission(), work -> {
            throw new RejectedExecutionException("full");
        });
        late.start();
        try {
            UUID id = answer.get(60, TimeUnit.SECONDS).job().id();
            assertThat(stored()).containsExactly(id);
        } finally {
            late.stop();
        }
    }

    @Test
    void aCancelWhoseCommitAnswerWasLostIsReported() throws Exception {
        UUID id = intake.submit(TestJobs.submission()).job().id();
        wire.cutAfterCommitOf("COMMIT");

        assertThat(new Cancellation(jdbi).cancel(id)).contains(Cancellation.Answer.CANCELLED);
        assertThat(wire.cuts()).isEqualTo(1);
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void committedPartsOfABulkCancelAreReportedWhenALaterOneFails() throws Exception {
        List<UUID> ids = intake
                .submitAll(java.util.Collections.nCopies(250, TestJobs.submission()), UUID.randomUUID(), true)
                .results()
                .stream()
                .map(result -> result.submitted().job().id())
                .toList();
        JobSignals signals = new JobSignals();
        signals.onCancelled(some -> {
            wire.cutForGoodAfterCommitOf("SELECT 1");
            try {
                jdbi.useHandle(h -> h.execute("SELECT 1"));
            } finally {
                fails();
            }
        });

        BulkCancellation.Answer answer = new BulkCancellation(jdbi, signals).cancel(ids);

        assertThat(answer).isEqualTo(new BulkCancellation.Answer(200, 200, false));
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE status = 'cancelled'"))
                .isEqualTo(200);
    }

    private static Submission after(UUID other) {
        JobExtras extras = JobExtras.of(e -> e.after = List.of(other));
        return TestJobs.submission(s -> s.extras = extras);
    }

    private Map<UUID, JobInserts.Accepted> write(NewJob job) {
        return jdbi.withExtension(NewJobs.Statements.class, s -> NewJobs.insert(s, IntakeHints.NONE, List.of(job)));
    }
}
