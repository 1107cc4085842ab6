package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.Outage;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.TestNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DelayedJobsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Outage way = new Outage(DATABASE.dataSource());
    private final DelayedJobs delayed = new DelayedJobs(TestNode.of(way.jdbi(), telemetry), Duration.ZERO);

    private static UUID due() {
        UUID job = JOBS.enqueue(TestJobs.submission(s -> s.runAt = Instant.now().plusSeconds(60)));
        JOBS.update("UPDATE jobs SET run_at = NOW() - INTERVAL '1 s' WHERE id = ?", job);
        return job;
    }

    private static long delayedJobs() {
        return JOBS.count("SELECT count(*) FROM jobs WHERE delayed");
    }

    @Test
    void aJobThatCannotBeChangedIsSetAsideAndDelaysNoOther() {
        UUID refused = due();
        due();
        due();
        JOBS.refusing(refused, () -> {
            delayed.release();
            delayed.release();
            assertThat(delayedJobs()).isEqualTo(1);
            assertThat(telemetry.quarantined).containsExactly(refused);
        });
        assertThat(telemetry.loopFailures).isEmpty();
        JOBS.retryRefused();
        delayed.release();
        assertThat(delayedJobs()).isZero();
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows")).isZero();
    }

    @Test
    void claimsGoOnWhileTheReleaseFails() {
        due();
        way.down = true;
        delayed.release();
        assertThat(telemetry.loopFailures).hasSize(1);
        way.down = false;
        delayed.release();
        assertThat(delayedJobs()).isZero();
    }

    @Test
    void aNodeRunsOtherJobsWhileOneCannotBeReleased() {
        UUID refused = due();
        UUID other = due();
        JOBS.refusing(refused, () -> {
            try (TestNode node = new TestNode(DATABASE, FakeTool.echo())) {
                assertThat(JOBS.awaitEnd(other).status()).isEqualTo(JobStatus.COMPLETED);
                assertThat(JOBS.awaitEnd(JOBS.pending()).status()).isEqualTo(JobStatus.COMPLETED);
                assertThat(node.telemetry.loopFailures).isEmpty();
            }
        });
        assertThat(JOBS.job(refused).status()).isEqualTo(JobStatus.PENDING);
    }
}
