package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobStatusTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @Test
    void thereAreFiveStatusesInTheOrderInWhichAJobGoesThroughThem() {
        assertThat(JobStatus.labels()).containsExactly("pending", "running", "completed", "failed", "cancelled");
    }

    @Test
    void noTwoStatusesShareALabel() {
        assertThat(JobStatus.labels()).doesNotHaveDuplicates();
    }

    @Test
    void theLabelsAreThoseOfTheDatabaseInTheSameOrder() {
        List<String> labels = JOBS.jdbi()
                .withHandle(handle -> handle.select("SELECT unnest(enum_range(NULL::jobstatus))::text")
                        .mapTo(String.class)
                        .list());
        assertThat(labels).isEqualTo(JobStatus.labels());
    }

    @Test
    void completedFailedAndCancelledAreFinal() {
        assertThat(JobStatus.values())
                .filteredOn(JobStatus::isFinal)
                .containsExactly(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);
    }

    @Test
    void pendingAndRunningAreNotFinal() {
        assertThat(JobStatus.PENDING.isFinal()).isFalse();
        assertThat(JobStatus.RUNNING.isFinal()).isFalse();
    }

    @Test
    void aLabelIsReadBackAndNothingElseIs() {
        for (JobStatus status : JobStatus.values()) {
            assertThat(JobStatus.fromLabel(status.label())).contains(status);
        }
        assertThat(JobStatus.fromLabel("PENDING")).isEmpty();
        assertThat(JobStatus.fromLabel("paused")).isEmpty();
        assertThat(JobStatus.fromLabel("")).isEmpty();
    }
}
