package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.database.LockMode;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Locks of both kinds, and of nodes that do not take the same. Each test begins without rows for them. */
class TransactionLocksTest {
    private static final String[] KEYS = {"a", "b", "c", "d", "e"};

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

    /** The locks of two nodes that have one kind in common which the engine has. */
    private record Pair(LockMode one, LockMode other) {}

    private static Stream<Pair> pairs() {
        Stream<Pair> rows = Stream.of(new Pair(LockMode.ROWS, LockMode.ROWS));
        return TestDatabase.lockMode() == LockMode.ROWS
                ? rows
                : Stream.concat(
                        rows,
                        Stream.of(
                                new Pair(LockMode.ADVISORY, LockMode.ADVISORY),
                                new Pair(LockMode.ADVISORY, LockMode.BOTH),
                                new Pair(LockMode.BOTH, LockMode.ADVISORY),
                                new Pair(LockMode.BOTH, LockMode.BOTH),
                                new Pair(LockMode.BOTH, LockMode.ROWS),
                                new Pair(LockMode.ROWS, LockMode.BOTH)));
    }

    private static TransactionLocks locks(Handle handle, LockMode mode) {
        handle.getConfig(LockMode.Setting.class).ask(() -> mode);
        return TransactionLocks.of(handle);
    }

    private static void inTransaction(LockMode mode, Consumer<TransactionLocks> work) {
        JOBS.jdbi().useTransaction(handle -> work.accept(locks(handle, mode)));
    }

    /** The second waits for the first, also if the first has just made the rows, and gets the lock from a commit. */
    private static void holdsOff(Pair pair, Consumer<TransactionLocks> first, Consumer<TransactionLocks> second) {
        for (String rows : List.of("new", "there")) {
            CompletableFuture<Boolean> waiting;
            try (Parked holder = new Parked(JOBS.jdbi())) {
                first.accept(holder.with(handle -> locks(handle, pair.one())));
                waiting = Parked.beside(() -> {
                    inTransaction(pair.other(), second);
                    return true;
                });
                holder.awaitWaiters(1);
                assertThat(waiting).as(rows).isNotDone();
                holder.commit();
            }
            assertThat(waiting.join()).as(rows).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void transactionsBeginOperationsOneByOne(Pair pair) {
        holdsOff(pair, TransactionLocks::operations, TransactionLocks::operations);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aKeyIsLockedByOneAtATime(Pair pair) {
        holdsOff(pair, locks -> locks.keys(new String[] {"b", "a"}), locks -> locks.keys(new String[] {"c", "b"}));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void claimsTakeTurns(Pair pair) {
        JOBS.jdbi().useTransaction(handle -> {
            locks(handle, pair.one()).claims();
            locks(handle, pair.other()).claims();
        });
        for (String rows : List.of("there", "new")) {
            try (Parked holder = new Parked(JOBS.jdbi())) {
                holder.with(handle -> locks(handle, pair.one())).claims();
                Instant begin = Instant.now();
                assertThatThrownBy(() -> inTransaction(pair.other(), TransactionLocks::claims))
                        .as(rows)
                        .rootCause()
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isEqualTo("55P03"));
                assertThat(Duration.between(begin, Instant.now()))
                        .isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
                assertThat(holder.<String>with(TransactionLocksTest::patience)).isEqualTo("200ms");
                holder.commit();
            }
            inTransaction(pair.other(), TransactionLocks::claims);
            JOBS.update("DELETE FROM housekeepers");
        }
    }

    private static String patience(Handle handle) {
        return handle.select("SHOW lock_timeout").mapTo(String.class).one();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theFairQueueIsTriedWithoutWaiting(Pair pair) {
        JOBS.jdbi().useHandle(handle -> locks(handle, pair.one()).beforeFairQueue());
        JOBS.jdbi().useHandle(handle -> locks(handle, pair.other()).beforeFairQueue());
        inTransaction(pair.one(), locks -> assertThat(locks.tryFairQueue()).isTrue());
        inTransaction(pair.other(), locks -> assertThat(locks.tryFairQueue()).isTrue());
        try (Parked holder = new Parked(JOBS.jdbi())) {
            assertThat(holder.with(handle -> locks(handle, pair.one())).tryFairQueue())
                    .isTrue();
            JOBS.jdbi().useTransaction(handle -> {
                handle.execute("SET LOCAL lock_timeout = '1ms'");
                assertThat(locks(handle, pair.other()).tryFairQueue()).isFalse();
            });
        }
        inTransaction(pair.other(), locks -> assertThat(locks.tryFairQueue()).isTrue());
    }

    @Test
    void differentLocksDoNotHoldEachOtherOff() {
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.with(handle -> locks(handle, LockMode.ROWS)).operations();
            JOBS.jdbi().useHandle(handle -> {
                TransactionLocks others = locks(handle, LockMode.ROWS);
                others.beforeFairQueue();
                handle.useTransaction(transaction -> {
                    transaction.execute("SET LOCAL lock_timeout = '1ms'");
                    others.keys(KEYS);
                    assertThat(others.tryFairQueue()).isTrue();
                    others.claims();
                });
            });
        }
    }

    @Test
    void keysInAnyOrderNeverDeadlock() {
        List<CompletableFuture<Boolean>> nodes = IntStream.range(0, 8)
                .mapToObj(seed -> Parked.beside(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 60; i++) {
                        List<String> some = new ArrayList<>(IntStream.range(0, 100)
                                .mapToObj(n -> "key " + n)
                                .filter(key -> random.nextInt(10) == 0)
                                .toList());
                        Collections.shuffle(some, random);
                        inTransaction(LockMode.ROWS, locks -> locks.keys(some.toArray(String[]::new)));
                    }
                    return true;
                }))
                .toList();
        assertThat(nodes).allSatisfy(node -> assertThat(node.join()).isTrue());
        assertThat(JOBS.count("SELECT count(*) FROM housekeepers")).isEqualTo(64);
    }

    @Test
    void rowsOfLocksAreNoTasksOfNodes() {
        inTransaction(LockMode.ROWS, TransactionLocks::operations);
        JOBS.liveNode();
        assertThat(JOBS.jdbi().withExtension(Housekeepers.class, Housekeepers::holders))
                .isEmpty();
    }

    @Test
    void aRowThatWasRemovedIsMadeAgain() {
        String rows = "SELECT count(*) FROM housekeepers";
        for (int i = 0; i < 2; i++) {
            inTransaction(LockMode.ROWS, TransactionLocks::operations);
            inTransaction(LockMode.ROWS, locks -> locks.keys(KEYS));
            JOBS.jdbi().useHandle(handle -> locks(handle, LockMode.ROWS).beforeFairQueue());
            inTransaction(
                    LockMode.ROWS, locks -> assertThat(locks.tryFairQueue()).isTrue());
            assertThat(JOBS.count(rows)).isEqualTo(66);
            JOBS.update("DELETE FROM housekeepers WHERE task IN ('lock:operations', 'lock:fair-queue', 'lock:key:33')");
            inTransaction(
                    LockMode.ROWS, locks -> assertThat(locks.tryFairQueue()).isFalse());
        }
    }

    /** Without a lock, gates that count at the same time let too many in. */
    @Test
    void theLimitOfAKeyHoldsUnderManyGatesClaimsAndEnds() {
        int limit = 2;
        for (int i = 0; i < 200; i++) {
            JOBS.enqueue(TestJobs.keyed(KEYS[i % KEYS.length]));
        }
        List<CompletableFuture<Integer>> nodes = IntStream.range(0, 6)
                .mapToObj(seed -> Parked.beside(() -> drain(new Random(seed), limit)))
                .toList();
        assertThat(nodes).allSatisfy(node -> assertThat(node.join()).isLessThanOrEqualTo(limit));
        assertThat(JOBS.count("SELECT count(*) FROM jobs WHERE status = 'completed'"))
                .isEqualTo(200);
    }

    /** Works until all jobs have ended; answers the most jobs of one key that were ever inside. */
    private static int drain(Random random, int limit) {
        long node = JOBS.liveNode();
        int most = 0;
        while (JOBS.count("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") > 0) {
            List<String> keys = new ArrayList<>(List.of(KEYS));
            Collections.shuffle(keys, random);
            JOBS.jdbi().useTransaction(handle -> open(handle, keys.toArray(String[]::new), limit));
            most = Math.max(most, (int) JOBS.count("""
                    SELECT COALESCE(max(inside.jobs), 0)
                    FROM (SELECT count(*) AS jobs
                          FROM jobs
                          WHERE status IN ('pending', 'running') AND NOT delayed
                          GROUP BY concurrency_key) inside
                    """));
            JOBS.claim(node, 3, 3, TestJobs.TOOL).forEach(job -> JOBS.complete(job.lease(), "1"));
        }
        return most;
    }

    private static void open(Handle handle, String[] keys, int limit) {
        locks(handle, LockMode.ROWS).keys(keys);
        handle.attach(KeyGate.class)
                .letIn(keys, new String[] {TestJobs.TOOL}, new Integer[] {limit}, limit, false, null);
    }
}
