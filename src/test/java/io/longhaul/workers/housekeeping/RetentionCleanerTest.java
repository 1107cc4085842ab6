package io.longhaul.workers.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetentionCleanerTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final List<UUID> ended = new CopyOnWriteArrayList<>();
    private final Outage way = new Outage(DATABASE.dataSource());
    private final JobSignals signals = new JobSignals();
    private final Node node = new Node(way.jdbi(), new NodeState(() -> true), telemetry, signals);
    private final RetentionCleaner cleaner = new RetentionCleaner(node, INTERVAL);
    private final Expirer expirer = new Expirer(node, INTERVAL);

    private static void expireAll() {
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 min'");
    }

    private static void endedMany(int count) {
        JOBS.pendingMany(TestJobs.TOOL, count);
        JOBS.update("UPDATE jobs SET status = 'completed', completed_at = NOW()");
        expireAll();
    }

    @BeforeEach
    void listen() {
        signals.onEnded(ended::addAll);
    }

    @Test
    void endedJobsGoPendingOnesFailAndRunningOnesStay() {
        Lease running = JOBS.leased();
        UUID cancelled = JOBS.pending();
        JOBS.cancel(cancelled);
        UUID pending = JOBS.pending();
        expireAll();
        JOBS.lateToStart();
        assertThat(expirer.expire()).isEqualTo(INTERVAL);
        assertThat(cleaner.clean()).isEqualTo(INTERVAL);
        assertThat(telemetry.removed).containsExactly(1);
        assertThat(telemetry.expired).containsExactly(pending);
        assertThat(ended).containsExactly(pending);
        assertThat(JOBS.queries().find(cancelled)).isEmpty();
        assertThat(JOBS.job(pending).status()).isEqualTo(JobStatus.FAILED);
        assertThat(JOBS.job(running.jobId()).status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void jobsWithoutALimitWaitForAsLongAsTheyMust() {
        UUID waiting = JOBS.pending();
        UUID ofAnOlderProgram = JOBS.pending();
        expireAll();
        LimitLifter lifter = new LimitLifter(node, INTERVAL);
        assertThat(expirer.expire()).isEqualTo(INTERVAL);
        assertThat(lifter.lift()).isEqualTo(INTERVAL);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE status = 'pending' AND expires_at = 'infinity'"))
                .isEqualTo(2);
        assertThat(JOBS.claim(JOBS.liveNode(), 3, 2, TestJobs.TOOL))
                .extracting(job -> job.lease().jobId())
                .containsExactly(waiting, ofAnOlderProgram);
    }

    @Test
    void aWrongLimitThatCannotBeLiftedKeepsNoOtherFromIt() {
        JOBS.pendingMany(TestJobs.TOOL, 201);
        expireAll();
        UUID bad = any();
        LimitLifter lifter = new LimitLifter(node, INTERVAL);
        whileNobodyMayRemove(bad, () -> {
            while (lifter.lift().isZero()) {
                assertThat(telemetry.quarantined).hasSizeLessThan(2);
            }
            assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE expires_at = 'infinity'"))
                    .isEqualTo(200);
        });
    }

    @Test
    void goesOnAtOnceWhileThereIsMore() {
        JOBS.pendingMany(TestJobs.TOOL, 1_200);
        JOBS.lateToStart();
        assertThat(expirer.expire()).isEqualTo(Duration.ZERO);
        assertThat(expirer.expire()).isEqualTo(INTERVAL);
        assertThat(ended).hasSize(1_200);
        endedMany(1_300);
        while (cleaner.clean().isZero()) {
            assertThat(telemetry.removed).hasSizeLessThan(100);
        }
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
    }

    @Test
    void reportsNothingWhenThereIsNothingToDo() {
        JOBS.pending();
        expirer.expire();
        cleaner.clean();
        assertThat(telemetry.removed).isEmpty();
        assertThat(telemetry.expired).isEmpty();
    }

    @Test
    void theNextRoundFindsJobsThatExpiredBeforeTheLastBatch() {
        endedMany(1);
        cleaner.clean();
        endedMany(1);
        JOBS.update("UPDATE jobs SET expires_at = expires_at - INTERVAL '1 h'");
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
    }

    /** The predecessor wrote the time of the submit and its ttl into the row, here of a day. */
    @Test
    void jobsOfThePredecessorAreKeptFromTheirEndToo() {
        JOBS.pendingMany(TestJobs.TOOL, 2);
        UUID late = JOBS.pending();
        JOBS.update("UPDATE jobs SET status = 'completed', ttl_seconds = NULL, created_at = NOW() - INTERVAL '30 h',"
                + " completed_at = NOW() - INTERVAL '25 h', expires_at = NOW() - INTERVAL '6 h'");
        JOBS.update("UPDATE jobs SET completed_at = NOW() - INTERVAL '1 min' WHERE id = ?", late);
        cleaner.clean();
        assertThat(telemetry.removed).containsExactly(2);
        assertThat(JOBS.job(late).status()).isEqualTo(JobStatus.COMPLETED);
        JOBS.update(
                "UPDATE jobs SET completed_at = completed_at - INTERVAL '1 d', created_at = created_at - INTERVAL '1 d',"
                        + " expires_at = expires_at - INTERVAL '1 d'");
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
    }

    /** Makes every removal of one of these jobs fail while it runs. */
    private static void whileNobodyMayRemove(UUID job, Runnable meanwhile) {
        JOBS.update("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''not this one''; END'");
        JOBS.update("CREATE TRIGGER kept BEFORE DELETE OR UPDATE ON jobs FOR EACH ROW WHEN (OLD.id = '" + job
                + "') EXECUTE FUNCTION keep()");
        try {
            meanwhile.run();
        } finally {
            JOBS.update("DROP FUNCTION keep CASCADE");
        }
    }

    private static UUID any() {
        return UUID.fromString(JOBS.jdbi()
                .withHandle(h -> h.select("SELECT id FROM jobs OFFSET 200 LIMIT 1")
                        .mapTo(String.class)
                        .one()));
    }

    @Test
    void aRowThatCannotBeRemovedIsSetAsideAndDelaysNoOther() {
        endedMany(300);
        UUID bad = any();
        whileNobodyMayRemove(bad, () -> {
            for (int step = 0; step < 10 && cleaner.clean().isZero(); step++) {
                assertThat(telemetry.loopFailures).isEmpty();
            }
            assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
            assertThat(telemetry.quarantined).containsExactly(bad);
            assertThat(JOBS.count(
                            "SELECT count(*) FROM quarantined_rows WHERE task = 'clean-up' AND row_id = ?"
                                    + " AND failures = 1 AND error LIKE '%not this one%' AND until > NOW()",
                            bad))
                    .isEqualTo(1);
            cleaner.clean();
            assertThat(telemetry.quarantined).hasSize(1);
        });
        JOBS.update("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows")).isZero();
    }

    @Test
    void aRowThatFailsAgainIsSetAsideForLonger() {
        JOBS.pendingMany(TestJobs.TOOL, 201);
        JOBS.lateToStart();
        UUID bad = any();
        whileNobodyMayRemove(bad, () -> {
            while (expirer.expire().isZero()) {
                assertThat(telemetry.quarantined).hasSizeLessThan(2);
            }
            assertThat(ended).hasSize(200);
            for (int time = 2; time <= 14; time++) {
                JOBS.update("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
                expirer.expire();
                assertThat(telemetry.quarantined).hasSize(time);
            }
        });
        assertThat(
                        JOBS.count(
                                "SELECT count(*) FROM quarantined_rows"
                                        + " WHERE failures = 14 AND until BETWEEN NOW() + INTERVAL '23 h' AND NOW() + INTERVAL '1 day'"))
                .isEqualTo(1);
        assertThat(JOBS.job(bad).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void anOutageSetsNothingAside() {
        endedMany(3);
        way.down = true;
        assertThatThrownBy(cleaner::clean).hasRootCauseMessage("The connection attempt failed.");
        way.down = false;
        assertThat(telemetry.quarantined).isEmpty();
        cleaner.clean();
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isZero();
    }
}
