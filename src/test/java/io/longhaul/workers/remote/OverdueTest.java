package io.longhaul.workers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.TestNode;
import io.longhaul.workers.Workers;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class OverdueTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();

    private Overdue overdue() {
        Node node = TestNode.of(JOBS.jdbi(), telemetry);
        ToolRegistry tools = ToolRegistry.of(List.of());
        return new Overdue(
                node,
                tools,
                new RemoteEnds(JOBS.jdbi(), telemetry, job -> {}),
                new StopWaits(JOBS.jdbi(), Duration.ofSeconds(30), new JobSignals()),
                new Workers(node, tools, TestNode.USUAL, "test"));
    }

    /** Attempts whose time is up, the first one longest. */
    private static List<UUID> late(int count) {
        List<UUID> jobs =
                Stream.generate(JOBS::leased).limit(count).map(Lease::jobId).toList();
        for (int i = 0; i < count; i++) {
            JOBS.update(
                    "UPDATE job_leases SET deadline = NOW() - ? * INTERVAL '1 s' WHERE job_id = ?",
                    count - i,
                    jobs.get(i));
        }
        return jobs;
    }

    @Test
    void aJobThatCannotBeEndedDoesNotKeepTheOthersFromEnding() {
        List<UUID> jobs = late(5);
        JOBS.update("ALTER TABLE jobs ADD CONSTRAINT stuck CHECK (failures = 0 OR id <> '" + jobs.get(0) + "')");
        Overdue overdue = overdue();
        try {
            assertThat(overdue.step()).isZero();
            assertThat(jobs.subList(1, 5)).noneMatch(JOBS::isLeased);
            assertThat(JOBS.isLeased(jobs.get(0))).isTrue();
            assertThat(telemetry.quarantined).containsExactly(jobs.get(0));
            assertThat(overdue.step()).as("the wait while nothing else is late").isEqualTo(Duration.ofSeconds(1));
        } finally {
            JOBS.update("ALTER TABLE jobs DROP CONSTRAINT stuck");
        }
        JOBS.update("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
        overdue().step();
        assertThat(JOBS.isLeased(jobs.get(0))).isFalse();
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows")).isZero();
    }
}
