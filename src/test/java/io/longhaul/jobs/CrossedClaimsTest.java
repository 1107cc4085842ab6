package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.TransactionLocks;
import io.longhaul.testing.TestDatabase;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Claims of two nodes that run at once. The later one is stopped after its statement has begun and before it reads
 * the first job, as may happen on a busy machine.
 */
class CrossedClaimsTest {
    private static final int JOBS_IN_ALL = 10;

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** The ways in which a claim may scan the queue. */
    private interface Look {
        Claimed claim(JobTransitions transitions, long node, int limit);
    }

    /** A claim reads the paused tools first: the barrier here stops every reader of them. */
    @BeforeEach
    void addBarrier() {
        JOBS.update("ALTER TABLE tool_pauses RENAME TO real_pauses");
        JOBS.update("""
                CREATE VIEW tool_pauses AS
                SELECT p.*
                FROM (SELECT pg_advisory_xact_lock_shared(1, 1) OFFSET 0) barrier LEFT JOIN real_pauses p ON TRUE
                """);
    }

    @BeforeEach
    void queueJobs() {
        JOBS.pendingMany(TestJobs.TOOL, JOBS_IN_ALL);
    }

    @AfterEach
    void removeBarrier() {
        JOBS.update("DROP VIEW tool_pauses");
        JOBS.update("ALTER TABLE real_pauses RENAME TO tool_pauses");
    }

    static Stream<Look> looks() {
        String[] tools = {TestJobs.TOOL};
        Integer[] three = {3};
        Integer[] free = {100};
        UUID[] none = {};
        return Stream.of(
                (t, node, limit) -> t.claim(node, tools, three, free, limit, Long.MAX_VALUE, none),
                (t, node, limit) -> t.claimAlone(node, tools, three, free, limit, Long.MAX_VALUE, none),
                (t, node, limit) -> t.claimFrom(
                        node, tools, three, free, limit, Long.MAX_VALUE, none, tools, new Integer[] {0}, new Long[] {0L
                        }));
    }

    @ParameterizedTest
    @MethodSource("looks")
    void aClaimReportsThatAnotherNodeLeasedItsJobs(Look look) {
        long early = JOBS.liveNode();
        long late = JOBS.liveNode();
        CompletableFuture<Claimed> second;
        try (Parked barrier = new Parked(JOBS.jdbi())) {
            barrier.execute("SELECT pg_advisory_xact_lock(1, 1)");
            second = Parked.beside(() -> look.claim(JOBS.transitions(), late, 6));
            barrier.awaitWaiters(1);
            leaseFirst(early, 4);
            barrier.commit();
        }
        Claimed crossed = second.join();
        assertThat(crossed.isContested()).isTrue();
        assertThat(crossed).as("of the six that it found").hasSize(2);
        Claimed next = look.claim(JOBS.transitions(), late, 6);
        assertThat(next).as("what was left").hasSize(4);
        assertThat(next.isContested()).isFalse();
    }

    /** Leases the first job, as a faster claim would. */
    private static void leaseFirst(long node, int jobs) {
        JOBS.update("""
                INSERT INTO job_leases (job_id, attempt, node_id, leased_at, max_losses)
                SELECT id, 1, ?, NOW(), 3 FROM jobs ORDER BY priority DESC, queue_seq LIMIT ?
                """, node, jobs);
    }

    private static void takeTurn(Claims claims) {
        TransactionLocks.of(claims.getHandle()).claims();
    }

    @Test
    void aClaimWithItsTurnSeesEarlierClaims() {
        long early = JOBS.liveNode();
        long late = JOBS.liveNode();
        Look look = looks().findFirst().orElseThrow();
        CompletableFuture<Claimed> second;
        try (Parked first = new Parked(JOBS.jdbi())) {
            takeTurn(first.transitions());
            second = Parked.beside(() -> JOBS.transitions().inTransaction(claims -> {
                takeTurn(claims);
                return look.claim((JobTransitions) claims, late, 6);
            }));
            first.awaitWaiters(1);
            assertThat(look.claim(first.transitions(), early, 6)).hasSize(6);
            first.commit();
        }
        assertThat(second.join()).hasSize(4);
        assertThat(second.join().isContested()).isFalse();
    }

    @Test
    void aClaimWaitsOnlyBrieflyForItsTurn() {
        try (Parked first = new Parked(JOBS.jdbi())) {
            takeTurn(first.transitions());
            assertThatThrownBy(() -> JOBS.transitions().useTransaction(CrossedClaimsTest::takeTurn))
                    .rootCause()
                    .hasMessageContaining("lock timeout");
        }
    }
}
