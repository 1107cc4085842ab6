package io.longhaul.jobs;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Changes of many jobs that a user asks for at once. */
public interface BulkTransitions {
    /**
     * Takes the locks that order a cancel of many against claims in flight. Jobs that others have in hand are left out:
     * waiting for one of them while holding others could be a deadlock.
     *
     * @param ids jobs
     * @return those of them that have not ended and are locked now
     */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND status IN ('pending', 'running')
            FOR NO KEY UPDATE SKIP LOCKED
            """)
    List<UUID> lock(@Bind("ids") UUID[] ids);

    /**
     * Calls jobs off that have not ended. To be run after {@link #lock} in one transaction. Unlike
     * {@link JobTransitions#cancel} it tells no node: the caller does, once for all.
     *
     * @param ids locked jobs
     * @return those that are cancelled now
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'cancelled', completed_at = NOW(), attempt = COALESCE(l.attempt, j.attempt),
                    started_at = COALESCE(l.leased_at, j.started_at), awaits = 0,
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = l.node_id),
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM unnest(:ids::uuid[]) AS wanted (id) LEFT JOIN job_leases l ON l.job_id = wanted.id
                WHERE j.id = wanted.id AND j.status IN ('pending', 'running')
                RETURNING j.id
            ), freed AS (
                DELETE FROM job_leases l
                USING ended e
                WHERE l.job_id = e.id
            ), waited AS (
                DELETE FROM job_dependencies d
                USING ended e
                WHERE d.job_id = e.id
            )
            SELECT e.id
            FROM ended e
            """)
    List<UUID> cancel(@Bind("ids") UUID[] ids);
}
