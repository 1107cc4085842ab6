package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each statement that changes a job against each other one, with the first parked before its commit. The second
 * either waits, which the database confirms, or returns at once because it skips locked rows. Exactly one of them
 * decides the state of the job, or both one after the other where that is legal.
 */
class RaceMatrixTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** The state of the job when the race begins; its time has come in all of them. */
    private enum Start {
        /** Leased to a node whose own lease has lapsed. */
        RUNNING,
        PENDING,
        /** Pending without a limit of its own, with the time that an older program wrote. */
        UNLIMITED,
        ENDED
    }

    private enum Verb {
        COMPLETE("completed", Start.RUNNING),
        FAIL("failed", Start.RUNNING),
        RETRY("pending", Start.RUNNING),
        GIVE_BACK("pending", Start.RUNNING),
        CANCEL("cancelled", Start.RUNNING, Start.PENDING, Start.UNLIMITED),
        RESCUE("pending", Start.RUNNING),
        EXPIRE("failed", Start.PENDING),
        LIFT_LIMIT("pending", Start.UNLIMITED),
        CLEAN_UP("gone", Start.ENDED);

        private final String leaves;
        private final Set<Start> from;

        Verb(String leaves, Start... from) {
            this.leaves = leaves;
            this.from = Set.of(from);
        }

        /** Runs the statement; true if it changed the job. */
        boolean run(JobTransitions t, Lease lease) {
            UUID id = lease.jobId();
            return switch (this) {
                case COMPLETE -> TestJobs.complete(t, lease, "1");
                case FAIL -> TestJobs.end(t, lease, null);
                case RETRY -> TestJobs.end(t, lease, 60_000L);
                case GIVE_BACK ->
                    !t.giveBack(TestJobs.ids(lease), TestJobs.attempts(lease), TestJobs.nodes(lease))
                            .isEmpty();
                case CANCEL -> t.lock(id) != null && !t.cancel(id).isEmpty();
                case RESCUE -> t.rescue(10, null).contains(id);
                case EXPIRE -> t.expirePending(10, null).contains(id);
                case LIFT_LIMIT -> t.liftLimits(10, null) == 1;
                case CLEAN_UP -> TestJobs.deleteExpired(t, 10) == 1;
            };
        }

        boolean skipsLocked() {
            return this == RESCUE || this == EXPIRE || this == LIFT_LIMIT || this == CLEAN_UP;
        }

        /** True if it must wait for another transaction that has the row. */
        boolean waits(Start start) {
            return this == CANCEL || from.contains(start) && !skipsLocked();
        }

        /** Only a cancel can change a job that another statement has just made pending again. */
        boolean follows(Verb first) {
            return this == CANCEL && first.leaves.equals("pending");
        }
    }

    static Stream<Arguments> races() {
        return Stream.of(Verb.values())
                .flatMap(first -> first.from.stream()
                        .sorted()
                        .flatMap(start -> Stream.of(Verb.values()).map(second -> arguments(start, first, second))));
    }

    @AfterEach
    void nothingHasDeadlocked() {
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static Lease at(Start start) {
        Lease lease = start == Start.RUNNING ? JOBS.leased() : new Lease(JOBS.pending(), 1, 0);
        if (start == Start.RUNNING) {
            JOBS.kill(lease.nodeId());
        }
        if (start == Start.ENDED) {
            JOBS.cancel(lease.jobId());
        }
        JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 h'");
        JOBS.update("UPDATE jobs SET start_within_seconds = ?", start == Start.UNLIMITED ? null : 60);
        return lease;
    }

    private static boolean alone(Verb verb, Lease lease) {
        return JOBS.jdbi().inTransaction(handle -> verb.run(handle.attach(JobTransitions.class), lease));
    }

    /** Runs the second statement while the first is parked, and returns the result of the second. */
    private static boolean race(Start start, Verb first, Verb second, Lease lease, boolean commit) {
        try (Parked parked = new Parked(JOBS.jdbi())) {
            assertThat(first.run(parked.transitions(), lease)).as("the first").isTrue();
            if (!second.waits(start)) {
                return alone(second, lease);
            }
            CompletableFuture<Boolean> waiting = Parked.beside(() -> alone(second, lease));
            parked.awaitWaiters(1);
            if (commit) {
                parked.commit();
            } else {
                parked.rollback();
            }
            return waiting.join();
        } finally {
            assertThat(JOBS.count("SELECT count(*) FROM job_leases l LEFT JOIN jobs j ON j.id = l.job_id"
                            + " WHERE j.status IS NULL OR j.status NOT IN ('pending', 'running')"
                            + " OR l.attempt <> j.attempt + 1"))
                    .as("leases on what has ended")
                    .isZero();
        }
    }

    private static String standing(UUID id) {
        List<String> status = JOBS.jdbi()
                .withHandle(h -> h.select("SELECT status::text FROM jobs WHERE id = ?", id)
                        .mapTo(String.class)
                        .list());
        return status.isEmpty() ? "gone" : status.get(0);
    }

    @ParameterizedTest
    @MethodSource("races")
    void theFirstWinsAndTheSecondChangesNothingUnlessItMayFollow(Start start, Verb first, Verb second) {
        Lease lease = at(start);
        boolean changed = raceToCommit(start, first, second, lease);
        assertThat(changed).as("the second").isEqualTo(second.follows(first));
        assertThat(standing(lease.jobId())).isEqualTo(changed ? second.leaves : first.leaves);
        if (start == Start.RUNNING) {
            assertThat(JOBS.stored(lease.jobId(), "attempt", Integer.class)).isEqualTo(1);
            assertThat(JOBS.isLeased(lease.jobId())).isFalse();
        }
    }

    // If the second does not wait, the first commits after the second has returned.
    private static boolean raceToCommit(Start start, Verb first, Verb second, Lease lease) {
        if (second.waits(start)) {
            return race(start, first, second, lease, true);
        }
        try (Parked parked = new Parked(JOBS.jdbi())) {
            assertThat(first.run(parked.transitions(), lease)).as("the first").isTrue();
            boolean changed = alone(second, lease);
            parked.commit();
            return changed;
        }
    }

    @ParameterizedTest
    @MethodSource("races")
    void ifTheFirstRollsBackTheWaitingSecondWinsAndNothingIsHalfDone(Start start, Verb first, Verb second) {
        Lease lease = at(start);
        String before = standing(lease.jobId());
        boolean changed = race(start, first, second, lease, false);
        assertThat(changed).as("the second").isEqualTo(second.waits(start) && second.from.contains(start));
        assertThat(standing(lease.jobId())).isEqualTo(changed ? second.leaves : before);
        assertThat(JOBS.isLeased(lease.jobId())).isEqualTo(start == Start.RUNNING && !changed);
        // A statement that skipped the row finds it when it runs again.
        if (!changed && second.from.contains(start)) {
            assertThat(alone(second, lease)).isTrue();
            assertThat(standing(lease.jobId())).isEqualTo(second.leaves);
        }
    }
}
