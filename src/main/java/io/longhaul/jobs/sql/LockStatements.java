package io.longhaul.jobs.sql;

import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * The locks of {@link TransactionLocks}, of both kinds: advisory ones, whose numbers keep them apart from others in the
 * same database, and rows of {@code housekeepers} that belong to no node.
 */
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

    /** Lets locks of this transaction wait for at most so long, then PostgreSQL refuses (SQLSTATE 55P03). */
    @SqlQuery("SELECT set_config('lock_timeout', :time, TRUE)")
    String waitAtMost(String time);

    /** Locks rows in one order, because two transactions may want several of the same. Returns their number. */
    @SqlQuery("""
            SELECT count(*)
            FROM (
                SELECT h.task
                FROM housekeepers h
                WHERE h.task = ANY (:names::text[])
                ORDER BY h.task
                FOR NO KEY UPDATE
            ) locked
            """)
    int rows(String[] names);

    /** Locks a row, or returns 0 if another transaction holds it or it is missing. */
    @SqlQuery("""
            SELECT count(*)
            FROM (
                SELECT h.task
                FROM housekeepers h
                WHERE h.task = :name
                FOR NO KEY UPDATE SKIP LOCKED
            ) locked
            """)
    int tryRow(String name);

    @SqlQuery("SELECT EXISTS (SELECT FROM housekeepers WHERE task = :name)")
    boolean hasRow(String name);

    /** Makes the missing rows, in the order of {@link #rows}. Waits for a transaction that makes them just now. */
    @SqlUpdate("""
            INSERT INTO housekeepers (task, node_id)
            SELECT missing.name, 0
            FROM (SELECT n.name::varchar(40) AS name FROM unnest(:names::text[]) AS n (name) ORDER BY 1 OFFSET 0) missing
            ON CONFLICT (task) DO NOTHING
            """)
    int make(String... names);
}
