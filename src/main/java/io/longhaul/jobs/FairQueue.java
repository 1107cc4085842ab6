package io.longhaul.jobs;

import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Keeps jobs with and without fairness keys in step. Places of jobs with a key grow from the head of their queue, those of
 * jobs without one come from the sequence. Where the head has overtaken the sequence, every job without a key would go
 * before all that have one.
 */
public interface FairQueue {
    /**
     * Moves the sequence on to the furthest head of a queue in which jobs with a fairness key wait. Never back: it draws
     * the numbers in between, which nobody else can get then.
     *
     * @param limit at most so many
     * @return how many were drawn
     */
    // The lock, held for the statement, keeps two nodes from drawing for the same gap. From queue to queue in the
    // index.
    @SqlQuery("""
            WITH RECURSIVE queues AS (
                (SELECT q.tool_name, q.priority
                 FROM jobs q
                 WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                 ORDER BY q.tool_name, q.priority
                 LIMIT 1)
                UNION ALL
                SELECT next.tool_name, next.priority
                FROM queues f CROSS JOIN LATERAL (
                    SELECT q.tool_name, q.priority
                    FROM jobs q
                    WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                      AND (q.tool_name, q.priority) > (f.tool_name, f.priority)
                    ORDER BY q.tool_name, q.priority
                    LIMIT 1
                ) next
            ), furthest AS MATERIALIZED (
                SELECT max((
                    SELECT q.queue_seq
                    FROM jobs q
                    WHERE q.status = 'pending' AND NOT q.delayed AND q.tool_name = f.tool_name AND q.priority = f.priority
                    ORDER BY q.queue_seq
                    LIMIT 1)) AS place
                FROM queues f
            ), gap AS MATERIALIZED (
                SELECT LEAST(:limit, f.place - s.last_value) AS numbers
                FROM furthest f CROSS JOIN job_queue_seq s
                WHERE f.place > s.last_value AND pg_try_advisory_xact_lock(7264915)
            )
            SELECT count(nextval('job_queue_seq'))
            FROM gap CROSS JOIN LATERAL generate_series(1, gap.numbers)
            """)
    int catchUp(@Bind("limit") int limit);
}
