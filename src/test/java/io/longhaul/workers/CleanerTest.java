package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CleanerTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedFacts facts = new RecordedFacts();
    private final List<UUID> ended = new CopyOnWriteArrayList<>();
    private final Cleaner cleaner = new Cleaner(JOBS.jdbi(), Duration.ofSeconds(30), facts, ended::addAll);

    private static void expireAll() {
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 min'");
    }

    @Test
    void endedJobsGoPendingOnesFailAndRunningOnesStay() {
        Lease running = JOBS.leased();
        UUID cancelled = JOBS.pending();
        JOBS.cancel(cancelled);
        UUID pending = JOBS.pending();
        expireAll();
        assertThat(cleaner.clean()).isEqualTo(Duration.ofSeconds(30));
        assertThat(facts.removed).containsExactly(1);
        assertThat(facts.expired).containsExactly(pending);
        assertThat(ended).containsExactly(pending);
        assertThat(JOBS.queries().find(cancelled)).isEmpty();
        assertThat(JOBS.job(pending).status()).isEqualTo(JobStatus.FAILED);
        assertThat(JOBS.job(running.jobId()).status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void whileThereIsMoreItGoesOnAtOnce() {
        JOBS.pendingMany(TestJobs.TOOL, 1_200);
        expireAll();
        assertThat(cleaner.clean()).isEqualTo(Duration.ZERO);
        assertThat(cleaner.clean()).isEqualTo(Duration.ofSeconds(30));
        assertThat(ended).hasSize(1_200);
    }

    @Test
    void withNothingToDoNothingIsTold() {
        JOBS.pending();
        cleaner.clean();
        assertThat(facts.removed).isEmpty();
        assertThat(facts.expired).isEmpty();
    }
}
