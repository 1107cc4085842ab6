package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that lost its lease can write nothing. */
class FencingTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private Lease rescued() {
        Lease stale = JOBS.leased();
        JOBS.kill(stale.nodeId());
        assertThat(JOBS.transitions().rescue(10, null)).hasSize(1);
        return stale;
    }

    private Lease rescuedAndClaimed() {
        Lease stale = rescued();
        assertThat(JOBS.claim(JOBS.liveNode()).jobId()).isEqualTo(stale.jobId());
        return stale;
    }

    private Lease cancelled() {
        Lease stale = JOBS.leased();
        JOBS.cancel(stale.jobId());
        return stale;
    }

    private List<Lease> allStale() {
        return List.of(rescuedAndClaimed(), cancelled(), rescued());
    }

    private String row(UUID id) {
        return JOBS.stored(id, "JOBS::text", String.class);
    }

    private void cannot(java.util.function.Predicate<Lease> write) {
        for (Lease stale : allStale()) {
            String before = row(stale.jobId());
            boolean leased = JOBS.isLeased(stale.jobId());
            assertThat(write.test(stale)).isFalse();
            assertThat(row(stale.jobId())).isEqualTo(before);
            assertThat(JOBS.isLeased(stale.jobId())).isEqualTo(leased);
        }
        assertThat(JOBS.count("SELECT count(*) FROM job_attempts WHERE error_code <> 'WORKER_LOST'"))
                .isZero();
    }

    @Test
    void aStaleWorkerCannotFinishARescuedJob() {
        Lease stale = rescuedAndClaimed();
        assertThat(JOBS.complete(stale, "\"stale\"")).isFalse();
        assertThat(JOBS.job(stale.jobId()).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(JOBS.job(stale.jobId()).result()).isNull();
    }

    @Test
    void aStaleWorkerCannotFinishACancelledJob() {
        Lease stale = cancelled();
        assertThat(JOBS.complete(stale, "\"late\"")).isFalse();
        assertThat(JOBS.job(stale.jobId()).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(stale.jobId()).result()).isNull();
    }

    @Test
    void aStaleWorkerCannotComplete() {
        cannot(stale -> JOBS.complete(stale, "1"));
    }

    @Test
    void aStaleWorkerCannotFailAJob() {
        cannot(JOBS::fail);
    }

    @Test
    void aStaleWorkerCannotRetryAJob() {
        cannot(stale -> JOBS.retryLater(stale, 1));
    }

    @Test
    void aStaleWorkerCannotGiveAJobBack() {
        cannot(JOBS::giveBack);
    }

    @Test
    void aStaleWorkerCannotLoseAJob() {
        cannot(JOBS::loseOutcome);
    }

    @Test
    void aStaleWorkerCannotShowAJobAsRunning() {
        cannot(JOBS::showRunning);
    }

    @Test
    void aStaleWorkerCannotReportProgress() {
        cannot(stale -> JOBS.report(stale, 0.5, "stale"));
        assertThat(JOBS.count("SELECT count(*) FROM job_progress")).isZero();
    }

    @Test
    void aStaleWorkerCannotWriteToTheLogOfTheNextAttempt() {
        Lease stale = rescuedAndClaimed();
        assertThat(JOBS.log(stale, "stale")).isFalse();
        assertThat(JOBS.queries().logs(stale.jobId(), 0, 10)).isEmpty();
    }

    @Test
    void theSecondOfTwoCompletionsOfOneLeaseIsRefused() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.complete(lease, "\"first\"")).isTrue();
        assertThat(JOBS.complete(lease, "\"second\"")).isFalse();
        assertThat(JOBS.job(lease.jobId()).result()).isEqualTo("\"first\"");
    }

    @Test
    void theSecondOfTwoCompletionsInOneStatementIsRefused() {
        Lease lease = JOBS.leased();
        List<UUID> ended = JOBS.transitions()
                .complete(
                        new UUID[] {lease.jobId(), lease.jobId()},
                        new Integer[] {1, 1},
                        new Long[] {lease.nodeId(), lease.nodeId()},
                        new String[] {"1", "2"});
        assertThat(ended).containsExactly(lease.jobId());
    }

    @Test
    void anotherNodeCannotFinishAJobUnderTheRightAttempt() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.complete(new Lease(lease.jobId(), lease.attempt(), JOBS.liveNode()), "1"))
                .isFalse();
        assertThat(JOBS.complete(lease, "1")).isTrue();
    }

    @Test
    void aWorkerWhoseJobWasGivenBackAndClaimedByItsOwnNodeIsStale() {
        Lease stale = JOBS.leased();
        JOBS.giveBack(stale);
        Lease next = JOBS.claim(stale.nodeId());
        assertThat(JOBS.complete(stale, "1")).isFalse();
        assertThat(JOBS.complete(next, "2")).isTrue();
        assertThat(JOBS.job(stale.jobId()).result()).isEqualTo("2");
    }
}
