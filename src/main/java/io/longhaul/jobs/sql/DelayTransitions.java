package io.longhaul.jobs.sql;

import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Changes of delayed jobs that are due. */
public interface DelayTransitions {
    /**
     * Makes due jobs claimable, and returns their number. Due jobs with a concurrency key wait at their gate,
     * where only {@link KeyGate} admits them.
     *
     * @param only of these, or null for any that are not quarantined
     */
    // The rows are locked, so only their ids are used again: more conditions would draw the planner to other indexes.
    @SqlUpdate("""
            WITH due AS MATERIALIZED (
                SELECT d.id, row_number() OVER (
                           PARTITION BY d.tool_name, d.priority, d.fairness_key ORDER BY d.run_at) - 1 AS nth
                FROM (
                    SELECT w.id, w.tool_name, w.priority, w.fairness_key, w.run_at
                    FROM jobs w
                    WHERE w.status = 'pending' AND w.delayed AND w.run_at <= NOW()
                      AND CASE WHEN :only::uuid[] IS NULL
                               THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'delay' AND q.row_id = w.id OFFSET 0)
                               ELSE w.id = ANY (:only::uuid[]) END
                    ORDER BY w.run_at
                    LIMIT :limit
                    FOR NO KEY UPDATE OF w SKIP LOCKED
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
    int releaseDelayed(int limit, UUID[] only);
}
