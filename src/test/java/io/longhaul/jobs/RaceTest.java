package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.sql.JobInputs;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.run.OutcomeWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two writers change one job at the same time. The first is parked before its commit. If the second must wait, the
 * database confirms that it waits for the first; if it must not wait, it returns before the first commits.
 */
class RaceTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @AfterEach
    void nothingHasDeadlocked() {
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static Parked parked() {
        return new Parked(JOBS.jdbi());
    }

    private static JobStatus status(Lease lease) {
        return JOBS.job(lease.jobId()).status();
    }

    private static void lapse(Lease lease) {
        JOBS.kill(lease.nodeId());
    }

    @Test
    void anAnswerInTheMomentInWhichAnAttemptEndsToWaitMakesTheJobGoOn() {
        Lease lease = JOBS.leased();
        JOBS.jdbi()
                .useExtension(
                        JobInputs.class,
                        inputs -> inputs.ask(
                                lease.jobId(), lease.attempt(), lease.nodeId(), "approve", "{}", 3_600_000, 10));
        try (Parked answering = parked()) {
            answering.transitions().lock(lease.jobId());
            answering.with(handle ->
                    handle.attach(JobInputs.class).answer(lease.jobId(), "approve", "{\"action\": \"accept\"}", null));
            Map<Lease, Outcome> taken = new HashMap<>();
            CompletableFuture<Void> ending = Parked.beside(() -> {
                new OutcomeWriter(JOBS.jdbi()).write(List.of(new Outcome.WaitsForInput(lease)), taken);
                return null;
            });
            answering.awaitWaiters(1);
            answering.commit();
            ending.join();
            assertThat(taken).containsKey(lease);
        }
        assertThat(JOBS.stored(lease.jobId(), "run_at <= NOW()", Boolean.class)).isTrue();
    }

    @Test
    void aCancelThatComesDuringACompletionFindsTheJobEnded() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            CompletableFuture<Cancellation.Answer> cancel = Parked.beside(() -> JOBS.cancel(lease.jobId()));
            first.awaitWaiters(1);
            first.commit();
            assertThat(cancel.join()).isEqualTo(Cancellation.Answer.ALREADY_ENDED);
        }
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
        assertThat(JOBS.job(lease.jobId()).result()).isEqualTo("1");
    }

    @Test
    void aCancelDuringACompletionThatRollsBackCancels() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            CompletableFuture<Cancellation.Answer> cancel = Parked.beside(() -> JOBS.cancel(lease.jobId()));
            first.awaitWaiters(1);
            first.rollback();
            assertThat(cancel.join()).isEqualTo(Cancellation.Answer.CANCELLED);
        }
        assertThat(status(lease)).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.isLeased(lease.jobId())).isFalse();
    }

    @Test
    void aCompletionThatComesDuringACancelIsDropped() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            first.transitions().lock(lease.jobId());
            first.transitions().cancel(lease.jobId());
            CompletableFuture<Boolean> completion = Parked.beside(() -> JOBS.complete(lease, "1"));
            first.awaitWaiters(1);
            first.commit();
            assertThat(completion.join()).isFalse();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(lease.jobId()).result()).isNull();
    }

    @Test
    void aFailureThatComesDuringACancelIsDropped() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            first.transitions().lock(lease.jobId());
            first.transitions().cancel(lease.jobId());
            CompletableFuture<Boolean> failure = Parked.beside(() -> JOBS.retryLater(lease, 0));
            first.awaitWaiters(1);
            first.commit();
            assertThat(failure.join()).isFalse();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.queries().failedAttempts(lease.jobId())).isEmpty();
    }

    @Test
    void aCancelThatComesDuringARetryCancelsTheNextAttempt() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.end(first.transitions(), lease, 0L);
            CompletableFuture<Cancellation.Answer> cancel = Parked.beside(() -> JOBS.cancel(lease.jobId()));
            first.awaitWaiters(1);
            first.commit();
            assertThat(cancel.join()).isEqualTo(Cancellation.Answer.CANCELLED);
        }
        assertThat(status(lease)).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(lease.jobId()).attempt()).isEqualTo(1);
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isZero();
    }

    @Test
    void aCancelThatComesDuringAClaimLeavesNoLease() {
        UUID id = JOBS.pending();
        long node = JOBS.liveNode();
        try (Parked claim = parked()) {
            List<ClaimedJob> claimed = claim.transitions()
                    .claim(
                            node,
                            new String[] {TestJobs.TOOL},
                            new Integer[] {3},
                            new Integer[] {1},
                            1,
                            Long.MAX_VALUE,
                            new UUID[0]);
            assertThat(claimed).hasSize(1);
            CompletableFuture<Cancellation.Answer> cancel = Parked.beside(() -> JOBS.cancel(id));
            claim.awaitWaiters(1);
            claim.commit();
            assertThat(cancel.join()).isEqualTo(Cancellation.Answer.CANCELLED);
            assertThat(JOBS.isLost(claimed.get(0).lease())).isTrue();
        }
        assertThat(JOBS.isLeased(id)).isFalse();
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void aClaimThatComesDuringACancelTakesTheNextJobWithoutWaiting() {
        UUID cancelled = JOBS.pending();
        UUID next = JOBS.pending();
        try (Parked first = parked()) {
            first.transitions().lock(cancelled);
            first.transitions().cancel(cancelled);
            assertThat(JOBS.claim(JOBS.liveNode()).jobId()).isEqualTo(next);
            first.commit();
        }
        assertThat(JOBS.isLeased(cancelled)).isFalse();
    }

    @Test
    void twoClaimersNeverShareAJobAndNeitherWaits() {
        JOBS.pendingMany(TestJobs.TOOL, 10);
        long node = JOBS.liveNode();
        try (Parked first = parked()) {
            List<ClaimedJob> one = first.transitions()
                    .claim(
                            node,
                            new String[] {TestJobs.TOOL},
                            new Integer[] {3},
                            new Integer[] {6},
                            6,
                            Long.MAX_VALUE,
                            new UUID[0]);
            List<ClaimedJob> two = JOBS.claim(JOBS.liveNode(), 3, 6, TestJobs.TOOL);
            first.commit();
            assertThat(one).hasSize(6);
            assertThat(two).hasSize(4);
            assertThat(ids(one)).doesNotContainAnyElementsOf(ids(two));
        }
    }

    private static Set<UUID> ids(List<ClaimedJob> jobs) {
        Set<UUID> ids = new HashSet<>();
        jobs.forEach(job -> ids.add(job.lease().jobId()));
        return ids;
    }

    /**
     * Starts a claim of two jobs that has taken its snapshot and the first job, and then waits, because the
     * parked transaction leases that job by hand. Changes of the second job in the meantime are not in the
     * claim's snapshot.
     */
    private static List<Lease> whatASlowClaimGets(Consumer<Lease> meanwhile) {
        UUID first = JOBS.pending();
        UUID second = JOBS.pending();
        try (Parked parked = parked()) {
            parked.execute("INSERT INTO job_leases VALUES (?, 1, 0, NOW(), 0)", first);
            CompletableFuture<List<ClaimedJob>> slow =
                    Parked.beside(() -> JOBS.claim(JOBS.liveNode(), 3, 2, TestJobs.TOOL));
            parked.awaitWaiters(1);
            Lease other = JOBS.claim(JOBS.liveNode());
            assertThat(other.jobId()).isEqualTo(second);
            meanwhile.accept(other);
            parked.rollback();
            List<Lease> got = slow.join().stream().map(ClaimedJob::lease).toList();
            assertThat(got.get(0).jobId()).isEqualTo(first);
            return got.subList(1, got.size());
        }
    }

    @Test
    void aSlowClaimDoesNotLeaseWhatAnotherLeasedMeanwhile() {
        assertThat(whatASlowClaimGets(leased -> {})).isEmpty();
        assertThat(JOBS.count("SELECT count(*) FROM job_leases")).isEqualTo(2);
    }

    @Test
    void aSlowClaimDoesNotLeaseWhatWasDoneMeanwhile() {
        assertThat(whatASlowClaimGets(leased -> JOBS.complete(leased, "1"))).isEmpty();
    }

    @Test
    void aSlowClaimDoesNotLeaseWhatWaitsForItsRetry() {
        assertThat(whatASlowClaimGets(leased -> JOBS.retryLater(leased, 60_000)))
                .isEmpty();
    }

    @Test
    void aSlowClaimThatGetsAJobGivenBackMeanwhileBeginsItsNextAttempt() {
        assertThat(whatASlowClaimGets(JOBS::giveBack))
                .singleElement()
                .extracting(Lease::attempt)
                .isEqualTo(2);
    }

    @Test
    void aRescueThatComesDuringACompletionLeavesTheJobAlone() {
        Lease lease = JOBS.leased();
        lapse(lease);
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            assertThat(JOBS.transitions().rescue(10, null)).isEmpty();
            first.commit();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
        assertThat(JOBS.stored(lease.jobId(), "losses", Integer.class)).isZero();
    }

    @Test
    void aCompletionThatComesDuringARescueIsDropped() {
        Lease lease = JOBS.leased();
        lapse(lease);
        try (Parked rescue = parked()) {
            assertThat(rescue.transitions().rescue(10, null)).hasSize(1);
            CompletableFuture<Boolean> completion = Parked.beside(() -> JOBS.complete(lease, "1"));
            rescue.awaitWaiters(1);
            rescue.commit();
            assertThat(completion.join()).isFalse();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.job(lease.jobId()).result()).isNull();
    }

    @Test
    void aCompletionDuringARescueThatRollsBackCounts() {
        Lease lease = JOBS.leased();
        lapse(lease);
        try (Parked rescue = parked()) {
            rescue.transitions().rescue(10, null);
            CompletableFuture<Boolean> completion = Parked.beside(() -> JOBS.complete(lease, "1"));
            rescue.awaitWaiters(1);
            rescue.rollback();
            assertThat(completion.join()).isTrue();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aCompletionThatWaitedForARescueCannotEndTheNextAttempt() {
        Lease stale = JOBS.leased();
        lapse(stale);
        long other = JOBS.liveNode();
        try (Parked rescue = parked()) {
            rescue.transitions().rescue(10, null);
            List<ClaimedJob> again = rescue.transitions()
                    .claim(
                            other,
                            new String[] {TestJobs.TOOL},
                            new Integer[] {3},
                            new Integer[] {1},
                            1,
                            Long.MAX_VALUE,
                            new UUID[0]);
            assertThat(again).hasSize(1);
            CompletableFuture<Boolean> completion = Parked.beside(() -> JOBS.complete(stale, "\"stale\""));
            rescue.awaitWaiters(1);
            rescue.commit();
            assertThat(completion.join()).isFalse();
            assertThat(JOBS.complete(again.get(0).lease(), "\"right\"")).isTrue();
        }
        assertThat(JOBS.job(stale.jobId()).result()).isEqualTo("\"right\"");
    }

    @Test
    void twoRescuersNeverShareAJobAndNeitherWaits() {
        JOBS.pendingMany(TestJobs.TOOL, 4);
        long node = JOBS.liveNode();
        JOBS.claim(node, 3, 4, TestJobs.TOOL);
        JOBS.kill(node);
        try (Parked first = parked()) {
            assertThat(first.transitions().rescue(3, null)).hasSize(3);
            assertThat(JOBS.transitions().rescue(3, null)).hasSize(1);
            first.commit();
        }
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE attempt = 1 AND losses = 1"))
                .isEqualTo(4);
    }

    @Test
    void aNodeThatRenewsDuringARescueLosesOnlyWhatWasRescued() {
        Lease lost = JOBS.leased();
        lapse(lost);
        try (Parked rescue = parked()) {
            assertThat(rescue.transitions().rescue(10, null)).hasSize(1);
            assertThat(JOBS.nodes().renew(JOBS.run(lost.nodeId()), 60_000)).isPresent();
            JOBS.pending();
            Lease next = JOBS.claim(lost.nodeId());
            rescue.commit();
            assertThat(JOBS.isLost(lost)).isTrue();
            assertThat(JOBS.isLost(next)).isFalse();
        }
        assertThat(JOBS.complete(lost, "1")).isFalse();
    }

    @Test
    void aRescueThatComesDuringARenewalSeesTheLapsedLeaseAndItsWorkIsFencedOff() {
        Lease lease = JOBS.leased();
        lapse(lease);
        try (Parked renewal = parked()) {
            assertThat(renewal.nodes().renew(JOBS.run(lease.nodeId()), 60_000)).isPresent();
            assertThat(JOBS.transitions().rescue(10, null)).containsExactly(lease.jobId());
            renewal.commit();
        }
        assertThat(JOBS.complete(lease, "1")).isFalse();
        assertThat(JOBS.claim(lease.nodeId()).attempt()).isEqualTo(2);
    }

    @Test
    void aForgottenNodeCannotRenewAndARenewedOneIsNotForgotten() {
        long node = JOBS.liveNode();
        NodeLeases.Run run = JOBS.run(node);
        JOBS.kill(node);
        try (Parked renewal = parked()) {
            renewal.nodes().renew(run, 60_000);
            CompletableFuture<Integer> forgotten =
                    Parked.beside(() -> JOBS.nodes().forgetDead());
            renewal.awaitWaiters(1);
            renewal.commit();
            assertThat(forgotten.join()).isZero();
        }
        JOBS.kill(node);
        try (Parked forgetting = parked()) {
            assertThat(forgetting.nodes().forgetDead()).isEqualTo(1);
            CompletableFuture<Optional<Integer>> renewal =
                    Parked.beside(() -> JOBS.nodes().renew(run, 60_000));
            forgetting.awaitWaiters(1);
            forgetting.commit();
            assertThat(renewal.join()).isEmpty();
        }
    }

    @Test
    void aJobThatIsShownAsRunningWhileItEndsStaysEnded() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            CompletableFuture<Boolean> shown = Parked.beside(() -> JOBS.showRunning(lease));
            first.awaitWaiters(1);
            first.commit();
            assertThat(shown.join()).isFalse();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aJobThatIsShownAsRunningWhileItIsRetriedIsNotShownAfterwards() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.end(first.transitions(), lease, 0L);
            CompletableFuture<Boolean> shown = Parked.beside(() -> JOBS.showRunning(lease));
            first.awaitWaiters(1);
            first.commit();
            assertThat(shown.join()).isFalse();
        }
        assertThat(JOBS.stored(lease.jobId(), "status::text", String.class)).isEqualTo("pending");
    }

    @Test
    void aJobThatEndsWhileItIsShownAsRunningEnds() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            first.transitions().showRunning(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease));
            CompletableFuture<Boolean> completion = Parked.beside(() -> JOBS.complete(lease, "1"));
            first.awaitWaiters(1);
            first.commit();
            assertThat(completion.join()).isTrue();
        }
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void twoCompletionsOfOneLeaseAtTheSameTimeEndTheJobOnce() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            CompletableFuture<Boolean> second = Parked.beside(() -> JOBS.complete(lease, "2"));
            first.awaitWaiters(1);
            first.commit();
            assertThat(second.join()).isFalse();
        }
        assertThat(JOBS.job(lease.jobId()).result()).isEqualTo("1");
    }

    @Test
    void twoCancelsAtTheSameTimeCancelOnce() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            first.transitions().lock(lease.jobId());
            first.transitions().cancel(lease.jobId());
            CompletableFuture<Cancellation.Answer> second = Parked.beside(() -> JOBS.cancel(lease.jobId()));
            first.awaitWaiters(1);
            first.commit();
            assertThat(second.join()).isEqualTo(Cancellation.Answer.ALREADY_ENDED);
        }
    }

    @Test
    void aCleanUpSkipsAJobThatIsEnding() {
        Lease lease = JOBS.leased();
        JOBS.lateToStart();
        try (Parked first = parked()) {
            TestJobs.complete(first.transitions(), lease, "1");
            assertThat(JOBS.deleteExpired(10)).isZero();
            assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
            first.commit();
        }
        assertThat(JOBS.deleteExpired(10)).isZero();
        assertThat(status(lease)).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aCancelThatComesDuringACleanUpFindsNoJob() {
        UUID id = JOBS.pending();
        JOBS.cancel(id);
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 h'");
        try (Parked cleanUp = parked()) {
            assertThat(TestJobs.deleteExpired(cleanUp.transitions(), 10)).isEqualTo(1);
            CompletableFuture<Optional<Cancellation.Answer>> cancel =
                    Parked.beside(() -> new Cancellation(JOBS.jdbi()).cancel(id));
            cleanUp.awaitWaiters(1);
            cleanUp.commit();
            assertThat(cancel.join()).isEmpty();
        }
    }

    @Test
    void aCancelThatComesWhileAJobExpiresFindsItEnded() {
        UUID id = JOBS.pending();
        JOBS.lateToStart();
        try (Parked expiry = parked()) {
            assertThat(expiry.transitions().expirePending(10, null)).containsExactly(id);
            CompletableFuture<Cancellation.Answer> cancel = Parked.beside(() -> JOBS.cancel(id));
            expiry.awaitWaiters(1);
            expiry.commit();
            assertThat(cancel.join()).isEqualTo(Cancellation.Answer.ALREADY_ENDED);
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aClaimSkipsAJobThatIsBeingRetriedOrGivenBack() {
        Lease lease = JOBS.leased();
        try (Parked first = parked()) {
            first.transitions().giveBack(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease));
            assertThat(JOBS.claim(lease.nodeId(), 3, 1, TestJobs.TOOL)).isEmpty();
            first.commit();
        }
        assertThat(JOBS.claim(lease.nodeId()).attempt()).isEqualTo(2);
    }

    @Test
    void manyWritersAtTheSameJobsNeitherDeadlockNorEndAJobTwice() {
        JOBS.pendingMany(TestJobs.TOOL, 40);
        long node = JOBS.liveNode();
        List<Lease> leases = JOBS.claim(node, 3, 40, TestJobs.TOOL).stream()
                .map(ClaimedJob::lease)
                .toList();
        JOBS.kill(node);
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        CompletableFuture<List<UUID>> rescue =
                Parked.beside(() -> JOBS.transitions().rescue(20, null));
        for (Lease lease : leases) {
            all.add(Parked.beside(() -> JOBS.complete(lease, "1") ? 1 : 0));
            all.add(Parked.beside(() -> JOBS.cancel(lease.jobId()) == Cancellation.Answer.CANCELLED ? 1 : 0));
        }
        int ends = all.stream().mapToInt(CompletableFuture::join).sum();
        rescue.join();
        assertThat(ends).isEqualTo(40);
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE status IN ('completed', 'cancelled')"))
                .isEqualTo(40);
        assertThat(JOBS.count("SELECT count(*) FROM job_leases")).isZero();
    }

    private static int unclaim(JobTransitions transitions, Lease lease) {
        return transitions.unclaim(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease));
    }

    private static int unclaimAlone(Lease lease) {
        return JOBS.jdbi().inTransaction(handle -> unclaim(handle.attach(JobTransitions.class), lease));
    }

    private static void isAsIfItHadNeverBeenClaimed(Lease lease) {
        assertThat(JOBS.stored(lease.jobId(), "status::text", String.class)).isEqualTo("pending");
        assertThat(JOBS.stored(lease.jobId(), "attempt", Integer.class)).isZero();
        assertThat(JOBS.isLeased(lease.jobId())).isFalse();
    }

    @Test
    void aRescueLeavesAJobAloneThatIsBeingReturned() {
        Lease lease = JOBS.leased();
        JOBS.kill(lease.nodeId());
        try (Parked returned = parked()) {
            assertThat(unclaim(returned.transitions(), lease)).isEqualTo(1);
            assertThat(JOBS.transitions().rescue(10, null)).isEmpty();
            returned.commit();
        }
        assertThat(JOBS.transitions().rescue(10, null)).isEmpty();
        isAsIfItHadNeverBeenClaimed(lease);
    }

    @Test
    void aJobThatIsBeingRescuedIsNotReturnedAsWell() {
        Lease lease = JOBS.leased();
        JOBS.kill(lease.nodeId());
        try (Parked rescue = parked()) {
            assertThat(rescue.transitions().rescue(10, null)).containsExactly(lease.jobId());
            CompletableFuture<Integer> returned = Parked.beside(() -> unclaimAlone(lease));
            rescue.awaitWaiters(1);
            rescue.commit();
            assertThat(returned.join()).isZero();
        }
        assertThat(JOBS.claim(JOBS.liveNode()).attempt()).isEqualTo(2);
    }

    @Test
    void aJobThatIsCancelledWhileItIsBeingReturnedIsCancelled() {
        Lease lease = JOBS.leased();
        try (Parked returned = parked()) {
            assertThat(unclaim(returned.transitions(), lease)).isEqualTo(1);
            CompletableFuture<Void> cancelled = Parked.beside(() -> {
                JOBS.cancel(lease.jobId());
                return null;
            });
            returned.awaitWaiters(1);
            returned.commit();
            cancelled.join();
        }
        assertThat(JOBS.stored(lease.jobId(), "status::text", String.class)).isEqualTo("cancelled");
        assertThat(JOBS.isLeased(lease.jobId())).isFalse();
    }

    @Test
    void aJobThatWasReturnedIsTheNextToBeClaimed() {
        Lease lease = JOBS.leased();
        UUID later = JOBS.pending();
        assertThat(unclaimAlone(lease)).isEqualTo(1);
        isAsIfItHadNeverBeenClaimed(lease);
        assertThat(JOBS.claim(JOBS.liveNode())).satisfies(again -> {
            assertThat(again.jobId()).isEqualTo(lease.jobId()).isNotEqualTo(later);
            assertThat(again.attempt()).isEqualTo(1);
        });
    }
}
