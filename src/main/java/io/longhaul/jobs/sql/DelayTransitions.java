package io.longhaul.jobs.sql;

import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Changes of delayed jobs that are due. */
public interface DelayTransitions {
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
}
