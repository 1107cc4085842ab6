package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.QueuePosition;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobTransitionsTest {
    private static final UUID[] NONE = {};

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private List<UUID> claim(long node, int limit, String... tools) {
        return JOBS.claim(node, 3, limit, tools).stream()
                .map(job -> job.lease().jobId())
                .toList();
    }

    @Test
    void aClaimedJobIsReadAsRunningSinceItsClaim() {
        Lease lease = JOBS.leased();
        Job job = JOBS.job(lease.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(job.startedAt()).isNotNull().isBeforeOrEqualTo(job.readAt());
        assertThat(job.attempt()).isEqualTo(1);
    }

    @Test
    void aClaimWritesNothingToTheJobsRow() {
        UUID id = JOBS.pending();
        String before = JOBS.stored(id, "xmin::text || ctid::text || JOBS::text", String.class);
        JOBS.claim(JOBS.liveNode());
        assertThat(JOBS.stored(id, "xmin::text || ctid::text || JOBS::text", String.class))
                .isEqualTo(before);
    }

    @Test
    void aLeasedJobIsNotClaimedAgain() {
        JOBS.leased();
        assertThat(claim(JOBS.liveNode(), 10, TestJobs.TOOL)).isEmpty();
    }

    @Test
    void jobsAreClaimedFirstComeFirstServed() {
        List<UUID> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            order.add(JOBS.pending());
        }
        long node = JOBS.liveNode();
        List<UUID> claimed = new ArrayList<>(claim(node, 5, TestJobs.TOOL));
        claimed.addAll(claim(node, 15, TestJobs.TOOL));
        assertThat(claimed).isEqualTo(order);
    }

    @Test
    void tenIsTheHighestPriorityAndWithinOneTheOrderOfArrivalCounts() {
        UUID low = JOBS.enqueue(TestJobs.withPriority("echo", 0));
        UUID middle = JOBS.enqueue(TestJobs.withPriority("echo", 5));
        UUID high = JOBS.enqueue(TestJobs.withPriority("echo", 10));
        UUID alsoHigh = JOBS.enqueue(TestJobs.withPriority("echo", 10));
        assertThat(claim(JOBS.liveNode(), 10, "echo")).containsExactly(high, alsoHigh, middle, low);
    }

    @Test
    void priorityAndOrderHoldAcrossTools() {
        UUID third = JOBS.enqueue(TestJobs.withPriority("a", 1));
        UUID first = JOBS.enqueue(TestJobs.withPriority("b", 10));
        UUID second = JOBS.enqueue(TestJobs.withPriority("c", 10));
        UUID fourth = JOBS.enqueue(TestJobs.withPriority("b", 1));
        UUID last = JOBS.enqueue(TestJobs.withPriority("c", 0));
        long node = JOBS.liveNode();
        assertThat(claim(node, 3, "a", "b", "c")).containsExactly(first, second, third);
        assertThat(claim(node, 3, "a", "b", "c")).containsExactly(fourth, last);
    }

    @Test
    void aClaimTakesOnlyJobsOfTheNodesTools() {
        UUID other = JOBS.pending("other");
        UUID mine = JOBS.pending("mine");
        assertThat(claim(JOBS.liveNode(), 10, "mine")).containsExactly(mine);
        assertThat(JOBS.isLeased(other)).isFalse();
    }

    @Test
    void aClaimStopsAtItsSizeLimit() {
        JOBS.pendingMany("large", 4);
        JOBS.update(
                "UPDATE jobs SET parameters = jsonb_build_object('text', (SELECT string_agg(gen_random_uuid()::text, '') FROM generate_series(1, 1000))) WHERE tool_name = 'large'");
        assertThat(JOBS.transitions()
                        .claim(
                                JOBS.liveNode(),
                                new String[] {"large"},
                                new Integer[] {3},
                                new Integer[] {9},
                                9,
                                40_000,
                                NONE))
                .as("the first, and the one that fills the measure")
                .hasSize(2);
        assertThat(JOBS.transitions()
                        .claim(
                                JOBS.liveNode(),
                                new String[] {"large"},
                                new Integer[] {3},
                                new Integer[] {9},
                                9,
                                10_000,
                                NONE))
                .as("one goes, larger than the measure")
                .hasSize(1);
        assertThat(JOBS.transitions()
                        .claimAlone(
                                JOBS.liveNode(),
                                new String[] {"large"},
                                new Integer[] {3},
                                new Integer[] {9},
                                9,
                                10_000,
                                NONE))
                .as("in one walk, too")
                .hasSize(1);
    }

    @Test
    void aClaimInOneScanTakesTheSameJobsAsOneInTwo() {
        JOBS.pendingMany("first", 5);
        JOBS.pendingMany("second", 5);
        JOBS.update("UPDATE jobs SET priority = 5 WHERE tool_name = 'second' AND queue_seq % 2 = 0");
        List<QueuePosition> inTwo = places(false);
        JOBS.update("DELETE FROM job_leases");
        assertThat(places(true)).hasSize(6).isEqualTo(inTwo);
    }

    private static List<QueuePosition> places(boolean alone) {
        JobTransitions t = JOBS.transitions();
        String[] tools = {"first", "second"};
        Integer[] losses = {3, 3};
        Integer[] free = {3, 9};
        List<ClaimedJob> jobs = alone
                ? t.claimAlone(JOBS.liveNode(), tools, losses, free, 6, Long.MAX_VALUE, NONE)
                : t.claim(JOBS.liveNode(), tools, losses, free, 6, Long.MAX_VALUE, NONE);
        return jobs.stream().map(ClaimedJob::place).toList();
    }

    @Test
    void jobsThatTheCallerHoldsAreSkipped() {
        JOBS.pendingMany("held", 3);
        UUID[] held = {
            JOBS.jdbi()
                    .withHandle(h -> h.createQuery(
                                    "SELECT id FROM jobs WHERE tool_name = 'held' ORDER BY queue_seq LIMIT 1")
                            .mapTo(UUID.class)
                            .one())
        };
        assertThat(JOBS.transitions()
                        .claimAlone(
                                JOBS.liveNode(),
                                new String[] {"held"},
                                new Integer[] {3},
                                new Integer[] {9},
                                9,
                                Long.MAX_VALUE,
                                held))
                .hasSize(2)
                .noneMatch(job -> job.lease().jobId().equals(held[0]));
    }

    @Test
    void aClaimFromQueueNumbersTakesTheJobsBehindThem() {
        JOBS.pendingMany("queued", 6);
        JOBS.update("UPDATE jobs SET priority = 5 WHERE tool_name = 'queued' AND queue_seq % 2 = 0");
        List<Long> low = numbers(0);
        List<Long> high = numbers(5);
        List<ClaimedJob> claimed = JOBS.transitions()
                .claimFrom(
                        JOBS.liveNode(),
                        new String[] {"queued"},
                        new Integer[] {3},
                        new Integer[] {3},
                        9,
                        Long.MAX_VALUE,
                        NONE,
                        new String[] {"queued", "queued"},
                        new Integer[] {0, 5},
                        new Long[] {low.get(0), high.get(1)});
        assertThat(claimed)
                .extracting(ClaimedJob::place)
                .containsExactly(
                        new QueuePosition(5, high.get(1)),
                        new QueuePosition(5, high.get(2)),
                        new QueuePosition(0, low.get(0)));
    }

    private static List<Long> numbers(int priority) {
        return JOBS.jdbi()
                .withHandle(h -> h.createQuery(
                                "SELECT queue_seq FROM jobs WHERE tool_name = 'queued' AND priority = :p ORDER BY queue_seq")
                        .bind("p", priority)
                        .mapTo(Long.class)
                        .list());
    }

    @Test
    void aToolGetsNoMoreThanItsFreeSlots() {
        JOBS.pendingMany("narrow", 5);
        JOBS.pendingMany("wide", 5);
        List<ClaimedJob> claimed = JOBS.transitions()
                .claim(
                        JOBS.liveNode(),
                        new String[] {"narrow", "wide"},
                        new Integer[] {3, 3},
                        new Integer[] {2, 9},
                        6,
                        Long.MAX_VALUE,
                        NONE);
        assertThat(claimed)
                .extracting(ClaimedJob::tool)
                .containsExactly("narrow", "narrow", "wide", "wide", "wide", "wide");
    }

    @Test
    void aNodeWhoseOwnLeaseHasLapsedGetsNothing() {
        JOBS.pending();
        long node = JOBS.liveNode();
        JOBS.kill(node);
        assertThat(claim(node, 1, TestJobs.TOOL)).isEmpty();
        assertThat(claim(node + 1_000, 1, TestJobs.TOOL)).isEmpty();
    }

    @Test
    void expiredJobsDoNotKeepOthersFromBeingClaimed() {
        for (int i = 0; i < 4; i++) {
            JOBS.enqueue(TestJobs.withPriority("a", 10));
        }
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 s'");
        UUID good = JOBS.pending("b");
        assertThat(claim(JOBS.liveNode(), 4, "a", "b")).containsExactly(good);
    }

    @Test
    void aJobIsNotClaimedBeforeItsTime() {
        Instant later = Instant.now().plus(1, ChronoUnit.HOURS);
        UUID id = JOBS.enqueue(TestJobs.submission(s -> s.runAt = later));
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isZero();
        assertThat(claim(JOBS.liveNode(), 1, "echo")).isEmpty();
        JOBS.update("UPDATE jobs SET run_at = NOW()");
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isEqualTo(1);
        assertThat(claim(JOBS.liveNode(), 1, "echo")).containsExactly(id);
    }

    @Test
    void aJobWhoseTimeHasPassedAlreadyIsNotDelayed() {
        Instant before = Instant.now().minus(1, ChronoUnit.HOURS);
        UUID id = JOBS.enqueue(TestJobs.submission(s -> s.runAt = before));
        assertThat(claim(JOBS.liveNode(), 1, "echo")).containsExactly(id);
    }

    @Test
    void aLongRunningJobIsShownAsRunningInItsRow() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.showRunning(lease)).isTrue();
        assertThat(JOBS.stored(lease.jobId(), "status::text", String.class)).isEqualTo("running");
        assertThat(JOBS.stored(lease.jobId(), "started_at IS NOT NULL", Boolean.class))
                .isTrue();
        assertThat(JOBS.complete(lease, "1")).isTrue();
    }

    @Test
    void aCompletedJobHasItsResultAndTimesAndNoLease() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.complete(lease, "{\"answer\": 42}")).isTrue();
        Job job = JOBS.job(lease.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.result()).isEqualTo("{\"answer\": 42}");
        assertThat(job.errorMessage()).isNull();
        assertThat(job.startedAt()).isBeforeOrEqualTo(job.completedAt());
        assertThat(JOBS.isLeased(job.id())).isFalse();
    }

    @Test
    void aFailedJobKeepsItsErrorAndTheAttempt() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.fail(lease)).isTrue();
        Job job = JOBS.job(lease.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("TOOL_ERROR");
        assertThat(job.errorMessage()).isEqualTo("it broke");
        assertThat(job.result()).isNull();
        assertThat(job.completedAt()).isNotNull();
        assertThat(JOBS.isLeased(job.id())).isFalse();
        assertThat(JOBS.queries().failedAttempts(job.id())).singleElement().satisfies(attempt -> {
            assertThat(attempt.attempt()).isEqualTo(1);
            assertThat(attempt.nodeName()).isEqualTo("live");
            assertThat(attempt.errorCode()).isEqualTo("TOOL_ERROR");
            assertThat(attempt.errorMessage()).isEqualTo("it broke");
            assertThat(attempt.startedAt()).isEqualTo(job.startedAt());
            assertThat(attempt.endedAt()).isEqualTo(job.completedAt());
        });
    }

    @Test
    void aFailedAttemptThatIsTriedAgainWaitsAndThenRunsAsTheNextAttempt() {
        Lease first = JOBS.leased();
        assertThat(JOBS.retryLater(first, 3_600_000)).isTrue();
        Job waiting = JOBS.job(first.jobId());
        assertThat(waiting.status()).isEqualTo(JobStatus.PENDING);
        assertThat(waiting.attempt()).isEqualTo(1);
        assertThat(waiting.runAt())
                .isBetween(waiting.readAt().plusSeconds(3_500), waiting.readAt().plusSeconds(3_600));
        assertThat(waiting.startedAt()).isNull();
        assertThat(claim(first.nodeId(), 1, TestJobs.TOOL)).isEmpty();
        JOBS.update("UPDATE jobs SET run_at = NOW()");
        JOBS.transitions().releaseDelayed(1, null);
        Lease second = JOBS.claim(first.nodeId());
        assertThat(second).isEqualTo(new Lease(first.jobId(), 2, first.nodeId()));
        assertThat(JOBS.complete(second, "1")).isTrue();
        assertThat(JOBS.job(first.jobId()).errorMessage()).isNull();
        assertThat(JOBS.stored(first.jobId(), "failures", Integer.class)).isEqualTo(1);
        assertThat(JOBS.queries().failedAttempts(first.jobId())).hasSize(1);
    }

    @Test
    void aCompletionLeavesNoRowOfAttempts() {
        Lease lease = JOBS.leased();
        JOBS.complete(lease, "1");
        assertThat(JOBS.queries().failedAttempts(lease.jobId())).isEmpty();
    }

    @Test
    void aPendingJobIsCancelledAndNeverClaimed() {
        UUID id = JOBS.pending();
        assertThat(JOBS.cancel(id)).isEqualTo(Cancellation.Answer.CANCELLED);
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(id).completedAt()).isNotNull();
        assertThat(claim(JOBS.liveNode(), 1, TestJobs.TOOL)).isEmpty();
    }

    @Test
    void aRunningJobIsCancelledAndItsLeaseTaken() {
        Lease lease = JOBS.leased();
        assertThat(JOBS.cancel(lease.jobId())).isEqualTo(Cancellation.Answer.CANCELLED);
        Job job = JOBS.job(lease.jobId());
        assertThat(job.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.startedAt()).isNotNull();
        assertThat(JOBS.isLeased(job.id())).isFalse();
        assertThat(JOBS.isLost(lease)).isTrue();
    }

    @Test
    void anUnknownJobCannotBeCancelled() {
        assertThat(new Cancellation(JOBS.jdbi()).cancel(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aJobThatHasEndedCannotBeCancelled() {
        Lease lease = JOBS.leased();
        JOBS.complete(lease, "1");
        assertThat(JOBS.cancel(lease.jobId())).isEqualTo(Cancellation.Answer.ALREADY_ENDED);
        assertThat(JOBS.job(lease.jobId()).status()).isEqualTo(JobStatus.COMPLETED);
        UUID cancelled = JOBS.pending();
        JOBS.cancel(cancelled);
        assertThat(JOBS.cancel(cancelled)).isEqualTo(Cancellation.Answer.ALREADY_ENDED);
    }

    @Test
    void aJobThatIsGivenBackKeepsItsPlaceAndCountsNoFailure() {
        Lease lease = JOBS.leased();
        JOBS.pending();
        assertThat(JOBS.giveBack(lease)).isTrue();
        assertThat(JOBS.job(lease.jobId()).status()).isEqualTo(JobStatus.PENDING);
        assertThat(JOBS.stored(lease.jobId(), "failures + losses", Integer.class))
                .isZero();
        assertThat(JOBS.claim(lease.nodeId())).isEqualTo(new Lease(lease.jobId(), 2, lease.nodeId()));
    }

    @Test
    void aJobThatRanLongerThanItsTtlCanBeGivenBack() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '30 h', expires_at = NOW() - INTERVAL '6 h'");
        JOBS.giveBack(lease);
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        assertThat(claim(lease.nodeId(), 1, TestJobs.TOOL)).containsExactly(lease.jobId());
    }

    @Test
    void theTtlCountsAnewFromTheEnd() {
        Lease completed = JOBS.leased();
        Lease failed = JOBS.leased();
        Lease cancelled = JOBS.leased();
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '30 h', expires_at = NOW() - INTERVAL '6 h'");
        JOBS.complete(completed, "1");
        JOBS.fail(failed);
        JOBS.cancel(cancelled.jobId());
        for (Lease lease : List.of(completed, failed, cancelled)) {
            Job job = JOBS.job(lease.jobId());
            assertThat(job.expiresAt()).isEqualTo(job.completedAt().plus(24, ChronoUnit.HOURS));
        }
        assertThat(JOBS.deleteExpired(10)).isZero();
    }

    @Test
    void aJobWithoutALimitMayWaitForEver() {
        UUID id = JOBS.pending();
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '1 year'");
        assertThat(JOBS.stored(id, "expires_at = 'infinity'", Boolean.class)).isTrue();
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        Job job = JOBS.job(id);
        assertThat(job.startBy()).isNull();
        assertThat(job.expiresAt()).as("the earliest").isEqualTo(job.createdAt().plus(24, ChronoUnit.HOURS));
        assertThat(claim(JOBS.liveNode(), 1, TestJobs.TOOL)).containsExactly(id);
    }

    @Test
    void aLimitCountsFromTheSubmitOrFromTheTimeOfTheJob() {
        Job now = JOBS.accept(TestJobs.startingWithin(Duration.ofMinutes(30)));
        assertThat(now.startBy()).isEqualTo(now.createdAt().plus(30, ChronoUnit.MINUTES));
        Instant later = Instant.now().plus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MICROS);
        Job delayed = JOBS.accept(TestJobs.submission(s -> {
            s.runAt = later;
            s.extras = JobExtras.of(e -> e.startWithinSeconds = 60);
        }));
        assertThat(delayed.startBy()).isEqualTo(later.plusSeconds(60));
        assertThat(JOBS.job(delayed.id()).startBy()).isEqualTo(later.plusSeconds(60));
        assertThat(JOBS.job(delayed.id()).expiresAt()).isEqualTo(later.plus(24, ChronoUnit.HOURS));
    }

    @Test
    void onceAJobHasBegunItsLimitIsOver() {
        for (Consumer<Lease> attempt : List.<Consumer<Lease>>of(
                lease -> JOBS.retryLater(lease, 1),
                JOBS::giveBack,
                lease -> {
                    JOBS.kill(lease.nodeId());
                    JOBS.transitions().rescue(10, null);
                },
                lease -> {
                    JOBS.showRunning(lease);
                    JOBS.update("DELETE FROM job_leases");
                    JOBS.update("UPDATE jobs SET started_at = NOW() - INTERVAL '1 h'");
                    JOBS.rescueUnleased(10);
                })) {
            JOBS.update("DELETE FROM jobs");
            UUID id = JOBS.enqueue(TestJobs.startingWithin(Duration.ofSeconds(60)));
            attempt.accept(JOBS.claim(JOBS.liveNode()));
            assertThat(JOBS.stored(id, "status || ' ' || attempt || ' ' || expires_at", String.class))
                    .isEqualTo("pending 1 infinity");
            assertThat(JOBS.job(id).startBy()).isNull();
            JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 h'");
            assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        }
    }

    @Test
    void aLeaseUnderWhichNothingBeganDoesNotEndTheLimit() {
        UUID id = JOBS.enqueue(TestJobs.startingWithin(Duration.ofSeconds(60)));
        Lease lease = JOBS.claim(JOBS.liveNode());
        JOBS.transitions().unclaim(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease));
        assertThat(JOBS.job(id).startBy()).isNotNull();
        JOBS.lateToStart();
        assertThat(JOBS.transitions().expirePending(10, null)).containsExactly(id);
    }

    /** What programs of schema level 20 run, on this schema. */
    @Test
    void aProgramOfTheLevelBeforeFailsNoJobThatMayWait() {
        String expire =
                "UPDATE jobs SET status = 'failed', completed_at = NOW() WHERE expires_at < NOW() - INTERVAL '5 s'"
                        + " AND status = 'pending'";
        UUID waiting = JOBS.pending();
        assertThat(JOBS.update(expire)).isZero();
        UUID retried = JOBS.enqueue(TestJobs.startingWithin(Duration.ofSeconds(60)));
        UUID submitted = JOBS.pending();
        JOBS.update("UPDATE jobs SET attempt = 1 WHERE id = ?", retried);
        JOBS.update("UPDATE jobs SET expires_at = NOW() + INTERVAL '59 minutes' WHERE id <> ?", waiting);
        assertThat(JOBS.transitions().liftLimits(10, null)).isEqualTo(2);
        for (UUID id : List.of(waiting, retried, submitted)) {
            assertThat(JOBS.stored(id, "expires_at = 'infinity'", Boolean.class))
                    .isTrue();
        }
        JOBS.lateToStart();
        assertThat(JOBS.update(expire)).as("jobs whose limit is over").isEqualTo(3);
    }

    @Test
    void aLimitIsLiftedInTimeAndTheTtlOfTheRowIsKept() {
        UUID soon = JOBS.pending();
        UUID late = JOBS.pending();
        UUID wrong = JOBS.pending();
        JOBS.update("UPDATE jobs SET ttl_seconds = NULL, created_at = NOW() - INTERVAL '3 h'");
        JOBS.update("UPDATE jobs SET expires_at = NOW() + INTERVAL '1 h' WHERE id = ?", soon);
        JOBS.update("UPDATE jobs SET expires_at = NOW() + INTERVAL '62 min' WHERE id = ?", late);
        JOBS.update("UPDATE jobs SET expires_at = '-infinity' WHERE id = ?", wrong);
        JOBS.update("UPDATE jobs SET expires_at = expires_at - INTERVAL '1 min' WHERE id = ?", soon);
        assertThat(JOBS.transitions().liftLimits(10, null)).isEqualTo(2);
        assertThat(JOBS.stored(soon, "ttl_seconds", Integer.class)).isEqualTo((3 * 60 + 59) * 60);
        assertThat(JOBS.stored(wrong, "ttl_seconds", Integer.class)).isEqualTo(24 * 60 * 60);
        assertThat(JOBS.stored(late, "expires_at < 'infinity'", Boolean.class)).isTrue();
    }

    @Test
    void aRowWithInfinityAndWithoutTtlEnds() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE jobs SET ttl_seconds = NULL, expires_at = 'infinity'");
        assertThat(JOBS.complete(lease, "1")).isTrue();
        Job job = JOBS.job(lease.jobId());
        assertThat(job.expiresAt()).isEqualTo(job.completedAt().plus(24, ChronoUnit.HOURS));
    }

    @Test
    void aJobOfTheSeedSchemaIsKeptAsLongAsItWasMeantTo() {
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE jobs SET ttl_seconds = NULL, created_at = NOW() - INTERVAL '9 h',"
                + " expires_at = NOW() - INTERVAL '8 h'");
        JOBS.complete(lease, "1");
        Job job = JOBS.job(lease.jobId());
        assertThat(job.expiresAt()).isEqualTo(job.completedAt().plus(1, ChronoUnit.HOURS));
    }
}
