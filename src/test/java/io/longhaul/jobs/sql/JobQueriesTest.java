package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Progress;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobQueriesTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final JobFilter ALL = JobFilter.ALL;

    private static JobFilter ofStatus(JobStatus status) {
        return ALL.of(List.of(status));
    }

    private static JobFilter filter(
            JobStatus status, String tool, String traceId, Instant createdAfter, Instant createdBefore) {
        return ALL.of(status == null ? List.of() : List.of(status))
                .by(By.TOOL, tool)
                .by(By.TRACE_ID, traceId)
                .by(By.CREATED_AFTER, createdAfter)
                .by(By.CREATED_BEFORE, createdBefore);
    }

    private static List<Job> read(JobFilter filter, int limit, long offset) {
        return JOBS.queries()
                .page(filter.conditions(), filter.order().sql(), filter.values(), true, true, limit, offset);
    }

    private static List<UUID> page(JobFilter filter, int limit, long offset) {
        return read(filter, limit, offset).stream().map(Job::id).toList();
    }

    private static List<UUID> all(JobFilter filter) {
        return page(filter, 100, 0);
    }

    private static long count(JobFilter filter, long limit) {
        return JOBS.queries().count(filter.conditions(), filter.values(), limit);
    }

    @Test
    void aSearchLooksAtJobsThatOneIndexServes() {
        JobFilter filter = ofStatus(JobStatus.COMPLETED)
                .by(By.TOOL, "echo")
                .by(By.BATCH, UUID.randomUUID())
                .by(By.PRINCIPAL, "ada");

        assertThat(filter.candidates()).isEqualTo("TRUE AND j.batch_id = :batchId");
        assertThat(filter.matches())
                .isEqualTo("(j.status = 'completed') AND j.tool_name = :tool AND j.principal = :principal");
        assertThat(filter.isSearchable()).isTrue();
        assertThat(ALL.by(By.TOOL, "echo").isSearchable()).isFalse();
    }

    @Test
    void anUnknownJobIsNotFound() {
        assertThat(JOBS.queries().find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aJobWithALeaseReadsAsRunningEverywhere() {
        Lease leased = JOBS.leased();
        Lease shown = JOBS.leased();
        JOBS.showRunning(shown);
        UUID pending = JOBS.pending();
        assertThat(JOBS.job(leased.jobId()).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(all(ofStatus(JobStatus.RUNNING))).containsExactlyInAnyOrder(leased.jobId(), shown.jobId());
        assertThat(all(ofStatus(JobStatus.PENDING))).containsExactly(pending);
        assertThat(count(ofStatus(JobStatus.RUNNING), 100)).isEqualTo(2);
        assertThat(count(ofStatus(JobStatus.PENDING), 100)).isEqualTo(1);
        assertThat(read(ALL, 10, 0))
                .extracting(Job::status)
                .containsOnly(JobStatus.RUNNING, JobStatus.PENDING)
                .hasSize(3);
    }

    @Test
    void eachStatusListsItsJobsAndNoOthers() {
        Lease completed = JOBS.leased();
        JOBS.complete(completed, "1");
        Lease failed = JOBS.leased();
        JOBS.fail(failed);
        UUID cancelled = JOBS.pending();
        JOBS.cancel(cancelled);
        assertThat(all(ofStatus(JobStatus.COMPLETED))).containsExactly(completed.jobId());
        assertThat(all(ofStatus(JobStatus.FAILED))).containsExactly(failed.jobId());
        assertThat(all(ofStatus(JobStatus.CANCELLED))).containsExactly(cancelled);
        assertThat(all(ofStatus(JobStatus.RUNNING))).isEmpty();
    }

    @Test
    void jobsAreListedNewestFirst() {
        UUID first = JOBS.pending();
        UUID second = JOBS.pending();
        UUID third = JOBS.pending();
        assertThat(all(ALL)).containsExactly(third, second, first);
    }

    @Test
    void pagesNeitherRepeatNorMissJobsThatWereCreatedAtTheSameTime() {
        JOBS.pendingMany("same-time", 25);
        assertThat(JOBS.count("SELECT count(DISTINCT created_at) FROM jobs")).isEqualTo(1);
        List<UUID> byOffset = new ArrayList<>();
        for (int offset = 0; offset < 30; offset += 10) {
            byOffset.addAll(page(ALL, 10, offset));
        }
        List<UUID> byPlace = new ArrayList<>();
        JobFilter next = ALL;
        List<Job> page = read(next, 10, 0);
        while (!page.isEmpty()) {
            page.forEach(job -> byPlace.add(job.id()));
            Job last = page.get(page.size() - 1);
            next = ALL.after(new JobFilter.Position(last.createdAt(), last.id()));
            page = read(next, 10, 0);
        }
        assertThat(byOffset).hasSize(25).doesNotHaveDuplicates().isEqualTo(byPlace);
    }

    @Test
    void aPageAfterAPositionIsNotShiftedByNewJobs() {
        UUID first = JOBS.pending();
        UUID second = JOBS.pending();
        Job shown = JOBS.job(second);
        JOBS.pending();
        assertThat(all(ALL.after(new JobFilter.Position(shown.createdAt(), second))))
                .containsExactly(first);
    }

    @Test
    void filtersHoldTogether() {
        UUID wanted = JOBS.enqueue(TestJobs.submission(s -> {
            s.tool = "a";
            s.traceId = "trace-a";
            s.ttl = Duration.ofHours(1);
        }));
        JOBS.pending("a");
        JOBS.pending("b");
        Instant created = JOBS.job(wanted).createdAt();
        assertThat(all(filter(JobStatus.PENDING, "a", "trace-a", created, created.plusSeconds(60))))
                .containsExactly(wanted);
        assertThat(all(filter(null, "a", null, null, null))).hasSize(2);
        assertThat(all(filter(null, null, null, null, created))).isEmpty();
        assertThat(all(filter(null, null, null, created.plusNanos(1_000), null)))
                .hasSize(2)
                .doesNotContain(wanted);
    }

    @Test
    void theCountIsThatOfAllPagesAndStopsAtItsLimit() {
        JOBS.pendingMany("counted", 25);
        assertThat(count(ALL, 10_001)).isEqualTo(25);
        assertThat(count(ALL, 10)).isEqualTo(10);
    }

    @Test
    void aQuoteInAFilterIsJustAValue() {
        assertThat(all(filter(null, "a' OR TRUE --", null, null, null))).isEmpty();
    }

    @Test
    void ofAnErrorThatIsLongerThanItsLimitAListReadsOnlyTheBeginning() {
        UUID job = JOBS.leased().jobId();
        JOBS.jdbi().useHandle(handle -> handle.createUpdate("""
                                WITH failed AS (
                                    UPDATE jobs
                                    SET status = 'failed', completed_at = NOW(), error_code = 'TOOL_ERROR',
                                        error_message = repeat('ä', 1000000), trace_id = 'long-error'
                                    WHERE id = :id
                                    RETURNING id, error_message
                                ), gone AS (
                                    DELETE FROM job_leases l USING failed f WHERE l.job_id = f.id
                                )
                                INSERT INTO job_attempts (job_id, attempt, started_at, ended_at, error_code, error_message)
                                SELECT f.id, 1, NOW(), NOW(), 'TOOL_ERROR', f.error_message
                                FROM failed f
                                """).bind("id", job).execute());
        String beginning = "ä".repeat(8_001);
        assertThat(read(filter(null, null, "long-error", null, null), 10, 0))
                .extracting(Job::errorMessage)
                .containsExactly(beginning);
        assertThat(JOBS.queries().failedAttempts(job))
                .extracting(JobQueries.FailedAttempt::errorMessage)
                .containsExactly(beginning);
    }

    @Test
    void endedJobsAreDistinguishedFromOthers() {
        Lease completed = JOBS.leased();
        JOBS.complete(completed, "1");
        UUID running = JOBS.leased().jobId();
        UUID gone = UUID.randomUUID();
        assertThat(JOBS.queries().ended(new UUID[] {completed.jobId(), running, JOBS.pending(), gone}))
                .containsExactlyInAnyOrder(completed.jobId(), gone);
    }

    @Test
    void progressAndLogAreReadWithTheJob() {
        Lease lease = JOBS.leased();
        JOBS.report(lease, 0.25, "reading");
        JOBS.report(lease, 0.5, null);
        JOBS.log(lease, "one");
        JOBS.log(lease, "two");
        Progress progress = JOBS.job(lease.jobId()).progress();
        assertThat(progress.fraction()).isEqualTo(0.5);
        assertThat(progress.message()).isEqualTo("reading");
        List<JobQueries.LogLine> lines = JOBS.queries().logs(lease.jobId(), 0, 10);
        assertThat(lines).extracting(JobQueries.LogLine::line).containsExactly("one", "two");
        assertThat(JOBS.queries().logs(lease.jobId(), lines.get(0).lineNo(), 10))
                .extracting(JobQueries.LogLine::line)
                .containsExactly("two");
        assertThat(JOBS.queries().logs(lease.jobId(), 0, 1)).hasSize(1);
    }
}
