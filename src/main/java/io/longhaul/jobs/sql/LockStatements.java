package io.longhaul.jobs.sql;

import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** The locks of {@link TransactionLocks}. Their numbers keep them apart from others in the same database. */
interface LockStatements {
    /** Waits at most 200 ms, then PostgreSQL refuses (SQLSTATE 55P03). */
    @SqlQuery("""
            SELECT count(pg_advisory_xact_lock(7264917))
            FROM (SELECT set_config('lock_timeout', '200ms', TRUE) OFFSET 0) patience
            """)
    int claims();

    // In one order, because two transactions may want several of the same.
    @SqlQuery("""
            SELECT count(pg_advisory_xact_lock(ordered.lock))
            FROM (
                SELECT DISTINCT hashtextextended(k.key, 7264914) AS lock
                FROM unnest(:keys::text[]) AS k (key)
                ORDER BY lock
                OFFSET 0
            ) ordered
            """)
    int keys(String[] keys);

    @SqlQuery("SELECT count(pg_advisory_xact_lock(7264918))")
    int operations();

    @SqlQuery("SELECT pg_try_advisory_xact_lock(7264915)")
    boolean tryFairQueue();
}
