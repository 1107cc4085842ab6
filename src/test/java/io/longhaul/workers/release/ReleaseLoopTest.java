package io.longhaul.workers.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.chains.Chains;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.schedules.Misfire;
import io.longhaul.schedules.Scheduler;
import io.longhaul.schedules.Schedules;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReleaseLoopTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final JobSignals signals = new JobSignals();
    private final List<UUID> endedBatches = new CopyOnWriteArrayList<>();
    private final AtomicInteger ready = new AtomicInteger();
    private final ReleaseLoop flow = flow();
    private final JointCommit commits = new JointCommit(JOBS.jdbi(), signals);
    private final Intake intake =
            new Intake(JOBS.jdbi(), submission -> {}, new GroupCommit(JOBS.jdbi(), new JobSignals()), commits);

    private ReleaseLoop flow() {
        return new ReleaseLoop(
                new Node(JOBS.jdbi(), new NodeState(() -> true), telemetry, signals),
                new Chains(JOBS.jdbi(), submission -> {}, 1_000),
                new Scheduler(
                        JOBS.jdbi(),
                        () -> new String[] {TestJobs.TOOL},
                        schedule -> TestJobs.submission().ofSchedule(schedule.id()),
                        submission -> {},
                        new JointCommit(JOBS.jdbi(), signals)),
                new PendingWorkCache(JOBS.jdbi()),
                endedBatches::addAll);
    }

    private boolean isReleased(UUID job) {
        return ready.get() > 0 && JOBS.job(job).awaits() == 0;
    }

    @BeforeEach
    void listen() {
        signals.onAwaited(flow::awaited);
        signals.onEnded(flow::ended);
        signals.onReady(ready::incrementAndGet);
    }

    @AfterEach
    void stop() {
        flow.stop();
        assertThat(telemetry.loopFailures).isEmpty();
    }

    private UUID after(UUID predecessor) throws SubmissionRejected {
        JobExtras extras = JobExtras.of(e -> e.after = List.of(predecessor));
        return intake.submit(new Submission(
                        TestJobs.TOOL, "{}", "t", Duration.ofHours(1), 0, null, null, null, null, extras))
                .job()
                .id();
    }

    @Test
    void anEndOnThisNodeReleasesAtOnce() throws Exception {
        Lease first = JOBS.leased();
        UUID waiting = after(first.jobId());
        flow.start();
        JOBS.transitions()
                .complete(
                        new UUID[] {first.jobId()},
                        new Integer[] {first.attempt()},
                        new Long[] {first.nodeId()},
                        new String[] {"1"});
        signals.ended(List.of(first.jobId()));
        Await.until("the waiting job is released", () -> isReleased(waiting));
        assertThat(JOBS.job(waiting).awaits()).isZero();
    }

    @Test
    void anUnreportedEndReleasesWithTheNextSweep() throws Exception {
        UUID first = JOBS.pending();
        UUID waiting = after(first);
        UUID last = after(waiting);
        flow.start();
        JOBS.cancel(first);
        Await.until("both are called off", () -> JOBS.job(last).status() == JobStatus.CANCELLED);
        assertThat(JOBS.job(waiting).errorCode()).isEqualTo("PREDECESSOR_FAILED");
    }

    @Test
    void aPredecessorThatEndedBeforeTheSubmitKeepsNoJobWaiting() throws Exception {
        flow.start();
        Lease first = JOBS.leased();
        JOBS.transitions()
                .complete(
                        new UUID[] {first.jobId()},
                        new Integer[] {first.attempt()},
                        new Long[] {first.nodeId()},
                        new String[] {"1"});
        UUID waiting = after(first.jobId());
        Await.until("the job is released", () -> isReleased(waiting));
    }

    @Test
    void theEndOfABatchIsReportedOnce() {
        UUID batch = UUID.randomUUID();
        List<UUID> jobs =
                intake.submitAll(List.of(TestJobs.submission(), TestJobs.submission()), batch, true).results().stream()
                        .map(result -> result.submitted().job().id())
                        .toList();
        flow.start();
        jobs.forEach(JOBS::cancel);
        signals.ended(jobs);
        Await.until("its end is told", () -> endedBatches.contains(batch));
        assertThat(endedBatches).containsExactly(batch);
    }

    @Test
    void aScheduleRunsWhenItIsDue() {
        flow.start();
        Schedules schedules = JOBS.jdbi().onDemand(Schedules.class);
        UUID id = schedules
                .create(
                        new Schedules.Wanted(
                                "soon",
                                TestJobs.TOOL,
                                "{}",
                                "* * * * *",
                                "UTC",
                                Misfire.RUN_ONCE.label(),
                                "{}",
                                false,
                                schedules.now().plusMillis(300).toString()),
                        null)
                .orElseThrow()
                .id();
        flow.schedulesChanged();
        Await.until("its job is made", () -> JOBS.count("SELECT count(*) FROM jobs WHERE schedule_id = ?", id) == 1);
        Await.until("the node is told", () -> ready.get() > 0);
    }

    @Test
    void aBatchThatCannotBeChangedHoldsUpNoOther() {
        UUID refused = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        commits.commit(List.of(TestJobs.submission()), refused, true);
        commits.commit(List.of(TestJobs.submission()), other, true);
        JOBS.update("UPDATE jobs SET status = 'completed', completed_at = NOW()");
        JOBS.refusing("job_batches", "OLD.id = '" + refused + "'", () -> {
            flow.start();
            Await.until("the other batch has ended", () -> endedBatches.contains(other));
            Await.until("the refused one is set aside", () -> telemetry.quarantined.contains(refused));
        });
        JOBS.retryRefused();
        Await.until("it ends, too", () -> endedBatches.contains(refused));
    }

    @Test
    void aWaitingJobThatCannotBeChangedIsReportedAndTheOthersAreReleased() throws Exception {
        Lease first = JOBS.leased();
        UUID refused = after(first.jobId());
        UUID waiting = after(first.jobId());
        JOBS.complete(first, "1");
        JOBS.refusing(refused, () -> {
            flow.start();
            Await.until("the other job is released", () -> isReleased(waiting));
            Await.until("the refused one is reported", () -> telemetry.quarantined.contains(refused));
        });
    }
}
