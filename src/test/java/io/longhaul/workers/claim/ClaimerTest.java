package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.PinnedConnection;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.TransactionLocks;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Claims of a node beside those of another that takes turns. */
class ClaimerTest {
    private static final int LIMIT = ClaimSerialization.MANY;
    private static final Offer OFFER = new Offer(LIMIT, true, List.of(TestJobs.TOOL), List.of(3), List.of(LIMIT));

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final PinnedConnection<JobTransitions> transitions =
            new PinnedConnection<>(JOBS.jdbi(), JobTransitions.class);
    private final ClaimSerialization turns = new ClaimSerialization();
    private final Claimer claimer = new Claimer(transitions, turns);

    @AfterEach
    void close() {
        transitions.close();
    }

    private Claimed claim() {
        return claimer.claim(JOBS.liveNode(), OFFER, new UUID[0]);
    }

    private void claimsHaveCrossed() {
        JOBS.pendingMany(TestJobs.TOOL, LIMIT);
        turns.learn(Claimed.of((ClaimedJob) null), System.nanoTime());
    }

    @Test
    void aNodeWhoseClaimsCrossedWaitsForItsTurn() {
        claimsHaveCrossed();
        CompletableFuture<Claimed> claim;
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.with(TransactionLocks::of).claims();
            claim = Parked.beside(this::claim);
            other.awaitWaiters(1);
        }
        assertThat(claim.join()).hasSize(LIMIT);
    }

    @Test
    void aNodeThatHangsInItsTurnDoesNotStopTheOthers() {
        claimsHaveCrossed();
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.with(TransactionLocks::of).claims();
            assertThat(claim()).hasSize(LIMIT);
        }
    }

    @Test
    void noClaimWaitsForATurnBeforeClaimsCross() {
        JOBS.pendingMany(TestJobs.TOOL, LIMIT);
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.with(TransactionLocks::of).claims();
            CompletableFuture<Claimed> claim = Parked.beside(this::claim);
            assertThat(claim.join()).hasSize(LIMIT);
        }
    }
}
