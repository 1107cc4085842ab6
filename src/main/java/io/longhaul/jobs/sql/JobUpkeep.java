package io.longhaul.jobs.sql;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The changes of jobs that no worker and no user asks for: their time has come, their worker is lost, or they expired. */
public interface JobUpkeep {
    /**
     * Makes delayed jobs whose time has come ready to be claimed. Those with a concurrency key become ready for their
     * gate: what lets them in is {@link KeyGate} alone.
     *
     * @param limit at most so many
     * @return how many
     */
    // The rows are locked, so nothing but their ids is asked for again: more would draw the planner to other indexes.
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
    int releaseDelayed(@Bind("limit") int limit);

    /**
     * Ends the attempts of nodes whose lease has lapsed: the jobs become pending again, or fail when their
     * worker was lost too often.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return the jobs
     */
    // Leases are locked before jobs here, against the usual order: so locked rows of either are skipped. Jobs are
    // looked
    // up one by one and as an array, and no index knows the status as a text, because this runs so seldom that its plan
    // may
    // be from a time when the tables were empty.
    @SqlQuery("""
            WITH dead AS MATERIALIZED (
                SELECT l.job_id, l.attempt, l.node_id, l.leased_at, l.max_losses, l.tool_version, n.name
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
                    completed_at = CASE WHEN j.losses < d.max_losses THEN NULL ELSE NOW() END,
                    node_name = CASE WHEN j.losses < d.max_losses THEN NULL ELSE d.name END,
                    expires_at = NOW() + COALESCE(make_interval(secs => j.ttl_seconds), j.expires_at - j.created_at)
                FROM dead d
                WHERE j.id = ANY (ARRAY(SELECT f.id FROM free f)) AND j.id = d.job_id
                  AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, j.error_code, j.error_message, d.leased_at, d.name
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT id, attempt, name, leased_at, NOW(), error_code, error_message
                FROM ended
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT f.id FROM free f))
            RETURNING l.job_id
            """)
    List<UUID> rescue(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Puts jobs back into the queue that are shown as running although nobody holds a lease on them: what a
     * rollback, a restored backup or an older system left.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return how many
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
    int requeueUnleased(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Fails pending jobs that were not begun before they expired.
     *
     * @param limit at most so many
     * @param only of these jobs, or null for any that are not set aside
     * @return the jobs
     */
    // Five seconds after the time a claim stops taking them, so that the two never meet.
    @SqlQuery("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'EXPIRED',
                error_message = 'The job expired before a worker could begin it. Submit it again, with a longer ttl_hours '
                    || 'or when workers for ' || tool_name || ' are free.',
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
    List<UUID> expirePending(@Bind("limit") int limit, @Bind("only") UUID[] only);

    /**
     * Removes jobs that ended and whose time to be kept is over, with all that was told of them.
     *
     * @param limit at most so many
     * @param from only jobs that expired at this time or later
     * @param only of these jobs, or null for any that are not set aside
     * @return how many, and how far it came
     */
    // From where the last batch ended: what was removed stays in the index for as long as a transaction may see it, and
    // each batch would pass over all of it again. A job that its first attempt completed has no attempts to remove.
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
            )
            SELECT count(*) AS jobs, max(expires_at) AS up_to FROM gone
            """)
    @RegisterConstructorMapper(Removed.class)
    Removed deleteExpired(@Bind("limit") int limit, @Bind("from") OffsetDateTime from, @Bind("only") UUID[] only);

    /**
     * What a clean-up has done.
     *
     * @param jobs how many it removed
     * @param upTo when the last of them expired, or null when there was none
     */
    record Removed(int jobs, OffsetDateTime upTo) {}
}
