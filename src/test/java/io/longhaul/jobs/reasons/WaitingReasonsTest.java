package io.longhaul.jobs.reasons;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.Waiting.Reason;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.RateAndConcurrencyClaims;
import io.longhaul.readiness.Condition;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolRegistry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each cause for which a job waits, and the sentence that says so. */
class WaitingReasonsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final ToolRegistry TOOLS = ToolRegistry.of(TestTools.all("""
            - {type: command, name: echo, command: [echo]}
            - {type: command, name: pair, command: [echo], cluster_concurrency: 2}
            - {type: command, name: slow, command: [echo], rate: 1/1h}
            - {type: command, name: narrow, command: [echo], concurrency: 1}
            - {type: remote, name: far}
            """));

    private Condition schema = Condition.holds("schema", "It is right.");
    private long node;

    @BeforeEach
    void startANode() {
        JOBS.update("TRUNCATE nodes, tool_pauses, tool_limits, job_dependencies, job_attempts, job_stats");
        node = node("a", "echo", "pair", "slow", "narrow");
    }

    private static long node(String name, String... tools) {
        NodeLeases nodes = JOBS.jdbi().onDemand(NodeLeases.class);
        NodeLeases.Run run = nodes.register(name, "test", 600_000);
        nodes.has(run, tools, 4);
        return run.id();
    }

    private Waiting waiting(UUID id) {
        return waiting(id, null);
    }

    private Waiting waiting(UUID id, String principal) {
        return new WaitingReasons(JOBS.jdbi(), TOOLS, () -> schema)
                .explained(JOBS.job(id), principal)
                .waiting();
    }

    /** As a list says it, together with another job. */
    private Waiting shortly(UUID id, String principal) {
        List<Job> page = List.of(JOBS.job(JOBS.pending("removed")), JOBS.job(id));
        return new WaitingReasons(JOBS.jdbi(), TOOLS, () -> schema)
                .explained(page, principal)
                .get(1)
                .waiting();
    }

    private void expectShort(UUID id, Reason reason, String message) {
        expect(shortly(id, null), reason, message);
    }

    private static String column(UUID id, String column) {
        Instant time = JOBS.stored(id, column, Instant.class);
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Claims so many jobs of a tool that is limited across nodes. */
    private void claimLimited(String tool, int jobs) {
        JOBS.jdbi().useTransaction(handle -> {
            RateAndConcurrencyClaims claims = handle.attach(RateAndConcurrencyClaims.class);
            claims.prepare(tool, 1);
            boolean rated = tool.equals("slow");
            claims.claim(node, tool, 3, jobs, rated ? null : 2, rated ? 1 / 3600.0 : null, rated ? 1 : null, 1_000_000);
        });
    }

    private static void expect(Waiting waiting, Reason reason, String message) {
        assertThat(waiting).isNotNull();
        assertThat(waiting.message()).isEqualTo(message);
        assertThat(waiting.reason()).isEqualTo(reason);
    }

    @Test
    void theNextJobWaitsForASlot() {
        UUID first = JOBS.pending();
        UUID second = JOBS.pending();
        UUID third = JOBS.pending();
        expect(
                waiting(first),
                Reason.QUEUE,
                "It is the next job of tool \"echo\", and waits for a free slot of a node.");
        expect(waiting(second), Reason.QUEUE, "1 job is ahead of it in the queue of tool \"echo\".");
        expectShort(second, Reason.QUEUE, "waits for a free slot");
        JOBS.enqueue(TestJobs.withPriority("echo", 5));
        expect(waiting(third), Reason.QUEUE, "3 jobs are ahead of it in the queue of tool \"echo\".");
    }

    @Test
    void jobsAheadAreCountedUpToABound() {
        JOBS.pendingMany("echo", 1_500);
        UUID last = JOBS.pending();
        expect(waiting(last), Reason.QUEUE, "More than 1,000 jobs are ahead of it in the queue of tool \"echo\".");
    }

    @Test
    void runningAndEndedJobsDoNotWait() {
        Lease lease = JOBS.leased();
        assertThat(waiting(lease.jobId())).isNull();
        JOBS.complete(lease, "1");
        assertThat(waiting(lease.jobId())).isNull();
        assertThat(shortly(lease.jobId(), null)).isNull();
    }

    @Test
    void aPausedToolIsNamedWithTimeAndReason() {
        UUID id = JOBS.pending();
        JOBS.update("INSERT INTO tool_pauses VALUES ('echo', '2026-01-02T03:04:05Z', NULL)");
        expect(waiting(id), Reason.TOOL_PAUSED, "Tool \"echo\" has been paused since 2026-01-02T03:04:05Z.");
        JOBS.update("UPDATE tool_pauses SET reason = 'The disk is full.'");
        expect(
                waiting(id),
                Reason.TOOL_PAUSED,
                "Tool \"echo\" has been paused since 2026-01-02T03:04:05Z: The disk is full.");
        expectShort(id, Reason.TOOL_PAUSED, "its tool is paused: The disk is full.");
    }

    @Test
    void aToolThatNoLiveNodeHasIsNamed() {
        UUID id = JOBS.pending("removed");
        expect(waiting(id), Reason.TOOL_NOT_OFFERED, "No live node knows tool \"removed\".");
        UUID far = JOBS.pending("far");
        expect(waiting(far), Reason.TOOL_NOT_OFFERED, "No live worker has tool \"far\".");
        expectShort(id, Reason.TOOL_NOT_OFFERED, "no live node has its tool");
        expectShort(far, Reason.TOOL_NOT_OFFERED, "no live worker has its tool");
        JOBS.update("INSERT INTO job_stats (minute, tool_name, completed) VALUES ('2026-01-02T03:04:00Z', 'far', 1)");
        expect(
                waiting(far),
                Reason.TOOL_NOT_OFFERED,
                "No live worker has tool \"far\"; its last job ended at about 2026-01-02T03:04:00Z.");
        node("b", "far");
        assertThat(waiting(far).reason()).isEqualTo(Reason.QUEUE);
    }

    @Test
    void withoutALiveNodeNothingBegins() {
        UUID id = JOBS.pending();
        JOBS.kill(node);
        expect(waiting(id), Reason.TOOL_NOT_OFFERED, "No node is alive that could run it.");
        expectShort(id, Reason.TOOL_NOT_OFFERED, "no node is alive");
    }

    @Test
    void drainingNodesAreNamed() {
        UUID id = JOBS.pending();
        JOBS.jdbi().useExtension(NodeLeases.class, n -> n.has(JOBS.run(node), new String[0], 0));
        expect(
                waiting(id),
                Reason.NODES_DRAINING,
                "Node a drains or has no slots, and no other live node has tool \"echo\".");
        node("b");
        expect(
                waiting(id),
                Reason.NODES_DRAINING,
                "Nodes a and b drain or have no slots, and no other live node has tool \"echo\".");
        String idle = "no node that takes jobs has its tool: others drain, or have no slots";
        expectShort(id, Reason.NODES_DRAINING, idle);
        UUID unknown = JOBS.pending("elsewhere");
        expectShort(unknown, Reason.NODES_DRAINING, idle);
        expect(
                waiting(unknown),
                Reason.NODES_DRAINING,
                "No live node that takes jobs has tool \"elsewhere\"; nodes a and b take none, because they drain or have no"
                        + " slots.");
    }

    @Test
    void aTimeInTheFutureIsNamed() {
        UUID id = JOBS.enqueue(TestJobs.submission(s -> s.runAt = Instant.parse("2099-01-02T03:04:05Z")));
        Waiting waiting = waiting(id);
        expect(waiting, Reason.RUN_AT, "It begins no earlier than 2099-01-02T03:04:05Z, its run_at.");
        assertThat(waiting.until()).isEqualTo("2099-01-02T03:04:05Z");
        expectShort(id, Reason.RUN_AT, "begins");
        assertThat(shortly(id, null).until()).isEqualTo("2099-01-02T03:04:05Z");
        JOBS.update("UPDATE jobs SET run_at = '2026-01-02T03:04:05Z'");
        expect(waiting(id), Reason.QUEUE, "Its time came at 2026-01-02T03:04:05Z: it is about to enter the queue.");
        expectShort(id, Reason.QUEUE, "about to enter the queue");
    }

    @Test
    void aFailedAttemptIsNamedWithItsError() {
        Lease lease = JOBS.leased();
        JOBS.retryLater(lease, 3_600_000);
        Waiting waiting = waiting(lease.jobId());
        expect(
                waiting,
                Reason.RETRY,
                "Attempt 1 failed with TOOL_ERROR (it broke); the next begins no earlier than "
                        + column(lease.jobId(), "run_at") + ".");
        assertThat(waiting.until()).isAfter(Instant.now());
        expectShort(lease.jobId(), Reason.RETRY, "next attempt after TOOL_ERROR");
    }

    @Test
    void unendedPredecessorsAreNamed() {
        UUID first = JOBS.pending();
        UUID id = JOBS.pending();
        await(id, first);
        expect(waiting(id), Reason.PREDECESSORS, "It waits for the end of job " + first + ".");
        assertThat(waiting(id).jobs()).containsExactly(first);
        expectShort(id, Reason.PREDECESSORS, "after job " + first);
        for (int i = 0; i < 3; i++) {
            await(id, JOBS.pending());
        }
        List<UUID> known = waiting(id).jobs();
        assertThat(known).hasSize(3);
        expect(
                waiting(id),
                Reason.PREDECESSORS,
                "It waits for the end of 4 jobs, among them %s, %s and %s.".formatted(known.toArray()));
        assertThat(shortly(id, null).message()).matches("after job [0-9a-f-]{36} and 3 more");
    }

    private static void await(UUID id, UUID after) {
        JOBS.update("INSERT INTO job_dependencies (job_id, after_id, any_end) VALUES (?, ?, FALSE)", id, after);
        JOBS.update("UPDATE jobs SET awaits = awaits + 1, delayed = TRUE WHERE id = ?", id);
    }

    @Test
    void jobsOfOthersAreCountedAndNotNamed() {
        UUID first = JOBS.pending();
        UUID id = JOBS.pending();
        await(id, first);
        JOBS.update("UPDATE jobs SET principal = 'eve' WHERE id = ?", first);
        expect(waiting(id, "bob"), Reason.PREDECESSORS, "It waits for the end of another job.");
        assertThat(waiting(id, "bob").jobs()).isEmpty();
        expect(shortly(id, "bob"), Reason.PREDECESSORS, "after 1 job");
        expect(waiting(id, "eve"), Reason.PREDECESSORS, "It waits for the end of job " + first + ".");
    }

    @Test
    void theHolderOfAConcurrencyKeyIsNamed() {
        UUID first = JOBS.enqueue(TestJobs.keyed("k"));
        UUID second = JOBS.enqueue(TestJobs.keyed("k"));
        UUID third = JOBS.enqueue(TestJobs.keyed("k"));
        expect(
                waiting(second),
                Reason.CONCURRENCY_KEY,
                "It is in the line for a place of concurrency key \"k\"; 1 job is ahead of it.");
        expectShort(second, Reason.CONCURRENCY_KEY, "in the line for a place of key \"k\"");
        JOBS.update("UPDATE jobs SET delayed = FALSE WHERE id = ?", first);
        expect(
                waiting(second),
                Reason.CONCURRENCY_KEY,
                "The only place of concurrency key \"k\" is taken by job " + first + "; it comes next.");
        expect(
                waiting(third),
                Reason.CONCURRENCY_KEY,
                "The only place of concurrency key \"k\" is taken by job " + first + "; 1 job is ahead of it.");
        assertThat(waiting(third).jobs()).containsExactly(first);
        expectShort(third, Reason.CONCURRENCY_KEY, "key \"k\" is held by job " + first);
    }

    @Test
    void theHoldersOfALimitedToolAreNamed() {
        UUID first = JOBS.pending("pair");
        UUID second = JOBS.pending("pair");
        UUID third = JOBS.pending("pair");
        claimLimited("pair", 2);
        List<UUID> holders = waiting(third).jobs();
        assertThat(holders).containsExactlyInAnyOrder(first, second);
        expect(
                waiting(third),
                Reason.TOOL_LIMIT,
                "All 2 places of tool \"pair\" on all nodes together are taken by jobs %s and %s; it comes next."
                        .formatted(holders.toArray()));
        assertThat(shortly(third, null).message())
                .isIn(holders.stream()
                        .map(holder -> "all 2 places of its tool are taken, one by job " + holder)
                        .toList());
        expect(shortly(third, "bob"), Reason.TOOL_LIMIT, "all 2 places of its tool are taken");
    }

    @Test
    void aRateIsNamedWithTheTimeOfTheNextStart() {
        JOBS.pending("slow");
        UUID second = JOBS.pending("slow");
        claimLimited("slow", 1);
        Waiting waiting = waiting(second);
        assertThat(waiting.until())
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_601));
        expect(
                waiting,
                Reason.RATE_LIMIT,
                "The rate of tool \"slow\" lets the next job begin at %s; it comes next."
                        .formatted(waiting.until().plusMillis(999).truncatedTo(ChronoUnit.SECONDS)));
        expectShort(second, Reason.RATE_LIMIT, "the rate of its tool is used up");
    }

    @Test
    void theHoldersOfAToolThatIsLimitedOnEachNodeAreNamed() {
        UUID first = JOBS.pending("narrow");
        JOBS.claim(node, 3, 1, "narrow");
        UUID second = JOBS.pending("narrow");
        expect(
                waiting(second),
                Reason.NODE_LIMIT,
                "The only place of tool \"narrow\" on node a is taken by job " + first + "; it comes next.");
        node("b", "narrow");
        assertThat(waiting(second).reason()).isEqualTo(Reason.QUEUE);
    }

    @Test
    void aJobWhoseTimeIsOverSaysSo() {
        UUID id = JOBS.pending();
        JOBS.update("UPDATE jobs SET expires_at = '2026-01-02T03:04:05Z', start_within_seconds = 60");
        expect(
                waiting(id),
                Reason.EXPIRED,
                "It expired at 2026-01-02T03:04:05Z before it began, and fails when housekeeping comes to it.");
        JOBS.update("UPDATE jobs SET expires_at = '2026-01-02T03:04:05Z'");
        assertThat(new WaitingReasons(JOBS.jdbi(), TOOLS, () -> schema)
                        .explained(List.of(JOBS.job(id)), null)
                        .get(0)
                        .waiting()
                        .message())
                .isEqualTo("it expired before it began");
    }

    @Test
    void aJobThatMustBeginInTimeSaysUntilWhen() {
        UUID id = JOBS.enqueue(TestJobs.startingWithin(java.time.Duration.ofHours(1)));
        JOBS.update("UPDATE jobs SET expires_at = '2099-01-02T03:04:05Z'");
        assertThat(waiting(id).message()).endsWith(". It fails unless it begins by 2099-01-02T03:04:05Z.");
        JOBS.update("UPDATE jobs SET attempt = 1");
        assertThat(waiting(id).message()).as("once it has begun").doesNotContain("It fails");
    }

    @Test
    void aTimeThatAnOlderProgramWroteIsNoLimit() {
        UUID id = JOBS.pending();
        JOBS.update("UPDATE jobs SET expires_at = '2026-01-02T03:04:05Z'");
        assertThat(waiting(id).reason()).isNotEqualTo(Reason.EXPIRED);
    }

    @Test
    void aDatabaseThatTakesNoWritesOrHasAnotherSchemaIsNamed() {
        UUID id = JOBS.pending();
        schema = Condition.fails("schema", Condition.DATABASE_READ_ONLY, "The database is read-only.", null);
        expect(waiting(id), Reason.DATABASE_READ_ONLY, "No job begins: The database is read-only.");
        expectShort(id, Reason.DATABASE_READ_ONLY, "the database takes no writes");
        schema = Condition.fails("schema", Condition.DATABASE_MIGRATION_REQUIRED, "Table x is missing.", "migrate");
        expect(waiting(id), Reason.SCHEMA, "No job begins: Table x is missing. Cure: migrate");
    }
}
