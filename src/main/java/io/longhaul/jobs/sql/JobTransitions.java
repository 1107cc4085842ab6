package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Every change of a job, one statement each, with the allowed old status in its WHERE.
 *
 * <p>Locks are always taken in the order jobs, then leases; a statement that cannot keep to that order skips locked
 * rows and runs again later. A worker's write joins the lease it names, and compares {@code jobs.attempt}, which
 * grows whenever a lease ends without ending the job. PostgreSQL compares a row again if it changed since the
 * statement began, so a stale worker never wins.
 *
 * <p>The arrays {@code ids}, {@code attempts} and {@code nodes} name a lease at each index. Statements that end
 * attempts return the jobs they changed; the other leases are lost.
 */
public interface JobTransitions extends JobInserts, Claims, DelayTransitions, ExpiryTransitions, LostWorkerTransitions {
    /**
     * Returns leases under which no work began: their jobs are as if they had not been claimed.
     *
     * @param ids jobs, ascending
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
    int unclaim(UUID[] ids, Integer[] attempts, Long[] nodes);

    /** Stores the version of its tool in each lease. Only for tools that have one. */
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
    int noteVersions(UUID[] ids, Integer[] attempts, Long[] nodes, String[] versions);

    /**
     * Marks leased jobs as running. Only for those that run long enough for somebody to look. Returns the number
     * of changed rows.
     */
    // Leases are looked up one by one, here and where attempts end: a plan that was made when the table was empty
    // would read all leases that are deleted but still visible to some old transaction. For the same reason the
    // status is compared as text, which no index serves: a plan that was made when no job was pending would read all
    // that are pending by now, or have been.
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
    int showRunning(UUID[] ids, Integer[] attempts, Long[] nodes);

    /**
     * Ends jobs with their results, which are JSON values. A trigger (0007-webhooks.sql) writes the webhook deliveries of
     * ended jobs.
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'completed', result = d.result::jsonb, attempt = d.attempt, started_at = l.leased_at,
                    completed_at = NOW(), error_code = NULL, error_message = NULL,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = d.node),
                    expires_at =\s""" + Lifetimes.KEPT + """

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
    List<UUID> complete(UUID[] ids, Integer[] attempts, Long[] nodes, String[] results);

    /**
     * Ends failed attempts: each job fails, or becomes pending again after a wait. A trigger (0007-webhooks.sql) writes the
     * webhook deliveries of jobs that fail.
     *
     * @param delays milliseconds until the next attempt, or null if the job has failed
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = (CASE WHEN d.delay IS NULL THEN 'failed' ELSE 'pending' END)::jobstatus,
                    attempt = d.attempt, failures = j.failures + 1, error_code = d.code, error_message = d.message,
                    failure = CASE WHEN d.delay IS NULL THEN\s""" + FailureSql.OPEN + "d.code || ' ' || d.message" + FailureSql.CLOSE + """
                     END,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    started_at = CASE WHEN d.delay IS NULL THEN l.leased_at END,
                    completed_at = CASE WHEN d.delay IS NULL THEN NOW() END,
                    expires_at = CASE WHEN d.delay IS NULL THEN\s""" + Lifetimes.KEPT + " ELSE "
            + Lifetimes.WAITING + """
                     END,
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
            UUID[] ids, Integer[] attempts, Long[] nodes, String[] codes, String[] messages, Long[] delays);

    /**
     * Gives back jobs that a stopping node could not end in time, or that a worker does not know. They keep their
     * queue numbers, and no failure is counted.
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'pending', attempt = d.attempt, started_at = NULL, run_at = NOW(),
                    expires_at =\s""" + Lifetimes.WAITING + """

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
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), 'GIVEN_BACK', 'The attempt was given back before it had ended: its node or worker stopped, or did not know it.'
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> giveBack(UUID[] ids, Integer[] attempts, Long[] nodes);

    /** Those of these jobs whose rows other transactions hold. */
    @SqlQuery("""
            WITH free AS (
                SELECT f.id
                FROM jobs f
                WHERE f.id = ANY (:ids::uuid[])
                FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT j.id
            FROM jobs j
            WHERE j.id = ANY (:ids::uuid[]) AND j.id NOT IN (SELECT id FROM free)
            """)
    List<UUID> locked(UUID[] ids);

    /** Locks jobs, so that nobody answers their questions until this transaction ends. */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[])
            ORDER BY id
            FOR NO KEY UPDATE
            """)
    List<UUID> lockAll(UUID[] ids);

    /**
     * Ends attempts that wait for answers: their jobs wait without them, until all is answered or the time of a question
     * is over. No failure is counted. Must run after {@link #lockAll} in one transaction, so that no answer is missed.
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'pending', attempt = d.attempt, started_at = NULL, delayed = TRUE,
                    run_at = COALESCE(w.until, NOW()),
                    expires_at =\s""" + Lifetimes.WAITING + """

                FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
                CROSS JOIN LATERAL (
                    SELECT h.leased_at
                    FROM job_leases h
                    WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                    OFFSET 0) l
                CROSS JOIN LATERAL (
                    SELECT min(i.expires_at) AS until
                    FROM job_inputs i
                    WHERE i.job_id = d.id AND i.attempt = d.attempt AND i.answered_at IS NULL) w
                WHERE j.id = d.id AND j.status::text IN ('pending', 'running') AND j.attempt = d.attempt - 1
                RETURNING j.id, j.attempt, d.node, l.leased_at
            ), told AS (
                INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
                SELECT e.id, e.attempt, n.name, e.leased_at, NOW(), 'WAITING_FOR_INPUT', 'The attempt ended to wait for an answer.'
                FROM ended e LEFT JOIN nodes n ON n.id = e.node
                ON CONFLICT (job_id, attempt) DO NOTHING
            )
            DELETE FROM job_leases l
            WHERE l.job_id = ANY (ARRAY(SELECT e.id FROM ended e))
            RETURNING l.job_id
            """)
    List<UUID> waitForInput(UUID[] ids, Integer[] attempts, Long[] nodes);

    /**
     * Makes a job claimable that waits without an attempt, if all its questions are answered, and returns it. Must run
     * after {@link #lock} in one transaction.
     */
    // A job with a concurrency key goes to its gate, and one with a fairness key gets its place like one whose time has
    // come.
    @SqlQuery("""
            UPDATE jobs j
            SET delayed = j.concurrency_key IS NOT NULL OR j.fairness_key IS NOT NULL,
                run_at = CASE WHEN j.concurrency_key IS NULL OR j.fairness_key IS NOT NULL THEN NOW() END,
                queue_seq = nextval('job_queue_seq'),
                expires_at =\s""" + Lifetimes.WAITING + """

            WHERE j.id = :id AND j.status::text = 'pending' AND j.delayed AND j.run_at IS NOT NULL
              AND EXISTS (
                  SELECT
                  FROM job_attempts a
                  WHERE a.job_id = j.id AND a.attempt = j.attempt AND a.error_code = 'WAITING_FOR_INPUT')
              AND NOT EXISTS (
                  SELECT
                  FROM job_inputs i
                  WHERE i.job_id = j.id AND i.attempt = j.attempt AND i.answered_at IS NULL)
            RETURNING j.id
            """)
    List<UUID> goOn(UUID id);

    /**
     * Locks a job against claims in flight: a claim that has the job must be seen whole. Returns its status, or
     * null if it does not exist.
     */
    @SqlQuery("SELECT status FROM jobs WHERE id = :id FOR NO KEY UPDATE")
    String lock(UUID id);

    /**
     * Cancels a job that has not ended, and returns it. Must run after {@link #lock} in one transaction. The node
     * that runs it is notified by the commit, and a trigger (0007-webhooks.sql) writes the job's webhook deliveries.
     */
    @SqlQuery("""
            WITH ended AS (
                UPDATE jobs j
                SET status = 'cancelled', completed_at = NOW(), attempt = COALESCE(l.attempt, j.attempt),
                    started_at = COALESCE(l.leased_at, j.started_at), awaits = 0,
                    tool_version = COALESCE(l.tool_version, j.tool_version),
                    node_name = (SELECT n.name FROM nodes n WHERE n.id = l.node_id),
                    expires_at =\s""" + Lifetimes.KEPT + """

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
    List<UUID> cancel(UUID id);
}
