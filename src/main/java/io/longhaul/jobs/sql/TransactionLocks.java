package io.longhaul.jobs.sql;

import io.longhaul.database.LockMode;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/**
 * Locks between all nodes, each held until its transaction ends. A lock must be a statement of its own before the
 * statement that it protects: a statement sees only what was committed before it began.
 *
 * <p>A transaction takes one of these locks, as its first; of keys several, in one order. {@link LockMode} says whether
 * they are advisory locks or rows, which are made when they are first needed.
 */
public final class TransactionLocks {
    private static final String CLAIMS = "lock:claims";
    private static final String FAIR_QUEUE = "lock:fair-queue";
    private static final String OPERATIONS = "lock:operations";

    /**
     * Keys share rows, because there is no end of keys: two of one row wait for each other, for some milliseconds. All are
     * made at once, so that nobody has some in hand while he waits for those who make others.
     */
    private static final String[] KEYS =
            IntStream.range(0, 64).mapToObj("lock:key:%02d"::formatted).toArray(String[]::new);

    private final LockStatements statements;
    private final LockMode mode;

    private TransactionLocks(LockStatements statements, LockMode mode) {
        this.statements = statements;
        this.mode = mode;
    }

    /** The locks of a transaction that has begun. */
    public static TransactionLocks of(Handle handle) {
        return new TransactionLocks(
                handle.attach(LockStatements.class),
                handle.getConfig(LockMode.Setting.class).mode());
    }

    /**
     * Waits for other claims that use this lock, which then wait until this transaction ends. Waits at most 200 ms for
     * each kind of lock, then PostgreSQL refuses (SQLSTATE 55P03).
     */
    public void claims() {
        if (mode.hasAdvisory()) {
            statements.claims();
        }
        if (mode.hasRows()) {
            statements.waitAtMost("200ms");
            lock(new String[] {CLAIMS}, CLAIMS);
        }
    }

    /** Locks concurrency keys, so that the next count sees the admitted jobs. */
    public void keys(String[] keys) {
        if (mode.hasAdvisory()) {
            statements.keys(keys);
        }
        if (mode.hasRows()) {
            lock(KEYS, Arrays.stream(keys).map(TransactionLocks::row).distinct().toArray(String[]::new));
        }
    }

    /** Lets one transaction at a time begin an operation, so that none exceeds the limit. */
    public void operations() {
        if (mode.hasAdvisory()) {
            statements.operations();
        }
        if (mode.hasRows()) {
            lock(new String[] {OPERATIONS}, OPERATIONS);
        }
    }

    /** Makes the row that {@link #tryFairQueue} needs. Before the transaction, so that nobody waits for its end. */
    public void beforeFairQueue() {
        if (mode.hasRows() && !statements.hasRow(FAIR_QUEUE)) {
            statements.make(FAIR_QUEUE);
        }
    }

    /** Keeps two nodes from drawing numbers for the same gap of fair queues; false if another does so now. */
    public boolean tryFairQueue() {
        return (!mode.hasAdvisory() || statements.tryFairQueue())
                && (!mode.hasRows() || statements.tryRow(FAIR_QUEUE) == 1);
    }

    private void lock(String[] all, String... some) {
        if (statements.rows(some) < some.length) {
            statements.make(all);
            if (statements.rows(some) < some.length) {
                throw new IllegalStateException("Rows of housekeepers that serve as locks were removed just now.");
            }
        }
    }

    /** The hash of a String is the same on all nodes. */
    private static String row(String key) {
        return KEYS[Math.floorMod(key.hashCode(), KEYS.length)];
    }
}
