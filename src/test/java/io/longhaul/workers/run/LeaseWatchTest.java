package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.ClaimedJobBuilder;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseWatchTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final int LOOKS_UNTIL_UNKNOWN = 11;

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Reports reports = new Reports(JOBS.jdbi(), telemetry::loopFailed);
    private final Finisher finisher = new Finisher(JOBS.jdbi(), reports, telemetry, new JobSignals());
    private final Executions executions = new Executions(10, Runnable::run, Execution::stop);
    private long node;
    private LeaseWatch watch;

    @BeforeEach
    void register() {
        node = JOBS.liveNode();
        watch = new LeaseWatch(JOBS.jdbi(), registered(node), executions, finisher);
    }

    private static NodeState registered(long node) {
        NodeState state = new NodeState(() -> true);
        state.registered(JOBS.run(node));
        return state;
    }

    private Execution execute(Lease lease) {
        ClaimedJob job = ClaimedJobBuilder.of(TestJobs.TOOL).lease(lease).build();
        Execution execution = new Execution(job, FakeTool.echo(), reports, null, (over, outcome) -> {});
        executions.add(execution);
        return execution;
    }

    private static void awaitLongRunning(Execution execution) {
        Await.until("it runs for a while", () -> execution.age().compareTo(Duration.ofMillis(200)) > 0);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    private static String stored(Lease lease) {
        return JOBS.stored(lease.jobId(), "status::text", String.class);
    }

    private Lease claimed() {
        JOBS.pending();
        return JOBS.claim(node);
    }

    @Test
    void onlyAJobThatRunsForAWhileIsShownAsRunning() {
        Lease lease = claimed();
        Execution execution = execute(lease);
        watch.look();
        if (execution.age().compareTo(Duration.ofMillis(200)) < 0) {
            assertThat(stored(lease)).isEqualTo("pending");
        }
        awaitLongRunning(execution);
        watch.look();
        assertThat(stored(lease)).isEqualTo("running");
        assertThat(execution.isShownRunning()).isTrue();
    }

    @Test
    void looksMoreRarelyWhileNoAttemptIsHeld() {
        assertThat(watch.look()).isEqualTo(LeaseWatch.INTERVAL.multipliedBy(5));
        assertThat(watch.begun()).as("to be woken").isTrue();
        assertThat(watch.begun()).as("once").isFalse();
        assertThat(watch.look()).as("what began may have ended").isEqualTo(LeaseWatch.INTERVAL);
        assertThat(watch.look()).isEqualTo(LeaseWatch.INTERVAL.multipliedBy(5));
        execute(claimed());
        assertThat(watch.look()).isEqualTo(LeaseWatch.INTERVAL);
        assertThat(watch.begun()).isFalse();
    }

    @Test
    void anAttemptWhoseLeaseIsGoneIsStopped() {
        Lease lease = claimed();
        Execution execution = execute(lease);
        awaitLongRunning(execution);
        look(5);
        assertThat(execution.isStopped()).isFalse();
        JOBS.cancel(lease.jobId());
        look(5);
        assertThat(execution.isStopped()).isTrue();
    }

    @Test
    void onlyTheStaleOfTwoAttemptsAtAJobIsStopped() {
        Lease stale = claimed();
        Execution old = execute(stale);
        JOBS.giveBack(stale);
        Execution next = execute(JOBS.claim(node));
        awaitLongRunning(next);
        look(5);
        assertThat(old.isStopped()).isTrue();
        assertThat(next.isStopped()).isFalse();
    }

    @Test
    void aJobWhoseClaimWasNeverAnsweredIsGivenBack() {
        Lease unknown = claimed();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '6 s'");
        look(LOOKS_UNTIL_UNKNOWN);
        assertThat(JOBS.isLeased(unknown.jobId())).isTrue();
        // After a slow search the next one comes later.
        Await.until("it is given back", () -> {
            watch.look();
            return !JOBS.isLeased(unknown.jobId());
        });
        assertThat(JOBS.job(unknown.jobId()).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.claim(node).attempt()).isEqualTo(2);
    }

    @Test
    void anAttemptWhoseOutcomeWasRefusedIsEndedAndHoldsUpNoUnknownJob() {
        Lease refused = claimed();
        Lease stuck = claimed();
        Lease stuckUnknown = claimed();
        Lease unknown = claimed();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '6 s'");
        finisher.unstored().add(refused);
        finisher.unstored().add(stuck);
        String any = "OLD.id IN ('" + stuck.jobId() + "', '" + stuckUnknown.jobId() + "')";
        JOBS.refusing(
                "jobs",
                any,
                () -> Await.until("the unknown job is given back", () -> {
                    watch.look();
                    return !JOBS.isLeased(unknown.jobId());
                }));
        assertThat(JOBS.stored(refused.jobId(), "losses", Integer.class)).isEqualTo(1);
        assertThat(JOBS.isLeased(stuck.jobId())).isTrue();
        assertThat(finisher.unstored().holds(stuckUnknown)).isTrue();
    }

    @Test
    void aJobThatCannotBeShownAsRunningHoldsUpNoOther() {
        Lease refused = claimed();
        Lease other = claimed();
        execute(refused);
        awaitLongRunning(execute(other));
        JOBS.refusing(refused.jobId(), () -> {
            watch.look();
            assertThat(stored(other)).isEqualTo("running");
            JOBS.cancel(other.jobId());
            look(5);
        });
        assertThat(executions.all())
                .filteredOn(Execution::isStopped)
                .extracting(Execution::lease)
                .containsExactly(other);
    }

    @Test
    void aJobWhoseRowIsHeldIsShownOnceItIsFreeAndHoldsUpNoOther() {
        LeaseWatch impatient = new LeaseWatch(Parked.impatient(DATABASE), registered(node), executions, finisher);
        Lease held = claimed();
        Lease other = claimed();
        execute(held);
        awaitLongRunning(execute(other));
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", held.jobId());
            assertThatThrownBy(impatient::look)
                    .satisfies(e -> assertThat(DatabaseFault.of(e)).isEqualTo(DatabaseFault.BUSY));
            impatient.look();
            assertThat(stored(other)).isEqualTo("running");
        }
        impatient.look();
        assertThat(stored(held)).isEqualTo("running");
    }

    @Test
    void anUnknownJobWhoseRowIsHeldHoldsUpNoOther() {
        LeaseWatch impatient = new LeaseWatch(Parked.impatient(DATABASE), registered(node), executions, finisher);
        Lease held = claimed();
        Lease unknown = claimed();
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '6 s'");
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", held.jobId());
            Await.until("the other is given back", () -> {
                impatient.look();
                return !JOBS.isLeased(unknown.jobId());
            });
            assertThat(JOBS.isLeased(held.jobId())).isTrue();
        }
    }

    @Test
    void aClaimThatMayStillBeUnderWayIsLeftAlone() {
        Lease young = claimed();
        look(2 * LOOKS_UNTIL_UNKNOWN);
        assertThat(JOBS.isLeased(young.jobId())).isTrue();
    }

    @Test
    void runningAndEndingJobsAreNotGivenBack() throws InterruptedException {
        Lease running = claimed();
        execute(running);
        Lease written = claimed();
        finisher.add(
                new AttemptEnd(TestJobs.TOOL, "0", Duration.ZERO, Duration.ZERO, new Outcome.Completed(written, "1")));
        JOBS.update("UPDATE job_leases SET leased_at = NOW() - INTERVAL '6 s'");
        look(3 * LOOKS_UNTIL_UNKNOWN);
        assertThat(JOBS.isLeased(running.jobId())).isTrue();
        assertThat(JOBS.isLeased(written.jobId())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAttemptThatBrokeOffIsHeldNoLongerAndCountsAsALoss(boolean atItsBegin) {
        Attempts attempts = new Attempts(
                new Node(JOBS.jdbi(), registered(node), telemetry, new JobSignals()),
                ToolRegistry.of(List.of(FakeTool.echo())),
                new Attempts.Bounds(1, Duration.ofMinutes(1), Stops.GRACE),
                new OutOfMemory(atItsBegin));
        try {
            JOBS.pending();
            ClaimedJob job = JOBS.claim(node, 3, 1, TestJobs.TOOL).get(0);
            attempts.begin(List.of(job));
            Await.until("it is not held", () -> attempts.executions().all().isEmpty());
            Await.until("it is ended", () -> {
                attempts.watch();
                return !JOBS.isLeased(job.lease().jobId());
            });
            assertThat(JOBS.stored(job.lease().jobId(), "losses", Integer.class))
                    .isEqualTo(1);
            assertThat(telemetry.loopFailures)
                    .extracting(RecordedTelemetry.LoopFailure::loop)
                    .containsExactly("attempt");
        } finally {
            attempts.close();
        }
    }

    /** Throws when an attempt begins, or when it has ended. */
    private record OutOfMemory(boolean atTheBegin) implements Attempts.Feedback {
        @Override
        public void begun(ClaimedJob job) {
            if (atTheBegin) {
                throw new OutOfMemoryError("a test");
            }
        }

        @Override
        public void ended(Duration took) {
            if (!atTheBegin) {
                throw new OutOfMemoryError("a test");
            }
        }

        @Override
        public void freed(Collection<UUID> jobs) {}

        @Override
        public void returned(List<ClaimedJob> jobs) {}
    }
}
