package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longhaul.jobs.intake.Submission;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @Test
    void aNewJobHasAnIdDefaultsAndItsTimes() {
        Job job = JOBS.accept(TestJobs.submission());
        Job read = JOBS.job(job.id());
        assertThat(read.status()).isEqualTo(JobStatus.PENDING);
        assertThat(read.params()).isEqualTo("{}");
        assertThat(read.priority()).isZero();
        assertThat(read.attempt()).isZero();
        assertThat(read.createdAt()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        assertThat(read.expiresAt()).isEqualTo(read.createdAt().plus(24, ChronoUnit.HOURS));
        assertThat(List.of(read.id())).doesNotContainNull();
        assertThat(read)
                .extracting(
                        Job::result, Job::errorCode, Job::errorMessage, Job::startedAt, Job::completedAt, Job::progress)
                .containsOnlyNulls();
    }

    @Test
    void theAnswerToASubmitIsTheJobAsItIsReadLater() {
        Submission all = TestJobs.submission(s -> {
            s.tool = "a.tool";
            s.params = "{\"a\": [1, {\"b\": null}]}";
            s.traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
            s.ttl = Duration.ofHours(3);
            s.priority = 7;
            s.runAt = Instant.parse("2100-01-02T03:04:05.678901Z");
            s.maxAttempts = 4;
            s.timeout = Duration.ofSeconds(90);
            s.idempotencyKey = "key-of-one";
        });
        Job answered = JOBS.accept(all);
        assertThat(JOBS.job(answered.id()))
                .usingRecursiveComparison()
                .ignoringFields("readAt")
                .isEqualTo(answered);
    }

    @Test
    void aCustomTtlMovesTheExpiry() {
        Job job = JOBS.accept(TestJobs.withTtl(Duration.ofDays(2)));
        assertThat(job.expiresAt()).isEqualTo(job.createdAt().plus(48, ChronoUnit.HOURS));
    }

    @Test
    void theTtlOfADelayedJobCountsFromItsTime() {
        Instant later = Instant.now().plus(100, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MICROS);
        Submission delayed = TestJobs.submission(s -> {
            s.ttl = Duration.ofHours(2);
            s.runAt = later;
        });
        assertThat(JOBS.accept(delayed).expiresAt()).isEqualTo(later.plus(2, ChronoUnit.HOURS));
    }

    @Test
    void jobsAreRowsOfTheTableJobs() {
        UUID id = JOBS.pending();
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE id = ? AND tool_name = 'echo'", id))
                .isEqualTo(1);
    }

    @Test
    void aRowOfTheSeedSchemaIsReadWithoutAnyColumnOfTheEngine() {
        UUID id = UUID.randomUUID();
        JOBS.update(
                "INSERT INTO jobs (id, tool_name, status, trace_id, parameters, error_message, created_at, started_at,"
                        + " completed_at, expires_at) VALUES (?, 'old', 'failed', 'trace-of-old', '[1]', 'broke',"
                        + " '2024-01-01Z', '2024-01-01 00:00:01Z', '2024-01-01 00:00:03.5Z', '2100-01-01Z')",
                id);
        Job job = JOBS.job(id);
        assertThat(job.tool()).isEqualTo("old");
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.traceId()).isEqualTo("trace-of-old");
        assertThat(job.params()).isEqualTo("[1]");
        assertThat(job.errorMessage()).isEqualTo("broke");
        assertThat(job.errorCode()).isNull();
        assertThat(job.duration()).isEqualTo(Duration.ofMillis(2_500));
    }

    @Test
    void aJobRowHoldsEverythingThatWasSubmitted() {
        Instant later = Instant.parse("2100-01-01T00:00:00Z");
        UUID id = JOBS.enqueue(TestJobs.submission(s -> {
            s.tool = "a.b";
            s.params = "{\"x\": 1}";
            s.traceId = "tr";
            s.ttl = Duration.ofMinutes(90);
            s.priority = 10;
            s.runAt = later;
            s.maxAttempts = 5;
            s.timeout = Duration.ofMinutes(2);
            s.idempotencyKey = "k-row";
        }));
        assertThat(JOBS.stored(id, "tool_name || ' ' || trace_id || ' ' || parameters::text", String.class))
                .isEqualTo("a.b tr {\"x\": 1}");
        assertThat(JOBS.stored(id, "priority", Integer.class)).isEqualTo(10);
        assertThat(JOBS.stored(id, "run_at", OffsetDateTime.class).toInstant()).isEqualTo(later);
        assertThat(JOBS.stored(id, "delayed", Boolean.class)).isTrue();
        assertThat(JOBS.stored(id, "max_attempts", Integer.class)).isEqualTo(5);
        assertThat(JOBS.stored(id, "timeout_seconds", Integer.class)).isEqualTo(120);
        assertThat(JOBS.stored(id, "ttl_seconds", Integer.class)).isEqualTo(5_400);
        assertThat(JOBS.stored(id, "idempotency_key", String.class)).isEqualTo("k-row");
    }

    @Test
    void aJobThatHasNotBegunHasNoDuration() {
        assertThat(JOBS.job(JOBS.pending()).duration()).isNull();
    }

    @Test
    void theDurationOfARunningJobIsTheTimeSinceItsStart() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '90 s' WHERE job_id = ?", lease.jobId());
        assertThat(JOBS.job(lease.jobId()).duration()).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(120));
    }

    @Test
    void theDurationOfAnEndedJobNoLongerGrows() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '90 s' WHERE job_id = ?", lease.jobId());
        JOBS.complete(lease, "1");
        Job job = JOBS.job(lease.jobId());
        assertThat(job.duration()).isEqualTo(Duration.between(job.startedAt(), job.completedAt()));
        assertThat(JOBS.job(lease.jobId()).duration()).isEqualTo(job.duration());
    }

    @Test
    void aClockThatWentBackGivesNoNegativeDuration() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() + INTERVAL '1 hour' WHERE job_id = ?", lease.jobId());
        assertThat(JOBS.job(lease.jobId()).duration()).isEqualTo(Duration.ZERO);
    }

    @Test
    void nestedJsonSurvivesUnchanged() {
        String json =
                "{\"a\": [1, 2.50, {\"b\": [null, true, \"\\u00e4 \\\"quoted\\\"\"]}], \"big\": 12345678901234567890123.456}";
        JOBS.enqueue(TestJobs.withParams("nested", json));
        ClaimedJob claimed = JOBS.claim(JOBS.liveNode(), 3, 1, "nested").get(0);
        JOBS.complete(claimed.lease(), claimed.params());
        Job job = JOBS.job(claimed.lease().jobId());
        assertThat(job.params()).isEqualTo(json.replace("\\u00e4", "ä"));
        assertThat(job.result()).isEqualTo(job.params());
    }
}
