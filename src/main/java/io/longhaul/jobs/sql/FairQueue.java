package io.longhaul.jobs.sql;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Queue numbers for tools that have jobs with fairness keys. A job with a key gets the number after the last job of
 * its key, or that of the queue's head. So each key uses one number after the other, and the jobs of a client that
 * submits little come between those of one that submits much. Jobs without a key are one flow among those of the
 * keys: their numbers come from the sequence as in any other queue, but are capped right after the last waiting job,
 * because other tools draw from the sequence, too.
 */
public interface FairQueue {
    /**
     * Queue numbers for jobs that are about to be stored, for the arrays index by index. A job without one draws
     * its own from the sequence.
     *
     * @param keys fairness keys, or null
     */
    // LIMIT with ORDER BY keeps the planner to the index, whether or not it has statistics.
    @SqlQuery("""
            WITH flows AS MATERIALIZED (
                SELECT f.rows, f.key, (
                           SELECT q.queue_seq
                           FROM jobs q
                           WHERE q.status = 'pending' AND NOT q.delayed AND q.tool_name = f.tool
                             AND q.priority = f.priority
                           ORDER BY q.queue_seq
                           LIMIT 1) AS head, (
                           SELECT q.queue_seq
                           FROM jobs q
                           WHERE q.status = 'pending' AND q.tool_name = f.tool AND q.priority = f.priority
                             AND q.fairness_key = f.key AND (NOT q.delayed OR q.run_at IS NULL)
                           ORDER BY q.queue_seq DESC
                           LIMIT 1) AS last, CASE WHEN f.key IS NULL AND (
                               SELECT TRUE
                               FROM jobs q
                               WHERE q.status = 'pending' AND q.tool_name = f.tool AND q.priority = f.priority
                                 AND q.fairness_key IS NOT NULL AND (NOT q.delayed OR q.run_at IS NULL)
                               ORDER BY q.fairness_key, q.queue_seq
                               LIMIT 1)
                           THEN (
                               SELECT q.queue_seq
                               FROM jobs q
                               WHERE q.status = 'pending' AND NOT q.delayed AND q.tool_name = f.tool
                                 AND q.priority = f.priority
                               ORDER BY q.queue_seq DESC
                               LIMIT 1) END AS tail
                FROM (
                    SELECT tool, priority, key, array_agg(n ORDER BY n) AS rows
                    FROM unnest(:tools::text[], :priorities::int[], :keys::text[]) WITH ORDINALITY
                         AS i (tool, priority, key, n)
                    GROUP BY tool, priority, key
                ) f
            )
            SELECT (r.n - 1)::int AS row, CASE
                       WHEN f.key IS NULL THEN LEAST(nextval('job_queue_seq'), f.tail + r.nth)
                       ELSE GREATEST(COALESCE(f.head, s.last_value), f.last + 1) + r.nth - 1
                   END AS place
            FROM flows f CROSS JOIN LATERAL unnest(f.rows) WITH ORDINALITY AS r (n, nth) CROSS JOIN job_queue_seq s
            WHERE f.key IS NOT NULL OR f.tail IS NOT NULL
            """)
    @RegisterConstructorMapper(Place.class)
    List<Place> places(String[] tools, Integer[] priorities, String[] keys);

    /**
     * A queue number.
     *
     * @param row index of the job in the arrays, 0 for the first
     * @param place lower numbers come first
     */
    record Place(int row, long place) {}

    /** Tools that have waiting jobs with fairness keys, in alphabetical order. */
    // Steps from tool to tool in the index, however many jobs wait.
    @SqlQuery("""
            WITH RECURSIVE fair AS (
                (SELECT q.tool_name
                 FROM jobs q
                 WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                 ORDER BY q.tool_name, q.priority, q.fairness_key, q.queue_seq
                 LIMIT 1)
                UNION ALL
                SELECT next.tool_name
                FROM fair f CROSS JOIN LATERAL (
                    SELECT q.tool_name
                    FROM jobs q
                    WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                      AND q.tool_name > f.tool_name
                    ORDER BY q.tool_name, q.priority, q.fairness_key, q.queue_seq
                    LIMIT 1
                ) next
            )
            SELECT tool_name FROM fair
            """)
    List<String> tools();

    /**
     * Advances the sequence where heads of queues have overtaken it, to the furthest head of a queue that has
     * waiting jobs with a fairness key. Otherwise every job without a key would go before all that have one. It
     * draws the numbers in between, at most so many, so that nobody else can get them, and returns their count. Runs under
     * {@link TransactionLocks#tryFairQueue}.
     */
    // Steps from queue to queue in the index.
    @SqlQuery("""
            WITH RECURSIVE queues AS (
                (SELECT q.tool_name, q.priority
                 FROM jobs q
                 WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                 ORDER BY q.tool_name, q.priority, q.fairness_key, q.queue_seq
                 LIMIT 1)
                UNION ALL
                SELECT next.tool_name, next.priority
                FROM queues f CROSS JOIN LATERAL (
                    SELECT q.tool_name, q.priority
                    FROM jobs q
                    WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                      AND (q.tool_name, q.priority) > (f.tool_name, f.priority)
                    ORDER BY q.tool_name, q.priority, q.fairness_key, q.queue_seq
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
                WHERE f.place > s.last_value
            )
            SELECT count(nextval('job_queue_seq'))
            FROM gap CROSS JOIN LATERAL generate_series(1, gap.numbers)
            """)
    int catchUp(int limit);
}
