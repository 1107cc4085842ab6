package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.NewJob;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GroupCommitStopTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final Submission SUBMISSION = TestJobs.submission();

    private final Jdbi jdbi = Jdbi.create(DATABASE.dataSource());
    private final GroupCommit commits = new GroupCommit(jdbi, new JobSignals());
    private final Intake intake = new Intake(jdbi, submission -> {}, commits, new JointCommit(jdbi, new JobSignals()));

    @Test
    void aSubmitThatWaitsWhenTheNodeStopsIsRejected() throws Exception {
        // The writers are not started, so it waits.
        CompletableFuture<Job> waiting = commits.add(NewJob.of(SUBMISSION));
        assertThat(waiting).isNotDone();
        commits.stop();

        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(SubmissionRejected.class);
    }

    @Test
    void aSubmitAfterTheStopIsRejectedAndDoesNotHang() {
        commits.stop();

        assertThatThrownBy(() -> intake.submit(SUBMISSION))
                .isInstanceOfSatisfying(
                        SubmissionRejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(SubmissionRejected.Reason.STOPPING));
    }
}
