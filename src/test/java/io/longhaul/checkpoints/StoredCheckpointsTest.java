package io.longhaul.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.Checkpoints.Checkpoint;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoredCheckpointsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private AttemptedJob job;

    @BeforeEach
    void newJob() {
        job = new AttemptedJob(JOBS, JOBS.pending());
    }

    @ParameterizedTest
    @ValueSource(strings = {"WORKER_LOST", "GIVEN_BACK"})
    void anAttemptContinuesTheFirstOneAfterAttemptsWithoutCheckpoint(String end) {
        open(1).keep(data(1));
        job.ended(1, end);
        job.ended(2, "WORKER_LOST");
        assertThat(open(3).left()).contains(data(1));
        assertThat(job.isKeptBy(3)).isTrue();
    }

    @Test
    void theLastCheckpointOfAnAttemptCounts() {
        Checkpoint first = open(1);
        first.keep(data(1));
        first.keep(data(2));
        assertThat(open(2).left()).contains(data(2));
    }

    @Test
    void tooLongOrUnstorableDataIsNeitherKeptNorHandedOver() {
        assertThatNothingIsKeptOf("x".repeat(100_000));
        assertThatNothingIsKeptOf("half a pair: \ud800");
    }

    private void assertThatNothingIsKeptOf(String id) {
        Checkpoint first = open(1);
        first.keep(JsonNodeFactory.instance.objectNode().put("taskId", id));
        assertThat(first.handOver()).isFalse();
        assertThat(open(2).left()).isEmpty();
    }

    @Test
    void anAttemptAfterAFailureFindsNothingEvenIfNothingWasRemoved() {
        open(1).keep(data(1));
        job.ended(1, "WORKER_LOST");
        job.ended(2, "TOOL_ERROR");
        assertThat(open(3).left()).isEmpty();
    }

    @Test
    void aFirstAttemptRunsNoQuery() {
        open(1).keep(data(1));
        assertThat(open(1).left()).isEmpty();
        assertThat(new StoredCheckpoints(away())
                        .open(job.id().toString(), 1, "tool")
                        .left())
                .isEmpty();
    }

    @Test
    void anotherToolFindsNothing() {
        open(1).keep(data(1));
        assertThat(checkpoints().open(job.id().toString(), 2, "another").left()).isEmpty();
    }

    @Test
    void theEndOfACallRemovesIt() {
        Checkpoint first = open(1);
        first.keep(data(1));
        assertThat(first.end()).as("the work is its own").isTrue();
        assertThat(job.isKept()).isFalse();
        assertThat(open(2).left()).isEmpty();
    }

    @Test
    void aLateAttemptNeitherOverwritesNorRemovesWhatALaterOneHas() {
        Checkpoint late = open(1);
        late.keep(data(1));
        Checkpoint next = open(2);
        assertThat(next.left()).contains(data(1));
        assertThat(late.end()).as("the work is another's").isFalse();
        late.keep(data(9));
        assertThat(late.end()).as("what it began meanwhile is its own").isTrue();
        assertThat(job.isKeptBy(2)).isTrue();
        assertThat(open(3).left()).contains(data(1));
    }

    @Test
    void aLostAttemptLeavesItsCheckpointToTheNext() {
        Checkpoint givenUp = open(1);
        givenUp.keep(data(1));
        job.ended(1, "WORKER_LOST");
        assertThat(givenUp.end()).isFalse();
        assertThat(open(2).left()).contains(data(1));
    }

    @Test
    void afterAJobsLastAttemptNothingIsLeft() {
        Checkpoint last = open(1);
        last.keep(data(1));
        job.ended(1, "WORKER_LOST");
        JOBS.update("UPDATE jobs SET status = 'failed', completed_at = NOW() WHERE id = ?", job.id());
        assertThat(last.end()).isTrue();
        assertThat(job.isKept()).isFalse();
    }

    @Test
    void remainingCheckpointsExpire() {
        open(1).keep(data(1));
        JOBS.update("UPDATE tool_checkpoints SET expires_at = NOW() - INTERVAL '1 second' WHERE job_id = ?", job.id());
        assertThat(open(2).left()).isEmpty();
        checkpoints().open(JOBS.pending().toString(), 1, "tool").keep(data(1));
        assertThat(job.isKept()).isFalse();
    }

    @Test
    void withoutADatabaseNothingIsKeptAndNothingFails() {
        Checkpoint checkpoint = new StoredCheckpoints(away()).open(job.id().toString(), 2, "tool");
        assertThat(checkpoint.left()).isEmpty();
        checkpoint.keep(data(1));
        assertThat(checkpoint.end()).as("nobody else can know of the work").isTrue();
    }

    private static Jdbi away() {
        ConnectionFactory none = () -> {
            throw new SQLException("The connection attempt failed.", "08001");
        };
        return Jdbi.create(none).installPlugin(new SqlObjectPlugin());
    }

    private Checkpoint open(int attempt) {
        return checkpoints().open(job.id().toString(), attempt, "tool");
    }

    private static StoredCheckpoints checkpoints() {
        return new StoredCheckpoints(JOBS.jdbi());
    }

    private static ObjectNode data(int n) {
        return JsonNodeFactory.instance.objectNode().put("n", n).put("odd", "äß漢😀\0");
    }
}
