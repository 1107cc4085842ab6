package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.FairTools;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.IntakeHints;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.NewJob;
import io.longhaul.jobs.intake.NewJobs;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The order of jobs when some clients submit much more than others. */
class FairQueueTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** Every tool counts as fair, as on a node that has just seen such jobs. */
    private static final IntakeHints FAIR = new IntakeHints() {
        @Override
        public void keysWaiting(Collection<String> keys) {}

        @Override
        public boolean isFair(String tool) {
            return true;
        }

        @Override
        public Integer startWithinSeconds(String tool) {
            return null;
        }
    };

    private GroupCommit commits;
    private Intake intake;

    @BeforeEach
    void assemble() {
        commits = new GroupCommit(JOBS.jdbi(), new JobSignals(), FAIR);
        commits.start();
        intake = new Intake(
                JOBS.jdbi(),
                submission -> {},
                commits,
                new JointCommit(JOBS.jdbi(), new JobSignals(), FAIR, FilesTaken.NONE));
    }

    @AfterEach
    void stop() {
        commits.stop();
    }

    private UUID submit(Submission submission) {
        try {
            return intake.submit(submission).job().id();
        } catch (SubmissionRejected e) {
            throw new AssertionError(e);
        }
    }

    /** Stores jobs of a fairness key, or of none, in one statement. */
    private static List<UUID> many(String key, int count) {
        List<NewJob> jobs = IntStream.range(0, count)
                .mapToObj(i -> NewJob.of(TestJobs.fair(key)))
                .toList();
        JOBS.jdbi().useTransaction(handle -> NewJobs.insert(handle.attach(NewJobs.Statements.class), FAIR, jobs));
        return jobs.stream().map(NewJob::id).toList();
    }

    private static List<UUID> next(int count) {
        return JOBS.claim(JOBS.liveNode(), 3, count, TestJobs.TOOL).stream()
                .map(job -> job.lease().jobId())
                .toList();
    }

    private static long drawn() {
        return JOBS.count("SELECT last_value FROM job_queue_seq");
    }

    @Test
    void jobsOfASmallSubmitterComeBetweenThoseOfALargeOne() {
        List<UUID> flood = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            flood.addAll(many("flood", 500));
        }
        UUID other = submit(TestJobs.fair("other"));
        UUID without = submit(TestJobs.submission());
        UUID otherAgain = submit(TestJobs.fair("other"));
        UUID withoutAgain = submit(TestJobs.submission());
        List<UUID> first = next(10);
        assertThat(first).contains(other, without, otherAgain, withoutAgain);
        assertThat(first.indexOf(other)).isLessThan(first.indexOf(otherAgain));
        assertThat(first.indexOf(without)).isLessThan(first.indexOf(withoutAgain));
        assertThat(first.stream().filter(flood::contains)).containsExactlyElementsOf(flood.subList(0, 6));
    }

    @Test
    void jobsOfAKeyKeepTheirOrder() {
        List<UUID> mine = new ArrayList<>(many("mine", 3));
        List<UUID> yours = new ArrayList<>(many("yours", 2));
        mine.add(submit(TestJobs.fair("mine")));
        yours.addAll(many("yours", 4));
        List<UUID> claimed = new ArrayList<>(next(4));
        mine.addAll(many("mine", 3));
        claimed.addAll(next(20));
        assertThat(claimed).hasSize(13);
        assertThat(claimed.stream().filter(mine::contains)).containsExactlyElementsOf(mine);
        assertThat(claimed.stream().filter(yours::contains)).containsExactlyElementsOf(yours);
    }

    @Test
    void keysOfOtherToolsAndPrioritiesDoNotCount() {
        many("k", 50);
        UUID urgent = submit(TestJobs.withKeys(TestJobs.TOOL, 5, null, null, "k"));
        UUID elsewhere = submit(TestJobs.withKeys("other", 0, null, null, "k"));
        assertThat(next(1)).containsExactly(urgent);
        assertThat(JOBS.stored(elsewhere, "queue_seq", Long.class)).isLessThanOrEqualTo(drawn());
    }

    @Test
    void aJobWithoutAKeyComesDirectlyBehindTheLastWaitingJob() {
        many("flood", 20);
        // The numbers that other tools draw meanwhile.
        JOBS.count("SELECT count(nextval('job_queue_seq')) FROM generate_series(1, 10000)");
        List<UUID> without = many(null, 2);
        many("flood", 20);
        List<UUID> claimed = next(42);
        assertThat(claimed.indexOf(without.get(0))).isLessThanOrEqualTo(21);
        assertThat(claimed.indexOf(without.get(1))).isBetween(claimed.indexOf(without.get(0)) + 1, 24);
    }

    @Test
    void jobsWithoutAKeyDoNotOvertakeAnAdvancedQueue() {
        List<UUID> flood = many("flood", 400);
        assertThat(next(200)).hasSize(200);
        JOBS.update("DELETE FROM jobs WHERE id IN (SELECT job_id FROM job_leases)");
        long before = drawn();
        FairQueue queue = JOBS.jdbi().onDemand(FairQueue.class);
        assertThat(queue.catchUp(50)).isEqualTo(50);
        assertThat(queue.catchUp(1_000)).isBetween(100, 150);
        assertThat(queue.catchUp(1_000)).isZero();
        assertThat(drawn()).isBetween(before + 150, before + 200);
        List<UUID> without = many(null, 100);
        List<UUID> claimed = next(20);
        assertThat(claimed.stream().filter(flood::contains).count()).isBetween(8L, 12L);
        assertThat(claimed.stream().filter(without::contains).count()).isBetween(8L, 12L);
    }

    @Test
    void twoNodesDrawForAGapOnce() {
        many("flood", 400);
        long head = JOBS.count("SELECT min(queue_seq) FROM jobs");
        assertThat(next(300)).hasSize(300);
        JOBS.update("DELETE FROM jobs WHERE id IN (SELECT job_id FROM job_leases)");
        FairTools tools = new FairTools(JOBS.jdbi());
        JOBS.jdbi().useHandle(handle -> TransactionLocks.of(handle).beforeFairQueue());
        try (Parked other = new Parked(JOBS.jdbi())) {
            assertThat(other.with(TransactionLocks::of).tryFairQueue()).isTrue();
            long before = drawn();
            tools.refresh();
            assertThat(drawn()).isEqualTo(before);
        }
        List<CompletableFuture<Boolean>> nodes = IntStream.range(0, 4)
                .mapToObj(i -> Parked.beside(() -> {
                    tools.refresh();
                    return true;
                }))
                .toList();
        assertThat(nodes).allSatisfy(node -> assertThat(node.join()).isTrue());
        long first = JOBS.count("SELECT min(queue_seq) FROM jobs");
        assertThat(drawn()).isGreaterThan(head).isEqualTo(first);
    }

    @Test
    void aNodeKnowsTheToolsWithWaitingFairnessKeys() {
        submit(TestJobs.fair("k"));
        submit(TestJobs.submission("other"));
        FairTools tools = new FairTools(JOBS.jdbi());
        tools.refresh();
        assertThat(tools.contains(TestJobs.TOOL)).isTrue();
        assertThat(tools.contains("other")).isFalse();
        next(1);
        JOBS.update("DELETE FROM jobs");
        tools.refresh();
        assertThat(tools.contains(TestJobs.TOOL)).isFalse();
    }

    @Test
    void theSequenceIsNotAdvancedWithoutFairnessKeys() {
        JOBS.pendingMany(TestJobs.TOOL, 10);
        long before = drawn();
        assertThat(JOBS.jdbi().onDemand(FairQueue.class).catchUp(1_000)).isZero();
        assertThat(drawn()).isEqualTo(before);
        long first = JOBS.stored(submit(TestJobs.submission()), "queue_seq", Long.class);
        assertThat((long) JOBS.stored(submit(TestJobs.submission()), "queue_seq", Long.class))
                .isEqualTo(first + 1);
    }

    @Test
    void retriesThatComeDueTakeTheirPlaceAmongTheJobsOfTheirKey() {
        List<UUID> flood = many("flood", 100);
        List<Lease> leases = JOBS.claim(JOBS.liveNode(), 3, 3, TestJobs.TOOL).stream()
                .map(ClaimedJob::lease)
                .toList();
        leases.forEach(lease -> JOBS.retryLater(lease, 0));
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isEqualTo(3);
        UUID other = submit(TestJobs.fair("other"));
        List<UUID> claimed = next(101);
        assertThat(claimed.indexOf(other)).isLessThan(3);
        assertThat(claimed.subList(claimed.size() - 3, claimed.size()))
                .containsExactlyInAnyOrderElementsOf(flood.subList(0, 3));
    }
}
