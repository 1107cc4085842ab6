package io.longhaul.jobs.sql;

import org.jdbi.v3.core.Handle;

/**
 * Locks between all nodes, each held until its transaction ends. A lock must be a statement of its own before the
 * statement that it protects: a statement sees only what was committed before it began.
 */
public final class TransactionLocks {
    private final LockStatements statements;

    private TransactionLocks(LockStatements statements) {
        this.statements = statements;
    }

    /** The locks of a transaction that has begun. */
    public static TransactionLocks of(Handle handle) {
        return new TransactionLocks(handle.attach(LockStatements.class));
    }

    /**
     * Waits for other claims that use this lock, which then wait until this transaction ends. Waits at most 200 ms,
     * then PostgreSQL refuses (SQLSTATE 55P03).
     */
    public void claims() {
        statements.claims();
    }

    /** Locks concurrency keys, so that the next count sees the admitted jobs. */
    public void keys(String[] keys) {
        statements.keys(keys);
    }

    /** Lets one transaction at a time begin an operation, so that none exceeds the limit. */
    public void operations() {
        statements.operations();
    }

    /** Keeps two nodes from drawing numbers for the same gap of fair queues; false if another does so now. */
    public boolean tryFairQueue() {
        return statements.tryFairQueue();
    }
}
