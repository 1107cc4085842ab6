package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Changes of jobs whose worker was lost, or what it had to say. A statement with {@code limit} takes at most so many
 * jobs. With {@code only} it takes only these; null means all that are not quarantined.
 */
public interface LostWorkerTransitions {
    /**
     * Ends the attempts of nodes whose lease has lapsed: the jobs become pending again, or fail if they lost too
     * many workers. Returns the jobs.
     */
    // Leases are locked before jobs here, against the usual order: so locked rows of either are skipped. Jobs are
    // looked up one by one and as an array, and no index knows the status as a text, because this runs so seldom that
    // its plan may be from a time when the tables were empty.
    @SqlQuery("""
            WITH dead AS MATERIALIZED (
                SELECT l.job_id, l.attempt, l.node_id, l.leased_at, l.max_losses, l.tool_version, n.name, n.renewed_at
                FROM job_leases l LEFT JOIN nodes n ON n.id = l.node_id
                WHERE (n.id IS NULL OR n.lease_until < NOW())
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'rescue' AND q.row_id = l.job_id OFFSET 0)
                           ELSE l.job_id = ANY (:only::uuid[]) END
                LIMIT :limit
                FOR UPDATE OF l SKIP LOCKED
            ), free AS MATERIALIZED (
                SELECT f.id
                FROM dead d
                CROSS JOIN LATERAL (
                    SELECT j.id
                    FROM jobs j
                    WHERE j.id = d.job_id
                    FOR NO KEY UPDATE SKIP LOCKED
                ) f
            ), ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN j.losses < d.max_losses THEN 'pending' ELSE 'failed' END)::jobstatus,
                    attempt = d.attempt, losses = j.losses + 1,
                    tool_version = COALESCE(d.tool_version, j.tool_version),
                    run_at = CASE WHEN j.losses < d.max_losses THEN NOW() ELSE j.run_at END,
                    started_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.leased_at END,
                    error_code = 'WORKER_LOST',
                    error_message = 'The node ' || COALESCE(d.name, 'that worked on this job') || ' was lost.',
                    failure = CASE WHEN j.losses >= d.max_losses THEN\s""" + FailureSql.OPEN + "'WORKER_LOST' || ' ' || 'The node was lost.'" + FailureSql.CLOSE + """
                     END,
                    completed_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE NOW() END,
                    node_name = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.name END,
                    expires_at = CASE WHEN j.losses < d.max_losses THEN\s"""
            + Lifetimes.WAITING + " ELSE " + Lifetimes.KEPT + """
                     END
                FROM dead d
                WHERE j.id = ANY (ARRAY(SELECT f.id FROM free f)) AND j.id = d.job_id
                  AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, j.error_code, j.error_message, d.leased_at, d.name, d.renewed_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, heard_at, error_code, error_message)
                SELECT id, attempt, name, leased_at, NOW(), renewed_at, error_code, error_message
                FROM ended
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT f.id FROM free f))
            RETURNING l.job_id
            """)
    List<UUID> rescue(int limit, UUID[] only);

    /**
     * Ends attempts whose outcome cannot be stored, and counts each as the loss of a worker: the jobs become pending again,
     * or fail if they lost too many. Returns the jobs; the other leases are lost.
     *
     * @param ids jobs; each index of the arrays names a lease
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN j.losses < l.max_losses THEN 'pending' ELSE 'failed' END)::jobstatus,
                    attempt = d.attempt, losses = j.losses + 1,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    run_at = CASE WHEN j.losses < l.max_losses THEN NOW() ELSE j.run_at END,
                    started_at = CASE WHEN j.losses < l.max_losses THEN NULL ELSE l.leased_at END,
                    error_code = 'WORKER_LOST',
                    error_message = 'The database refused to store how the attempt ended.',
                    failure = CASE WHEN j.losses >= l.max_losses THEN\s""" + FailureSql.OPEN
            + "'WORKER_LOST' || ' ' || 'The database refused to store how the attempt ended.'" + FailureSql.CLOSE + """
                     END,
                    completed_at = CASE WHEN j.losses < l.max_losses THEN NULL ELSE NOW() END,
                    node_name = CASE WHEN j.losses < l.max_losses THEN NULL ELSE (SELECT n.name FROM nodes n WHERE n.id = d.node) END,
                    expires_at = CASE WHEN j.losses < l.max_losses THEN\s"""
            + Lifetimes.WAITING + " ELSE " + Lifetimes.KEPT + """
                     END
                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at, h.max_losses, h.tool_version
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
    List<UUID> loseOutcomes(UUID[] ids, Integer[] attempts, Long[] nodes);

    /**
     * Ends the attempts of jobs that are marked as running without a lease, as after a rollback, a restored backup or
     * an upgrade from an older system: they become pending again, or fail if they lost too many workers. Returns the jobs.
     *
     * @param tools names of the tools that this node knows; jobs of others become pending
     * @param maxLosses for each tool, how often a lost worker is replaced
     */
    // A second, because a job that has just been given back or ended may still be read as running. A time of the end
    // comes from older systems: one that cancelled a job, and then began it.
    @SqlQuery("""
            WITH unheld AS MATERIALIZED (
                SELECT j.id, j.losses < COALESCE(
                    j.max_losses,
                    (SELECT o.max_losses FROM unnest(:tools::text[], :maxLosses::int[]) AS o (tool, max_losses) WHERE o.tool = j.tool_name),
                    j.losses + 1) AS again
                FROM jobs j
                WHERE j.status = 'running' AND COALESCE(j.started_at, j.created_at) < NOW() - INTERVAL '1 s'
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'requeue' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE jobs j
            SET status = (CASE WHEN u.again THEN 'pending' ELSE 'failed' END)::jobstatus,
                attempt = j.attempt + 1, losses = j.losses + 1,
                queue_seq = CASE WHEN u.again THEN nextval('job_queue_seq') ELSE j.queue_seq END,
                run_at = CASE WHEN u.again THEN NOW() ELSE j.run_at END,
                started_at = CASE WHEN NOT u.again THEN j.started_at END,
                completed_at = CASE WHEN NOT u.again THEN NOW() END,
                error_code = CASE WHEN u.again THEN j.error_code ELSE 'WORKER_LOST' END,
                error_message = CASE WHEN u.again THEN j.error_message ELSE 'The node that worked on this job was lost.' END,
                failure = CASE WHEN NOT u.again THEN\s""" + FailureSql.OPEN + "'WORKER_LOST' || ' ' || 'The node was lost.'" + FailureSql.CLOSE + """
                 END,
                expires_at = CASE WHEN u.again THEN\s"""
            + Lifetimes.WAITING + " ELSE " + Lifetimes.KEPT + """
                 END
            FROM unheld u
            WHERE j.id = ANY (ARRAY(SELECT f.id FROM unheld f)) AND j.id = u.id AND j.status::text = 'running'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
            RETURNING j.id
            """)
    List<UUID> rescueUnleased(int limit, UUID[] only, String[] tools, Integer[] maxLosses);
}
