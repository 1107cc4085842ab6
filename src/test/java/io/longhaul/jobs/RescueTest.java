package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RescueTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private Lease lost(int maxLosses) {
        JOBS.pending();
        long node = JOBS.liveNode();
        Lease lease = JOBS.claim(node, maxLosses);
        JOBS.kill(node);
        return lease;
    }

    @Test
    void theJobsOfADeadNodeRunAgainAsTheNextAttempt() {
        Lease lost = lost(3);
        assertThat(JOBS.transitions().rescue(10, null)).containsExactly(lost.jobId());
        Job job = JOBS.job(lost.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(JOBS.stored(job.id(), "losses", Integer.class)).isEqualTo(1);
        assertThat(JOBS.stored(job.id(), "failures", Integer.class)).isZero();
        long other = JOBS.liveNode();
        assertThat(JOBS.claim(other)).isEqualTo(new Lease(job.id(), 2, other));
    }

    @Test
    void aLossIsRecordedAsAnAttemptWithItsNode() {
        Lease lost = lost(3);
        JOBS.transitions().rescue(10, null);
        assertThat(JOBS.queries().failedAttempts(lost.jobId())).singleElement().satisfies(attempt -> {
            assertThat(attempt.attempt()).isEqualTo(1);
            assertThat(attempt.nodeName()).isEqualTo("live");
            assertThat(attempt.errorCode()).isEqualTo("WORKER_LOST");
            assertThat(attempt.errorMessage()).isEqualTo("The node live was lost.");
            assertThat(attempt.heardAt())
                    .isAfter(attempt.startedAt().minusSeconds(60))
                    .isBefore(attempt.endedAt());
        });
    }

    @Test
    void aJobShownAsRunningIsRescuedLikeAnyOther() {
        Lease lease = JOBS.leased();
        JOBS.showRunning(lease);
        JOBS.kill(lease.nodeId());
        assertThat(JOBS.transitions().rescue(10, null)).hasSize(1);
        assertThat(JOBS.job(lease.jobId()).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.job(lease.jobId()).startedAt()).isNull();
    }

    @Test
    void theJobsOfAForgottenNodeAreRescued() {
        Lease lease = JOBS.leased();
        JOBS.update("DELETE FROM nodes");
        assertThat(JOBS.transitions().rescue(10, null)).containsExactly(lease.jobId());
        assertThat(JOBS.queries().failedAttempts(lease.jobId()).get(0).errorMessage())
                .isEqualTo("The node that worked on this job was lost.");
    }

    @Test
    void theJobsOfALivingNodeAreLeftAlone() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.transitions().rescue(10, null)).isEmpty();
        assertThat(JOBS.isLeased(lease.jobId())).isTrue();
    }

    @Test
    void aRenewedNodeKeepsItsJobs() {
        Lease lease = lost(3);
        assertThat(JOBS.nodes().renew(JOBS.run(lease.nodeId()), 60_000)).isPresent();
        assertThat(JOBS.transitions().rescue(10, null)).isEmpty();
        assertThat(JOBS.complete(lease, "1")).isTrue();
    }

    @Test
    void aLostWorkerIsReplacedAtMostMaxLossesTimes() {
        UUID id = lost(2).jobId();
        JOBS.transitions().rescue(10, null);
        loseAgain(2);
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.PENDING);
        loseAgain(2);
        Job job = JOBS.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("WORKER_LOST");
        assertThat(job.completedAt()).isNotNull();
        assertThat(job.attempt()).isEqualTo(3);
        assertThat(JOBS.stored(id, "losses", Integer.class)).isEqualTo(3);
        assertThat(JOBS.queries().failedAttempts(id)).hasSize(3);
    }

    private void loseAgain(int maxLosses) {
        long node = JOBS.liveNode();
        JOBS.claim(node, maxLosses);
        JOBS.kill(node);
        JOBS.transitions().rescue(10, null);
    }

    @Test
    void aJobWhoseToolForbidsRetryFailsWhenItsWorkerIsLost() {
        Lease lost = lost(0);
        JOBS.transitions().rescue(10, null);
        Job job = JOBS.job(lost.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("WORKER_LOST");
        assertThat(job.errorMessage()).isEqualTo("The node live was lost.");
        assertThat(job.startedAt()).isNotNull();
    }

    @Test
    void aRescuedJobThatCompletesShowsNoError() {
        Lease lost = lost(3);
        JOBS.transitions().rescue(10, null);
        Lease next = JOBS.claim(JOBS.liveNode());
        JOBS.complete(next, "1");
        assertThat(JOBS.job(lost.jobId()).errorCode()).isNull();
    }

    @Test
    void aRescueStopsAtItsLimitAndAnotherTakesTheRest() {
        JOBS.pendingMany(TestJobs.TOOL, 5);
        long node = JOBS.liveNode();
        JOBS.claim(node, 3, 5, TestJobs.TOOL);
        JOBS.kill(node);
        assertThat(JOBS.transitions().rescue(3, null)).hasSize(3);
        assertThat(JOBS.transitions().rescue(3, null)).hasSize(2);
    }

    @Test
    void aDeadNodeIsForgottenOnceItsJobsAreRescued() {
        Lease lost = lost(3);
        NodeLeases.Run run = JOBS.run(lost.nodeId());
        assertThat(JOBS.nodes().forgetDead()).isZero();
        JOBS.transitions().rescue(10, null);
        assertThat(JOBS.nodes().forgetDead()).isEqualTo(1);
        assertThat(JOBS.nodes().renew(run, 60_000)).isEmpty();
    }

    @Test
    void aNodeThatHoldsJobsCannotLeave() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.nodes().leave(JOBS.run(lease.nodeId()))).isZero();
        JOBS.complete(lease, "1");
        assertThat(JOBS.nodes().leave(JOBS.run(lease.nodeId()))).isEqualTo(1);
    }

    @Test
    void aRunningJobThatNobodyHoldsGoesBackIntoTheQueue() {
        Lease lease = JOBS.leased();
        JOBS.showRunning(lease);
        JOBS.update("DELETE FROM job_leases");
        JOBS.update("UPDATE jobs SET started_at = NOW() - INTERVAL '30 h', created_at = NOW() - INTERVAL '30 h',"
                + " expires_at = NOW() - INTERVAL '6 h'");
        assertThat(JOBS.rescueUnleased(10)).hasSize(1);
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        assertThat(JOBS.claim(lease.nodeId())).isEqualTo(new Lease(lease.jobId(), 2, lease.nodeId()));
    }

    @Test
    void aRunningJobThatNobodyHoldsFailsIfItsToolForbidsRetry() {
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> JOBS.pending()).toList();
        JOBS.update("UPDATE jobs SET status = 'running', started_at = NOW() - INTERVAL '1 h', ttl_seconds = NULL,"
                + " created_at = NOW() - INTERVAL '2 h', expires_at = NOW() + INTERVAL '22 h'");
        JOBS.update("UPDATE jobs SET max_losses = 1 WHERE id = ?", ids.get(1));
        JOBS.update("UPDATE jobs SET tool_name = 'elsewhere' WHERE id = ?", ids.get(2));
        assertThat(JOBS.transitions().rescueUnleased(10, null, new String[] {TestJobs.TOOL}, new Integer[] {0}))
                .containsExactlyInAnyOrderElementsOf(ids);
        Job failed = JOBS.job(ids.get(0));
        assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
        assertThat(failed.errorCode()).isEqualTo("WORKER_LOST");
        assertThat(failed.errorMessage()).isEqualTo("The node that worked on this job was lost.");
        assertThat(failed.attempt()).isEqualTo(1);
        assertThat(JOBS.count(
                        "SELECT count(*) FROM jobs WHERE id = ? AND completed_at > started_at AND failure IS NOT NULL"
                                + " AND expires_at > NOW() + INTERVAL '23 h'",
                        ids.get(0)))
                .isEqualTo(1);
        assertThat(JOBS.job(ids.get(1)).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.job(ids.get(2)).status()).isEqualTo(JobStatus.PENDING);
    }

    /** The predecessor could begin a job that it had cancelled. */
    @Test
    void aRunningJobWithATimeOfItsEndGoesBackIntoTheQueue() {
        UUID id = JOBS.pending();
        String check = JOBS.jdbi()
                .withHandle(h -> h.select(
                                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'jobs_ended'")
                        .mapTo(String.class)
                        .one());
        JOBS.update("ALTER TABLE jobs DROP CONSTRAINT jobs_ended");
        JOBS.update("UPDATE jobs SET status = 'running', completed_at = NOW(), started_at = NOW() - INTERVAL '1 h'");
        JOBS.update("ALTER TABLE jobs ADD CONSTRAINT jobs_ended " + check);
        assertThat(JOBS.rescueUnleased(10)).containsExactly(id);
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.job(id).completedAt()).isNull();
    }

    @Test
    void aRunningJobWithALeaseIsNotPutBack() {
        Lease lease = JOBS.leased();
        JOBS.showRunning(lease);
        JOBS.update("UPDATE jobs SET started_at = NOW() - INTERVAL '1 h'");
        assertThat(JOBS.rescueUnleased(10)).isEmpty();
    }

    @Test
    void aLeaseOnAJobThatIsGoneIsRemoved() {
        Lease lease = JOBS.leased();
        JOBS.update("DELETE FROM jobs");
        assertThat(JOBS.nodes().removeIdle()).isZero();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '1 min'");
        assertThat(JOBS.nodes().removeIdle()).isEqualTo(1);
        assertThat(JOBS.isLeased(lease.jobId())).isFalse();
    }

    @Test
    void aNodeFindsEachLeaseItHasLost() {
        Lease kept = JOBS.leased();
        Lease cancelled = JOBS.leased();
        JOBS.cancel(cancelled.jobId());
        assertThat(JOBS.isLost(kept)).isFalse();
        assertThat(JOBS.isLost(cancelled)).isTrue();
        assertThat(JOBS.isLost(new Lease(kept.jobId(), 2, kept.nodeId()))).isTrue();
        assertThat(JOBS.isLost(new Lease(kept.jobId(), 1, kept.nodeId() + 1))).isTrue();
    }
}
