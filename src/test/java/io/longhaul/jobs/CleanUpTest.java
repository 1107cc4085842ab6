package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CleanUpTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private void expireAll() {
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 min'");
    }

    @Test
    void endedJobsAreRemovedWithTheirLogsAndProgress() {
        Lease completed = JOBS.leased();
        JOBS.report(completed, 0.5, "half");
        JOBS.log(completed, "a line");
        JOBS.complete(completed, "1");
        JOBS.fail(JOBS.leased());
        JOBS.cancel(JOBS.pending());
        expireAll();
        assertThat(JOBS.deleteExpired(10)).isEqualTo(3);
        for (String table : List.of("jobs", "job_leases", "job_attempts", "job_progress", "job_logs")) {
            assertThat(JOBS.count("SELECT count(*) FROM " + table)).as(table).isZero();
        }
    }

    @Test
    void endedJobsAreKeptUntilTheyExpire() {
        Lease lease = JOBS.leased();
        JOBS.complete(lease, "1");
        assertThat(JOBS.deleteExpired(10)).isZero();
        assertThat(JOBS.queries().find(lease.jobId())).isPresent();
    }

    @Test
    void pendingAndRunningJobsAreNeverRemoved() {
        Lease shown = JOBS.leased();
        JOBS.showRunning(shown);
        JOBS.leased();
        JOBS.pending();
        expireAll();
        assertThat(JOBS.deleteExpired(10)).isZero();
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(3);
        assertThat(JOBS.complete(shown, "1")).isTrue();
    }

    @Test
    void theOldestAreRemovedFirstUpToTheLimit() {
        for (int i = 1; i <= 3; i++) {
            UUID id = JOBS.pending("tool" + i);
            JOBS.cancel(id);
            JOBS.update("UPDATE jobs SET expires_at = NOW() - make_interval(hours => ?) WHERE id = ?", i, id);
        }
        assertThat(JOBS.deleteExpired(2)).isEqualTo(2);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE tool_name = 'tool1'"))
                .isEqualTo(1);
    }

    @Test
    void aJobThatDidNotBeginInTimeFailsWithAClearError() {
        UUID id = JOBS.pending();
        JOBS.lateToStart();
        assertThat(JOBS.transitions().expirePending(10, null)).containsExactly(id);
        Job job = JOBS.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("EXPIRED");
        assertThat(job.errorMessage())
                .contains("expired before a worker could begin it, within the 60 seconds")
                .contains("its submit (start_within_seconds) or its tool (start_within)")
                .contains("with a longer start_within_seconds, or when workers")
                .doesNotContain("without");
        assertThat(job.expiresAt()).isAfter(job.readAt());
    }

    /** A migration gives it a limit of no seconds. */
    @Test
    void aJobThatExpiredBeforeItCameHereSaysSo() {
        UUID id = JOBS.pending();
        JOBS.lateToStart();
        JOBS.update("UPDATE jobs SET start_within_seconds = 0, ttl_seconds = NULL");
        assertThat(JOBS.transitions().expirePending(10, null)).containsExactly(id);
        assertThat(JOBS.job(id).errorMessage())
                .isEqualTo("The job had expired in the system that accepted it, before it came here. Submit it again.");
    }

    @Test
    void aLeasedJobDoesNotExpire() {
        Lease lease = JOBS.leased();
        Lease shown = JOBS.leased();
        JOBS.showRunning(shown);
        JOBS.lateToStart();
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        assertThat(JOBS.complete(lease, "1")).isTrue();
    }

    @Test
    void aJobThatHasJustExpiredIsNotYetFailed() {
        JOBS.pending();
        JOBS.lateToStart();
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 s'");
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
    }
}
