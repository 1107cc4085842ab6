package io.longhaul.workers.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.Outage;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RescuerTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final List<UUID> changed = new CopyOnWriteArrayList<>();
    private boolean held = true;
    private final Outage way = new Outage(DATABASE.dataSource());

    private Rescuer rescuer(Duration lease) {
        JobSignals signals = new JobSignals();
        signals.onEnded(changed::addAll);
        return new Rescuer(new Node(way.jdbi(), new NodeState(() -> true), telemetry, signals), lease, () -> held);
    }

    private static Lease lost() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s'");
        return lease;
    }

    @Test
    void rescuesTheJobsOfDeadNodesAndRemovesTheNodes() {
        Lease lost = lost();
        rescuer(Duration.ofMillis(1)).rescue();
        assertThat(telemetry.rescued).containsExactly(lost.jobId());
        assertThat(changed).containsExactly(lost.jobId());
        assertThat(JOBS.isLeased(lost.jobId())).isFalse();
        assertThat(JOBS.count("SELECT count(*) FROM nodes")).isZero();
    }

    @Test
    void aNodeThatDoesNotHoldTheTaskRescuesNothing() {
        Lease lost = lost();
        held = false;
        rescuer(Duration.ofMillis(1)).rescue();
        assertThat(telemetry.rescued).isEmpty();
        assertThat(JOBS.isLeased(lost.jobId())).isTrue();
    }

    @Test
    void aJobThatCannotBeRescuedDelaysNoOther() {
        JOBS.pendingMany(TestJobs.TOOL, 30);
        JOBS.transitions()
                .claim(
                        JOBS.liveNode(),
                        new String[] {TestJobs.TOOL},
                        new Integer[] {3},
                        new Integer[] {30},
                        30,
                        Long.MAX_VALUE,
                        new UUID[0]);
        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s'");
        JOBS.update("ALTER TABLE jobs ADD CONSTRAINT stuck CHECK (losses = 0 OR parameters->>'n' <> '7')");
        try {
            rescuer(Duration.ofMillis(1)).rescue();
            assertThat(telemetry.rescued).hasSize(29);
            assertThat(telemetry.quarantined).hasSize(1);
            assertThat(JOBS.count("SELECT count(*) FROM job_leases")).isEqualTo(1);
        } finally {
            JOBS.update("ALTER TABLE jobs DROP CONSTRAINT stuck");
        }
        JOBS.update("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
        rescuer(Duration.ofMillis(1)).rescue();
        assertThat(telemetry.rescued).hasSize(30);
    }

    @Test
    void moreJobsThanFitOneStatementAreRescuedInOneStep() {
        JOBS.pendingMany(TestJobs.TOOL, 450);
        JOBS.transitions()
                .claim(
                        JOBS.liveNode(),
                        new String[] {TestJobs.TOOL},
                        new Integer[] {3},
                        new Integer[] {450},
                        450,
                        Long.MAX_VALUE,
                        new UUID[0]);
        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s'");
        rescuer(Duration.ofMillis(1)).rescue();
        assertThat(telemetry.rescued).hasSize(450);
    }

    @Test
    void noNodeIsGivenUpWithinOneLeaseOfARestartOfTheDatabase() {
        Lease lost = lost();
        // The test's server has not been up for a hundred years.
        rescuer(Duration.ofDays(36_500)).rescue();
        assertThat(telemetry.rescued).isEmpty();
        assertThat(JOBS.isLeased(lost.jobId())).isTrue();
    }

    @Test
    void noNodeIsGivenUpWithinOneLeaseOfAnOutage() {
        Lease lost = lost();
        Rescuer rescuer = rescuer(Duration.ofMillis(300));
        way.down = true;
        assertThatThrownBy(rescuer::rescue).hasRootCauseMessage("The connection attempt failed.");
        way.down = false;
        long back = System.nanoTime();
        rescuer.rescue();
        assertThat(telemetry.rescued).isEmpty();
        Await.until("the jobs are rescued", () -> {
            rescuer.rescue();
            return !telemetry.rescued.isEmpty();
        });
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(telemetry.rescued).containsExactly(lost.jobId());
    }
}
