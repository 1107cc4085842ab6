package io.longhaul.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BudgetedCheckTest {
    private final AtomicInteger checked = new AtomicInteger();
    private final Intake intake = new Intake(null, submission -> checked.incrementAndGet(), null, null);
    private final Submission job = TestJobs.submission(s -> s.ttl = Duration.ofHours(1));

    @Test
    void jobsAfterSlowChecksAreRefusedUnchecked() throws Exception {
        BudgetedCheck check = new BudgetedCheck(intake, Duration.ZERO, Duration.ZERO);
        check.check(job);
        assertThatThrownBy(() -> check.check(job))
                .isInstanceOf(SubmissionRejected.class)
                .hasMessageContaining("Send fewer at once.");
        assertThat(checked).hasValue(1);
    }

    @Test
    void anyNumberOfFastChecksPasses() throws Exception {
        BudgetedCheck check = new BudgetedCheck(intake, Duration.ofHours(1), Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            assertThatCode(() -> check.check(job)).doesNotThrowAnyException();
        }
        assertThat(checked).hasValue(100);
    }
}
