package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.JobInserts;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The time in which jobs of a tool must begin that do not say it themselves. */
class StartLimitTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** A node whose tools have a limit of ninety seconds. */
    private static final IntakeHints LIMITED = new IntakeHints() {
        @Override
        public void keysWaiting(Collection<String> keys) {}

        @Override
        public boolean isFair(String tool) {
            return false;
        }

        @Override
        public Integer startWithinSeconds(String tool) {
            return 90;
        }
    };

    private static Job accepted(NewJob job) {
        JobInserts.Accepted row = JOBS.jdbi()
                .withExtension(NewJobs.Statements.class, s -> NewJobs.insert(s, LIMITED, List.of(job)))
                .get(job.id());
        return job.accepted(row);
    }

    @Test
    void aSubmissionWithoutALimitGetsThatOfItsTool() {
        Job job = accepted(NewJob.of(TestJobs.submission()));
        assertThat(job.startBy()).isEqualTo(job.createdAt().plusSeconds(90));
        assertThat(job.extras().startWithinSeconds()).isEqualTo(90);
        assertThat(JOBS.job(job.id()).startBy()).isEqualTo(job.startBy());
    }

    @Test
    void aSubmissionKeepsItsOwn() {
        Job job = accepted(NewJob.of(TestJobs.startingWithin(Duration.ofHours(1))));
        assertThat(job.startBy()).isEqualTo(job.createdAt().plusSeconds(3_600));
    }

    @Test
    void aReplayIsTheSameRequestWhateverTheToolsLimit() {
        NewJob job = NewJob.of(TestJobs.withKey("{}", "once"));
        accepted(job);
        assertThat(JOBS.stored(job.id(), "encode(request_hash, 'hex')", String.class))
                .isEqualTo(TestJobs.withKey("{}", "once").fingerprint());
    }
}
