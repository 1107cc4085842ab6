package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Cancels many jobs at once. */
public interface BulkTransitions {
    /**
     * Locks jobs against claims in flight, and returns those that have not ended. Jobs that other transactions
     * have locked are left out: waiting for one while holding others could be a deadlock.
     */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND status::text IN ('pending', 'running')
            FOR NO KEY UPDATE SKIP LOCKED
            """)
    List<UUID> lock(UUID[] ids);

    /**
     * Cancels locked jobs that have not ended, and returns them. Must run after {@link #lock} in one transaction.
     * Unlike {@link JobTransitions#cancel} it notifies no node: the caller does, once for all.
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'cancelled', completed_at = NOW(), attempt = COALESCE(l.attempt, j.attempt),
                    started_at = COALESCE(l.leased_at, j.started_at), awaits = 0,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = l.node_id),
                    expires_at =\s""" + Lifetimes.KEPT + """

                FROM unnest(:ids::uuid[]) AS wanted (id)
                LEFT JOIN LATERAL (
                    SELECT h.attempt, h.leased_at, h.node_id, h.tool_version
                    FROM job_leases h
                    WHERE h.job_id = wanted.id
                    OFFSET 0) l ON TRUE
                WHERE j.id = wanted.id AND j.status::text IN ('pending', 'running')
                RETURNING j.id
            ), freed AS (
                DELETE FROM job_leases l
                WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            ), waited AS (
                DELETE FROM job_dependencies d
                WHERE d.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            )
            SELECT e.id
            FROM ended e
            """)
    List<UUID> cancel(UUID[] ids);
}
