package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.telemetry.StopReason;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.FakeTool;
import io.longhaul.workers.Outage;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.node.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FinisherTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final List<UUID> told = new CopyOnWriteArrayList<>();
    private final Outage way = new Outage(DATABASE.dataSource());
    private final Reports reports = new Reports(way.jdbi(), telemetry::loopFailed);
    private final JobSignals signals = new JobSignals();
    private final Finisher finisher = new Finisher(way.jdbi(), reports, telemetry, signals);

    private void add(Outcome outcome) throws InterruptedException {
        finisher.add(new AttemptEnd(TestJobs.TOOL, "0", Duration.ZERO, Duration.ZERO, outcome));
    }

    private static Outcome completed(Lease lease, String result) {
        return new Outcome.Completed(lease, result);
    }

    private void write() throws Exception {
        finisher.writer().run();
    }

    private static Job job(Lease lease) {
        return JOBS.job(lease.jobId());
    }

    @BeforeEach
    void listen() {
        signals.onEnded(told::addAll);
    }

    @Test
    void outcomesOfAllKindsAreWrittenTogether() throws Exception {
        Lease done = JOBS.leased();
        Lease failed = JOBS.leased();
        Lease again = JOBS.leased();
        Lease back = JOBS.leased();
        add(completed(done, "1"));
        add(new Outcome.Failed(failed, "TOOL_ERROR", "no"));
        add(new Outcome.RetryLater(again, "TOOL_ERROR", "later", Duration.ofHours(1)));
        add(new Outcome.GivenBack(back));
        assertThat(finisher.holds(done)).isTrue();
        write();
        assertThat(job(done).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job(failed).status()).isEqualTo(JobStatus.FAILED);
        assertThat(job(again).status()).isEqualTo(JobStatus.PENDING);
        assertThat(job(back).status()).isEqualTo(JobStatus.PENDING);
        assertThat(telemetry.ended).hasSize(4);
        assertThat(told).containsExactlyInAnyOrder(done.jobId(), failed.jobId(), again.jobId(), back.jobId());
        assertThat(finisher.holds(done)).isFalse();
        assertThat(finisher.awaitWritten(Duration.ZERO)).isTrue();
    }

    @Test
    void theOutcomeOfACancelledJobIsDroppedAndReportedAsSuch() throws Exception {
        Lease lease = JOBS.leased();
        JOBS.cancel(lease.jobId());
        add(completed(lease, "1"));
        write();
        assertThat(telemetry.stopped).containsExactly(lease);
        assertThat(telemetry.stopReasons).containsExactly(StopReason.CANCELLED);
        assertThat(telemetry.leasesLost).isEmpty();
        assertThat(telemetry.ended).isEmpty();
        assertThat(told).isEmpty();
        assertThat(finisher.awaitWritten(Duration.ZERO)).isTrue();
    }

    @Test
    void theOutcomeOfALostLeaseIsDroppedAndReportedAsSuch() throws Exception {
        Lease lease = JOBS.leased();
        JOBS.update("DELETE FROM job_leases WHERE job_id = '" + lease.jobId() + "'");
        add(completed(lease, "1"));
        write();
        assertThat(telemetry.leasesLost).containsExactly(lease);
        assertThat(telemetry.stopped).isEmpty();
        assertThat(telemetry.ended).isEmpty();
        assertThat(told).isEmpty();
        assertThat(finisher.awaitWritten(Duration.ZERO)).isTrue();
    }

    @Test
    void aResultThatPostgresRefusesFailsItsJobAndTheOthersOfTheBatchComplete() throws Exception {
        Lease good = JOBS.leased();
        Lease bad = JOBS.leased();
        Lease alsoGood = JOBS.leased();
        add(completed(good, "1"));
        add(completed(bad, "{\"nul\": \"\\u0000\"}"));
        add(completed(alsoGood, "2"));
        write();
        assertThat(job(good).result()).isEqualTo("1");
        assertThat(job(alsoGood).result()).isEqualTo("2");
        assertThat(job(bad).status()).isEqualTo(JobStatus.FAILED);
        assertThat(job(bad).errorCode()).isEqualTo("RESULT_REFUSED");
        assertThat(telemetry.ended)
                .filteredOn(outcome -> outcome.lease().equals(bad))
                .singleElement()
                .isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void outcomesWrittenBeforeARefusalAreReportedOnce() throws Exception {
        Lease good = JOBS.leased();
        Lease bad = unwritable();
        add(completed(good, "1"));
        add(new Outcome.Failed(bad, "TOOL_ERROR", "no"));
        write();
        assertThat(telemetry.ended).extracting(Outcome::lease).containsExactly(good);
        assertThat(told).containsExactly(good.jobId());
    }

    @Test
    void anOutcomeThatCannotBeWrittenIsDroppedAndTheFinisherGoesOn() throws Exception {
        Lease bad = unwritable();
        add(new Outcome.Failed(bad, "TOOL_ERROR", "no"));
        write();
        assertThat(telemetry.leasesLost).isEmpty();
        assertThat(finisher.holds(bad)).isFalse();
        finisher.unstored().end();
        assertThat(JOBS.stored(bad.jobId(), "losses", Integer.class)).isEqualTo(1);
        Lease good = JOBS.leased();
        add(completed(good, "1"));
        write();
        assertThat(job(good).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void eachOutcomeThatCannotBeWrittenCountsAsALossUntilTheJobFails() throws Exception {
        UUID job = JOBS.pending();
        JOBS.refusing("jobs", "NEW.status = 'completed' OR NEW.error_code = 'RESULT_REFUSED'", () -> {
            for (int attempt = 1; attempt <= 2; attempt++) {
                Lease lease = JOBS.claim(JOBS.liveNode(), 1);
                assertThat(lease.attempt()).isEqualTo(attempt);
                addUnchecked(completed(lease, "1"));
                writeUnchecked();
                finisher.unstored().end();
                assertThat(finisher.unstored().holds(lease)).isFalse();
            }
        });
        assertThat(JOBS.job(job).status()).isEqualTo(JobStatus.FAILED);
        assertThat(JOBS.job(job).errorCode()).isEqualTo("WORKER_LOST");
        assertThat(JOBS.job(job).errorMessage()).contains("refused");
        assertThat(told).containsExactly(job, job);
    }

    @Test
    void aJobThatCannotEndAtAllIsSetAsideAndDoesNotRunAgain() throws Exception {
        Lease lease = JOBS.leased();
        JOBS.refusing(lease.jobId(), () -> {
            addUnchecked(completed(lease, "1"));
            writeUnchecked();
            finisher.unstored().end();
            finisher.unstored().end();
        });
        assertThat(telemetry.quarantined).containsExactly(lease.jobId());
        assertThat(JOBS.count("SELECT count(*) FROM quarantined_rows WHERE task = 'outcome'"))
                .isEqualTo(1);
        assertThat(JOBS.isLeased(lease.jobId())).isTrue();
        assertThat(finisher.unstored().holds(lease)).isTrue();
    }

    @Test
    void aLargeResultIsNotOvertakenForEverBySmallOnes() throws Exception {
        Lease first = JOBS.leased();
        Lease large = JOBS.leased();
        Lease small = JOBS.leased();
        String all = " ".repeat(Finisher.MAX_WAITING_KB * 1024 - 2) + "1";
        // Leaves room for the small one alone.
        add(completed(first, all.substring(10 * 1024)));
        Thread second = adding(completed(large, all));
        Thread third = adding(completed(small, "3"));
        assertThat(finisher.holds(small)).as("overtakes the large one").isFalse();
        Loop loop = new Loop("finisher", telemetry::loopFailed, finisher.writer());
        loop.start();
        second.join();
        third.join();
        assertThat(finisher.awaitWritten(Duration.ofSeconds(30))).isTrue();
        loop.stop();
        assertThat(job(small).result()).isEqualTo("3");
    }

    /** Begins to add an outcome on another thread; returns once it waits or is done. */
    private Thread adding(Outcome outcome) {
        Thread thread = new Thread(() -> addUnchecked(outcome));
        thread.start();
        Await.until(
                "it waits for room",
                () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TERMINATED);
        return thread;
    }

    /** A job whose count of failures is at the end of the column's range. */
    private static Lease unwritable() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE jobs SET failures = 32767 WHERE id = ?", lease.jobId());
        return lease;
    }

    @Test
    void refusedReportsDoNotKeepJobsFromEnding() throws Exception {
        JOBS.update("ALTER TABLE job_logs ADD CONSTRAINT no_poison CHECK (line <> 'poison')");
        try {
            Lease lease = JOBS.leased();
            reports.log(lease, "poison");
            add(completed(lease, "1"));
            write();
            assertThat(job(lease).result()).isEqualTo("1");
            assertThat(telemetry.loopFailures)
                    .extracting(RecordedTelemetry.LoopFailure::loop)
                    .contains("reports");
        } finally {
            JOBS.update("ALTER TABLE job_logs DROP CONSTRAINT no_poison");
        }
    }

    @Test
    void aFailingListenerCausesNoOutcomeToBeLostOrWrittenTwice() throws Exception {
        JobSignals throwing = new JobSignals();
        throwing.onEnded(jobs -> {
            throw new IllegalStateException("nobody hears");
        });
        Finisher unheard = new Finisher(way.jdbi(), reports, telemetry, throwing);
        Lease lease = JOBS.leased();
        unheard.add(new AttemptEnd(TestJobs.TOOL, "0", Duration.ZERO, Duration.ZERO, completed(lease, "1")));
        Loop loop = new Loop("finisher", telemetry::loopFailed, unheard.writer());
        loop.start();
        Await.until("the outcome is told", () -> !telemetry.ended.isEmpty());
        loop.stop();
        assertThat(telemetry.ended).hasSize(1);
        assertThat(telemetry.loopFailures).isEmpty();
        assertThat(telemetry.leasesLost).isEmpty();
        assertThat(unheard.holds(lease)).isFalse();
        assertThat(unheard.awaitWritten(Duration.ZERO)).isTrue();
    }

    @Test
    void anOutcomeIsKeptThroughAnOutageUntilItIsWritten() throws Exception {
        Lease lease = JOBS.leased();
        reports.log(lease, "the last line");
        reports.progress(lease, 1.0, "all done");
        way.down = true;
        add(completed(lease, "1"));
        Loop loop = new Loop("finisher", telemetry::loopFailed, finisher.writer());
        loop.start();
        Await.until("writing has failed twice", () -> telemetry.loopFailures.size() >= 2);
        assertThat(finisher.holds(lease)).isTrue();
        assertThat(finisher.awaitWritten(Duration.ofMillis(1))).isFalse();
        way.down = false;
        assertThat(finisher.awaitWritten(Duration.ofSeconds(30))).isTrue();
        loop.stop();
        assertThat(job(lease).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job(lease).progress().message()).isEqualTo("all done");
        assertThat(JOBS.queries().logs(lease.jobId(), 0, 10)).hasSize(1);
    }

    @Test
    void endingAndShowingTheSameJobsNeverDeadlocks() throws Exception {
        Executions executions = new Executions(100, Runnable::run, Execution::stop);
        JOBS.pendingMany(TestJobs.TOOL, 20);
        long node = JOBS.liveNode();
        for (ClaimedJob job : claimAll(node)) {
            executions.add(new Execution(job, FakeTool.echo(), reports, null, (execution, outcome) -> {}));
        }
        List<Lease> order =
                new ArrayList<>(executions.all().stream().map(Execution::lease).toList());
        Collections.reverse(order);
        for (Lease lease : order) {
            add(completed(lease, "1"));
        }
        Await.until(
                "all run for a while",
                () -> executions.all().stream().allMatch(e -> e.age().compareTo(Duration.ofMillis(250)) > 0));
        NodeState state = new NodeState(() -> true);
        state.registered(JOBS.run(node));
        LeaseWatch watch = new LeaseWatch(way.jdbi(), state, executions, finisher);
        try (Parked middle = new Parked(JOBS.jdbi())) {
            middle.execute(
                    "SELECT FROM jobs WHERE id = ? FOR UPDATE", order.get(10).jobId());
            CompletableFuture<Void> shown = Parked.beside(() -> {
                watch.look();
                return null;
            });
            middle.awaitWaiters(1);
            CompletableFuture<Void> finished = Parked.beside(() -> {
                writeUnchecked();
                return null;
            });
            middle.awaitWaiters(2);
            middle.rollback();
            shown.join();
            finished.join();
        }
        assertThat(telemetry.loopFailures).isEmpty();
        assertThat(telemetry.ended).hasSize(20);
        assertThat(JOBS.deadlocks()).isZero();
    }

    /** Else the node would never be told that all outcomes are written, and drain for as long as it may. */
    @Test
    void anOutcomeThatFindsNoPlaceLeavesNothingBehind() throws Exception {
        long node = JOBS.liveNode();
        Lease last = new Lease(UUID.randomUUID(), 1, node);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread adding = new Thread(() -> {
            try {
                for (int i = 0; i < Finisher.MOST_WAITING; i++) {
                    add(completed(new Lease(UUID.randomUUID(), 1, node), "1"));
                }
                add(completed(last, "1"));
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        adding.start();
        Await.until("there is no place", () -> finisher.holds(last) && adding.getState() == Thread.State.WAITING);
        adding.interrupt();
        assertThat(interrupted.get()).isTrue();
        assertThat(finisher.holds(last)).isFalse();
        assertThat(finisher.unstored().holds(last)).isTrue();
        for (int i = 0; i < 10; i++) {
            write();
        }
        assertThat(finisher.awaitWritten(Duration.ZERO)).isTrue();
    }

    private static List<ClaimedJob> claimAll(long node) {
        return JOBS.transitions()
                .claim(
                        node,
                        new String[] {TestJobs.TOOL},
                        new Integer[] {3},
                        new Integer[] {100},
                        100,
                        Long.MAX_VALUE,
                        new UUID[0]);
    }

    private void addUnchecked(Outcome outcome) {
        try {
            add(outcome);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void writeUnchecked() {
        try {
            write();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
