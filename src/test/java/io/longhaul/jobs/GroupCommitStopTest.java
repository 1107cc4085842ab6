package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.intake.CommitUnknownException;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.IntakeHints;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.NewJob;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

    @Test
    void writersGoOnAfterMemoryRanOut() throws Exception {
        IntakeHints hints = new IntakeHints() {
            @Override
            public void keysWaiting(Collection<String> keys) {}

            @Override
            public boolean isFair(String tool) {
                if (tool.equals("large")) {
                    throw new OutOfMemoryError("a test");
                }
                return false;
            }

            @Override
            public Integer startWithinSeconds(String tool) {
                return null;
            }
        };
        GroupCommit failing =
                new GroupCommit(TestDatabase.jdbi(DATABASE.dataSource()::getConnection), new JobSignals(), hints);
        // Before the start, so that each of the two writers gets a full group of them.
        List<CompletableFuture<Job>> large = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            large.add(failing.add(NewJob.of(TestJobs.submission("large"))));
        }
        CompletableFuture<Job> small = failing.add(NewJob.of(SUBMISSION));
        failing.start();
        try {
            assertThat(small).succeedsWithin(Duration.ofSeconds(30));
            assertThat(large)
                    .allSatisfy(one -> assertThat(one)
                            .failsWithin(Duration.ofSeconds(30))
                            .withThrowableThat()
                            .withCauseInstanceOf(CommitUnknownException.class));
        } finally {
            failing.stop();
        }
    }
}
