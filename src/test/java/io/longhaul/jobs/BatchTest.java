package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.BatchQueries;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BatchTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final JointCommit commits = new JointCommit(JOBS.jdbi(), new JobSignals());
    private final UUID batch = UUID.randomUUID();

    private JointCommit.Answer commit(boolean allOrNone, Submission... submissions) {
        return commits.commit(List.of(submissions), batch, allOrNone);
    }

    private Batch found() {
        return JOBS.jdbi().withExtension(BatchQueries.class, b -> b.find(batch)).orElseThrow();
    }

    private List<UUID> end() {
        return JOBS.jdbi().withExtension(BatchTransitions.class, b -> b.end(new UUID[] {batch}));
    }

    private int deleteExpired() {
        return JOBS.jdbi().withExtension(BatchTransitions.class, b -> b.deleteExpired(10));
    }

    private static Submission keyed(String params, String key) {
        return TestJobs.withKey(params, key);
    }

    @Test
    void aThousandJobsAreOneBatchInTheirOrder() {
        List<Submission> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(TestJobs.withParams("echo", "{\"n\": " + i + "}"));
        }
        List<UUID> ids = commits.commit(many, batch, true).results().stream()
                .map(result -> result.submitted().job().id())
                .toList();
        assertThat(JOBS.claim(JOBS.liveNode(), 3, 1_000, "echo"))
                .extracting(job -> job.lease().jobId())
                .isEqualTo(ids);
        assertThat(found())
                .extracting(Batch::total, Batch::pending, Batch::running)
                .containsExactly(1_000, 0, 1_000);
    }

    @Test
    void oneRejectedJobKeepsTheWholeBatchFromBeingStored() {
        JOBS.enqueue(keyed("{}", "used"));
        JointCommit.Answer answer = commit(true, TestJobs.submission(), keyed("{\"other\": 1}", "used"));
        assertThat(answer.stored()).isFalse();
        assertThat(answer.results().get(1).rejected().reason())
                .isEqualTo(SubmissionRejected.Reason.IDEMPOTENCY_KEY_REUSED);
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
        assertThat(JOBS.count("SELECT count(*) FROM job_batches")).isZero();
    }

    @Test
    void theValidJobsOfABatchAreStoredIfTheClientAsksForThat() {
        UUID earlier = JOBS.enqueue(keyed("{}", "used"));
        JointCommit.Answer answer = commit(
                false, TestJobs.submission(), keyed("{\"other\": 1}", "used"), keyed("{}", "used"), keyed("{}", "new"));
        assertThat(answer.results()).hasSize(4);
        assertThat(answer.results().get(0).submitted().replayed()).isFalse();
        assertThat(answer.results().get(1).rejected()).isNotNull();
        assertThat(answer.results().get(2).submitted().replayed()).isTrue();
        assertThat(answer.results().get(2).submitted().job().id()).isEqualTo(earlier);
        assertThat(found().total()).isEqualTo(2);
    }

    @Test
    void theSameKeyTwiceInABatchIsOneJob() {
        JointCommit.Answer answer = commit(true, keyed("{}", "twice"), keyed("{}", "twice"));
        assertThat(answer.results())
                .extracting(result -> result.submitted().job().id())
                .containsOnly(answer.results().get(0).submitted().job().id());
        assertThat(answer.results())
                .extracting(result -> result.submitted().replayed())
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aBatchThatIsSentAgainMakesNothingNew() {
        commit(true, keyed("{}", "a"), keyed("{}", "b"));
        JointCommit.Answer again = commits.commit(List.of(keyed("{}", "a"), keyed("{}", "b")), UUID.randomUUID(), true);
        assertThat(again.results()).allMatch(result -> result.submitted().replayed());
        assertThat(again.results())
                .allMatch(
                        result -> batch.equals(result.submitted().job().extras().batchId()));
        assertThat(JOBS.count("SELECT count(*) FROM job_batches")).isEqualTo(1);
    }

    @Test
    void aBatchEndsWithItsLastJob() {
        commit(true, TestJobs.submission(), TestJobs.submission());
        long node = JOBS.liveNode();
        JOBS.complete(JOBS.claim(node), "1");
        Lease last = JOBS.claim(node);
        assertThat(end()).isEmpty();
        assertThat(found().endedAt()).isNull();
        JOBS.fail(last);
        assertThat(end()).containsExactly(batch);
        assertThat(found().endedAt()).isNotNull();
        assertThat(found()).extracting(Batch::completed, Batch::failed).containsExactly(1, 1);
        assertThat(end()).isEmpty();
    }

    @Test
    void twoNodesThatSeeTheEndOfABatchReportItOnce() {
        commit(true, TestJobs.submission());
        JOBS.complete(JOBS.claim(JOBS.liveNode()), "1");
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM job_batches FOR UPDATE");
            CompletableFuture<List<UUID>> one = Parked.beside(this::end);
            CompletableFuture<List<UUID>> two = Parked.beside(this::end);
            holder.awaitWaiters(2);
            holder.commit();
            assertThat(one.join().size() + two.join().size()).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsRemovedAfterItsJobs() {
        commit(true, TestJobs.submission());
        JOBS.complete(JOBS.claim(JOBS.liveNode()), "1");
        end();
        JOBS.update("UPDATE job_batches SET expires_at = NOW() - INTERVAL '1 s'");
        assertThat(deleteExpired()).isZero();
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 s'");
        JOBS.deleteExpired(10);
        assertThat(found().removed()).isEqualTo(1);
        assertThat(deleteExpired()).isEqualTo(1);
    }

    @Test
    void jobsOfABatchMayWaitForOthers() {
        UUID first = JOBS.pending();
        JobExtras extras = JobExtras.of(e -> e.after = List.of(first));
        Submission waiting = TestJobs.submission(s -> {
            s.ttl = Duration.ofHours(1);
            s.extras = extras;
        });
        commits.commit(Collections.nCopies(3, waiting), batch, true);
        assertThat(JOBS.count("SELECT count(*) FROM job_dependencies WHERE after_id = ?", first))
                .isEqualTo(3);
    }
}
