package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Every change a job can go through, one statement each, with the status it may come from in its WHERE.
 *
 * <p>Locks are always taken in the order jobs, then leases; what cannot keep to that order skips locked
 * rows and comes again. A worker's write joins the lease it names, and compares {@code jobs.attempt},
 * which grows whenever a lease ends without ending the job: a row that changed since the statement began
 * is compared again by PostgreSQL before it is written, so a stale worker never wins.
 */
public interface JobTransitions extends Acceptance, Claims, JobUpkeep {
    /**
     * Returns leases under which nothing was begun: their jobs are as if they had not been claimed.
     *
     * @param ids jobs, ascending
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return how many
     */
    @SqlUpdate("""
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(
                SELECT k.job_id
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.job_id
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) k))
            """)
    int unclaim(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Notes at leases which version of its tool works on each job. Only for tools that have one.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs that leased them
     * @param versions of their tools
     * @return how many
     */
    @SqlUpdate("""
            UPDATE job_leases l
            SET tool_version = (
                SELECT d.version
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :versions::text[])
                     AS d (id, attempt, node, version)
                WHERE d.id = l.job_id AND d.attempt = l.attempt AND d.node = l.node_id)
            WHERE l.job_id = ANY (:ids::uuid[])
              AND EXISTS (
                  SELECT
                  FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                  WHERE d.id = l.job_id AND d.attempt = l.attempt AND d.node = l.node_id
                  OFFSET 0)
            """)
    int noteVersions(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("versions") String[] versions);

    /**
     * Shows in {@code jobs} that leased jobs run. Only for those that run long enough for somebody to look.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return how many rows changed
     */
    // Leases are looked up one by one, here and where attempts end: a plan that is made when none is left, and that
    // takes the table for empty, would read all that are dead but still seen by some old transaction. For the same
    // reason the status is compared as text, which no index serves: a plan that is made when no job is pending would
    // read all that are by now, or have been.
    @SqlUpdate("""
            UPDATE jobs j
            SET status = 'running', started_at = l.leased_at
            FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
            CROSS JOIN LATERAL (
                SELECT h.leased_at
                FROM job_leases h
                WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                OFFSET 0) l
            WHERE j.id = d.id AND j.status::text = 'pending' AND j.attempt = d.attempt - 1
            """)
    int showRunning(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Ends jobs with their results.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @param results JSON values
     * @return the jobs that ended now; the others are no longer this worker's to end
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'completed', result = d.result::jsonb, attempt = d.attempt, started_at = l.leased_at,
                    completed_at = NOW(), error_code = NULL, error_message = NULL,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = d.node),
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :results::text[]) AS d (id, attempt, node, result)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at, h.tool_version
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> complete(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("results") String[] results);

    /**
     * Ends a failed attempt: the job fails, or becomes pending again after a wait.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @param codes error codes
     * @param messages error messages
     * @param delays milliseconds until the next attempt, or null when the job has failed
     * @return the jobs whose attempt ended now
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN d.delay IS NULL THEN 'failed' ELSE 'pending' END)::jobstatus,
                    attempt = d.attempt, failures = j.failures + 1, error_code = d.code, error_message = d.message,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    started_at = CASE WHEN d.delay IS NULL THEN l.leased_at END,
                    completed_at = CASE WHEN d.delay IS NULL THEN NOW() END,
                    expires_at = CASE WHEN d.delay IS NULL THEN NOW() ELSE NOW() + make_interval(secs => d.delay / 1000.0) END
                        + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at),
                    delayed = d.delay IS NOT NULL,
                    node_name = CASE WHEN d.delay IS NULL THEN (SELECT n.name FROM nodes n WHERE n.id = d.node) END,
                    run_at = CASE WHEN d.delay IS NULL THEN j.run_at ELSE NOW() + make_interval(secs => d.delay / 1000.0) END
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :codes::text[], :messages::text[], :delays::bigint[])
                     AS d (id, attempt, node, code, message, delay)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at, h.tool_version
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, d.node, j.error_code, j.error_message, l.leased_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), e.error_code, e.error_message
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> failOrRetry(
            @Bind("ids") UUID[] ids,
            @Bind("attempts") Integer[] attempts,
            @Bind("nodes") Long[] nodes,
            @Bind("codes") String[] codes,
            @Bind("messages") String[] messages,
            @Bind("delays") Long[] delays);

    /**
     * Gives jobs back that a stopping node could not end in time. They keep their place, no failure
     * counts, and the time in which they must begin counts anew.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return the jobs that are pending again
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'pending', attempt = d.attempt, started_at = NULL,
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, d.node, l.leased_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), 'GIVEN_BACK', 'The node stopped before the attempt had ended.'
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> giveBack(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Takes the lock that orders a cancel against a claim in flight: a claim that has the job must be seen whole.
     *
     * @param id the job
     * @return the status it has now, or null when there is no such job
     */
    @SqlQuery("SELECT status FROM jobs WHERE id = :id FOR NO KEY UPDATE")
    String lock(@Bind("id") UUID id);

    /**
     * Calls a job off that has not ended. To be run after {@link #lock} in one transaction. The node that works on it is told when that commits.
     *
     * @param id the job
     * @return the job, or nothing when it had ended or does not exist
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'cancelled', completed_at = NOW(), attempt = COALESCE(l.attempt, j.attempt),
                    started_at = COALESCE(l.leased_at, j.started_at), awaits = 0,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = l.node_id),
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM (SELECT :id AS id) AS wanted LEFT JOIN job_leases l ON l.job_id = wanted.id
                WHERE j.id = wanted.id AND j.status::text IN ('pending', 'running')
                RETURNING j.id
            ), freed AS (
                DELETE FROM job_leases l
                WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            ), waited AS (
                DELETE FROM job_dependencies d
                WHERE d.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            )
            SELECT e.id, pg_notify('longhaul_cancel', e.id::text)
            FROM ended e
            """)
    List<UUID> cancel(@Bind("id") UUID id);
}
