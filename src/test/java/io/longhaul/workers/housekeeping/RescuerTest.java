package io.longhaul.workers.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.Outage;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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

    private final AtomicLong steady = new AtomicLong(System.nanoTime());

    private Rescuer rescuer(Duration lease) {
        return rescuer(lease, System::nanoTime);
    }

    private Rescuer rescuer(Duration lease, LongSupplier nanoTime) {
        JobSignals signals = new JobSignals();
        signals.onEnded(changed::addAll);
        Node node = new Node(way.jdbi(), new NodeState(() -> true), telemetry, signals);
        return new Rescuer(node, () -> Map.of("once", 0), lease, () -> held, nanoTime);
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
    void jobsThatNobodyHoldsRunAgainOnlyIfTheirToolAllowsIt() {
        UUID once = JOBS.pending("once");
        UUID other = JOBS.pending();
        JOBS.update("UPDATE jobs SET status = 'running', started_at = NOW() - INTERVAL '1 h'");
        rescuer(Duration.ofMillis(1)).rescue();
        assertThat(changed).containsExactlyInAnyOrder(once, other);
        assertThat(JOBS.job(once).errorCode()).isEqualTo("WORKER_LOST");
        assertThat(JOBS.job(once).status()).isEqualTo(JobStatus.FAILED);
        assertThat(JOBS.job(other).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void jobsThatNobodyHoldsAreLookedForAgainAfterAnError() {
        UUID job = JOBS.pending();
        JOBS.update("UPDATE jobs SET status = 'running', started_at = NOW() - INTERVAL '1 h'");
        Rescuer rescuer = rescuer(Duration.ofMillis(1));
        JOBS.update(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END'");
        JOBS.update("CREATE TRIGGER fails BEFORE DELETE ON nodes FOR EACH STATEMENT EXECUTE FUNCTION fail()");
        try {
            assertThatThrownBy(rescuer::rescue).hasMessageContaining("not now");
        } finally {
            JOBS.update("DROP FUNCTION fail CASCADE");
        }
        Await.until("it is found", () -> {
            rescuer.rescue();
            return JOBS.job(job).status() == JobStatus.PENDING;
        });
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

    /** The steady clock stands still while the server's goes on, which is the same as if the server's was set forward. */
    @Test
    void aClockThatWasSetForwardGivesNoLivingNodeUp() {
        Duration lease = Duration.ofSeconds(15);
        awaitNoLongerFresh(lease);
        Rescuer rescuer = rescuer(lease, steady::get);
        rescuer.rescue();
        steady.addAndGet(-Duration.ofHours(1).toNanos());
        Lease living = lost();

        rescuer.rescue();
        assertThat(telemetry.rescued).isEmpty();
        JOBS.update("UPDATE nodes SET lease_until = NOW() + INTERVAL '15 s', renewed_at = NOW()");
        steps(rescuer, 4);
        assertThat(telemetry.rescued).isEmpty();
        assertThat(JOBS.isLeased(living.jobId())).isTrue();

        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s'");
        steps(rescuer, 1);
        assertThat(telemetry.rescued).containsExactly(living.jobId());
    }

    /** And the dead one may have been on duty, so that nobody else rescued. */
    @Test
    void aNodeThatDiedBeforeTheClockWasSetBackLosesItsJobsOneLeaseLater() {
        Duration lease = Duration.ofSeconds(15);
        awaitNoLongerFresh(lease);
        Lease dead = JOBS.leased();
        Lease living = JOBS.leased();
        String setBack =
                "UPDATE nodes SET lease_until = NOW() + INTERVAL '1 h 15 s', renewed_at = NOW() + INTERVAL '1 h'";
        JOBS.update(setBack);
        held = false;
        Rescuer rescuer = rescuer(lease, steady::get);
        rescuer.rescue();
        JOBS.update("UPDATE nodes SET lease_until = NOW() + INTERVAL '15 s', renewed_at = NOW() WHERE id = "
                + living.nodeId());
        steps(rescuer, 3);
        assertThat(JOBS.count("SELECT count(*) FROM nodes WHERE lease_until > NOW()"))
                .isEqualTo(2);
        steps(rescuer, 1);
        assertThat(JOBS.count("SELECT count(*) FROM nodes WHERE lease_until > NOW()"))
                .isEqualTo(1);
        held = true;
        steps(rescuer, 1);
        assertThat(telemetry.rescued).containsExactly(dead.jobId());
    }

    /** After its start nobody is rescued for a lease's time, and when these are the only tests it has just started. */
    private static void awaitNoLongerFresh(Duration lease) {
        Await.until(
                "PostgreSQL has been up for a lease's time",
                () -> JOBS.count("SELECT EXTRACT(EPOCH FROM NOW() - pg_postmaster_start_time())::bigint")
                        > lease.toSeconds());
    }

    /** Less than what counts as a jump of the server's clock, which stands still meanwhile. */
    private void steps(Rescuer rescuer, int count) {
        for (int i = 0; i < count; i++) {
            steady.addAndGet(Duration.ofSeconds(4).toNanos());
            rescuer.rescue();
        }
    }
}
