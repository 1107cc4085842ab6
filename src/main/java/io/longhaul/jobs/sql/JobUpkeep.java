package io.longhaul.jobs.sql;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Changes of jobs that follow from time: they are due, have lost their worker, or have expired. Each statement takes
 * at most {@code limit} jobs. With {@code only} it takes only these; null means all that are not quarantined.
 */
public interface JobUpkeep {
    /**
     * Makes due jobs claimable, and returns their number. Due jobs with a concurrency key wait at their gate,
     * where only {@link KeyGate} admits them.
     */
    // The rows are locked, so only their ids are used again: more conditions would draw the planner to other indexes.
    @SqlUpdate("""
            WITH due AS MATERIALIZED (
                SELECT d.id, row_number() OVER (
                           PARTITION BY d.tool_name, d.priority, d.fairness_key ORDER BY d.run_at) - 1 AS nth
                FROM (
                    SELECT id, tool_name, priority, fairness_key, run_at
                    FROM jobs
                    WHERE status = 'pending' AND delayed AND run_at <= NOW()
                    ORDER BY run_at
                    LIMIT :limit
                    FOR NO KEY UPDATE SKIP LOCKED
                ) d
            )
            UPDATE jobs j
            SET delayed = j.concurrency_key IS NOT NULL,
                run_at = CASE WHEN j.concurrency_key IS NULL THEN j.run_at END,
                queue_seq = CASE WHEN j.fairness_key IS NULL THEN nextval('job_queue_seq') ELSE d.nth + GREATEST(
                    COALESCE((
                        SELECT q.queue_seq
                        FROM jobs q
                        WHERE q.status = 'pending' AND NOT q.delayed AND q.tool_name = j.tool_name
                          AND q.priority = j.priority
                        ORDER BY q.queue_seq
                        LIMIT 1), (SELECT last_value FROM job_queue_seq)),
                    1 + (
                        SELECT q.queue_seq
                        FROM jobs q
                        WHERE q.status = 'pending' AND q.tool_name = j.tool_name AND q.priority = j.priority
                          AND q.fairness_key = j.fairness_key AND (NOT q.delayed OR q.run_at IS NULL)
                        ORDER BY q.queue_seq DESC
                        LIMIT 1)) END
            FROM due d
            WHERE j.id = d.id
            """)
    int releaseDelayed(int limit);

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
                    started_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.leased_at END,
                    error_code = 'WORKER_LOST',
                    error_message = 'The node ' || COALESCE(d.name, 'that worked on this job') || ' was lost.',
                    failure = CASE WHEN j.losses >= d.max_losses THEN\s""" + FailureSql.OPEN + "'WORKER_LOST' || ' ' || 'The node was lost.'" + FailureSql.CLOSE + """
                     END,
                    completed_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE NOW() END,
                    node_name = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.name END,
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
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
     * Puts jobs back into the queue that are marked as running without a lease, as after a rollback, a restored
     * backup or an upgrade from an older system. Returns their number.
     */
    // A second, because a job that has just been given back or ended may still be read as running.
    @SqlUpdate("""
            UPDATE jobs
            SET status = 'pending', attempt = attempt + 1, losses = losses + 1, started_at = NULL,
                queue_seq = nextval('job_queue_seq'),
                expires_at = NOW() + COALESCE(make_interval(secs => ttl_seconds), expires_at - created_at)
            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.status = 'running' AND COALESCE(j.started_at, j.created_at) < NOW() - INTERVAL '1 s'
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'requeue' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED))
              AND status::text = 'running'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = jobs.id OFFSET 0)
            """)
    int requeueUnleased(int limit, UUID[] only);

    /** Fails pending jobs that expired before they started, and returns them. */
    // Five seconds after the time a claim stops taking them, so that the two never meet.
    @SqlQuery("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'EXPIRED',
                error_message = 'The job expired before a worker could begin it. Submit it again, with a longer ttl_hours '
                    || 'or when workers for ' || tool_name || ' are free.',
                failure =\s""" + FailureSql.OPEN + "'EXPIRED' || ' ' || 'The job expired.'" + FailureSql.CLOSE + """
            ,
                expires_at = NOW() + COALESCE(make_interval(secs => ttl_seconds), expires_at - created_at)
            WHERE id = ANY (ARRAY(
                SELECT j.id
                FROM jobs j
                WHERE j.expires_at < NOW() - INTERVAL '5 s' AND j.status = 'pending'
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                  AND CASE WHEN :only::uuid[] IS NULL
                           THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'expiry' AND q.row_id = j.id OFFSET 0)
                           ELSE j.id = ANY (:only::uuid[]) END
                ORDER BY j.expires_at
                LIMIT :limit
                FOR NO KEY UPDATE SKIP LOCKED))
              AND status::text = 'pending'
            RETURNING id
            """)
    List<UUID> expirePending(int limit, UUID[] only);

    /**
     * Deletes ended jobs whose retention is over, with their attempts, progress, logs and questions.
     *
     * @param from only jobs that expired at this time or later
     */
    // Begins where the last batch ended: deleted rows stay in the index for as long as a transaction may see them,
    // and each batch would scan all of them again. A job that its first attempt completed has no attempts to delete.
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM jobs
                WHERE id = ANY (ARRAY(
                    SELECT j.id
                    FROM jobs j
                    WHERE j.expires_at < NOW() AND j.expires_at >= :from
                      AND j.status IN ('completed', 'failed', 'cancelled')
                      AND CASE WHEN :only::uuid[] IS NULL
                               THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'clean-up' AND q.row_id = j.id OFFSET 0)
                               ELSE j.id = ANY (:only::uuid[]) END
                    ORDER BY j.expires_at
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id, expires_at, attempt <> 1 OR status <> 'completed' AS retried
            ), attempts AS (
                DELETE FROM job_attempts a USING gone g WHERE g.retried AND a.job_id = g.id
            ), progress AS (
                DELETE FROM job_progress p USING gone g WHERE p.job_id = g.id
            ), logs AS (
                DELETE FROM job_logs l USING gone g WHERE l.job_id = g.id
            ), inputs AS (
                DELETE FROM job_inputs i USING gone g WHERE i.job_id = g.id
            ), predecessors AS (
                DELETE FROM job_predecessors p USING gone g WHERE p.job_id = g.id
            )
            SELECT count(*) AS jobs, max(expires_at) AS up_to FROM gone
            """)
    @RegisterConstructorMapper(Removed.class)
    Removed deleteExpired(int limit, OffsetDateTime from, UUID[] only);

    /**
     * The result of a clean-up.
     *
     * @param jobs number of deleted jobs
     * @param upTo when the last of them expired, or null if there was none
     */
    record Removed(int jobs, OffsetDateTime upTo) {}
}
