package io.longhaul.jobs.sql;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads the figures of all queues that metrics show. Each statement reads a bounded number of rows, by indexes. */
public interface QueueFigures {
    /**
     * The queues of all tools that have waiting jobs, by tool.
     *
     * @param most number of tools to look at
     * @param counted number of jobs to count in all; each tool gets the same share, and at least 1,000
     */
    // Steps from tool to tool in the indexes, however many jobs wait. A job that was claimed within the last half
    // second may still be counted, but is never the oldest.
    @SqlQuery("""
            WITH RECURSIVE queued AS (
                (SELECT j.tool_name
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed
                 ORDER BY j.tool_name, j.priority DESC, j.queue_seq
                 LIMIT 1)
                UNION ALL
                SELECT next.tool_name
                FROM queued q CROSS JOIN LATERAL (
                    SELECT j.tool_name
                    FROM jobs j
                    WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name > q.tool_name
                    ORDER BY j.tool_name, j.priority DESC, j.queue_seq
                    LIMIT 1
                ) next
            ), parked AS (
                (SELECT j.tool_name
                 FROM jobs j
                 WHERE j.concurrency_key IS NOT NULL AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0
                 ORDER BY j.tool_name, j.queue_seq
                 LIMIT 1)
                UNION ALL
                SELECT next.tool_name
                FROM parked p CROSS JOIN LATERAL (
                    SELECT j.tool_name
                    FROM jobs j
                    WHERE j.concurrency_key IS NOT NULL AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                      AND j.awaits = 0 AND j.tool_name > p.tool_name
                    ORDER BY j.tool_name, j.queue_seq
                    LIMIT 1
                ) next
            ), tools AS MATERIALIZED (
                SELECT tool_name
                FROM (
                    (SELECT tool_name FROM queued LIMIT :most)
                    UNION
                    (SELECT tool_name FROM parked LIMIT :most)
                ) all_tools
                ORDER BY tool_name
                LIMIT :most
            ), share AS MATERIALIZED (
                SELECT GREATEST(1000, :counted / GREATEST(1, count(*)))::int AS rows FROM tools
            )
            SELECT t.tool_name AS tool,
                   (SELECT count(*)
                    FROM (SELECT
                          FROM jobs j
                          WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.tool_name
                          ORDER BY j.priority DESC, j.queue_seq
                          LIMIT s.rows) ready) AS ready,
                   (SELECT count(*)
                    FROM (SELECT
                          FROM jobs j
                          WHERE j.concurrency_key IS NOT NULL AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                            AND j.awaits = 0 AND j.tool_name = t.tool_name
                          ORDER BY j.queue_seq
                          LIMIT s.rows) keyed) AS keyed,
                   COALESCE((
                       SELECT max(EXTRACT(EPOCH FROM NOW() - GREATEST(head.created_at, head.run_at)))
                       FROM generate_series(0, 10) AS p (priority) CROSS JOIN LATERAL (
                           SELECT j.created_at, j.run_at
                           FROM jobs j
                           WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.tool_name
                             AND j.priority = p.priority
                             AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                           ORDER BY j.queue_seq
                           LIMIT 1
                       ) head), 0)::float8 AS oldest_seconds,
                   s.rows AS counted
            FROM tools t CROSS JOIN share s
            ORDER BY t.tool_name
            """)
    @RegisterConstructorMapper(Queue.class)
    @QueryTimeOut(2)
    List<Queue> queues(int most, int counted);

    /**
     * The queue of a tool.
     *
     * @param tool its name
     * @param ready jobs that wait for a worker
     * @param keyed jobs that wait for their concurrency key
     * @param oldestSeconds how long the oldest job has waited for a worker; 0 if none waits
     * @param counted up to where both were counted
     */
    record Queue(String tool, long ready, long keyed, double oldestSeconds, long counted) {}

    /**
     * Running jobs by tool.
     *
     * @param counted number of leases to look at
     */
    // OFFSET 0 keeps this a look-up per lease.
    @SqlQuery("""
            SELECT j.tool_name AS tool, count(*) AS jobs
            FROM (SELECT l.job_id FROM job_leases l LIMIT :counted) l CROSS JOIN LATERAL (
                SELECT k.tool_name FROM jobs k WHERE k.id = l.job_id OFFSET 0) j
            GROUP BY j.tool_name
            ORDER BY j.tool_name
            """)
    @RegisterConstructorMapper(Running.class)
    @QueryTimeOut(2)
    List<Running> runningByTool(int counted);

    /** The number of running jobs of a tool. */
    record Running(String tool, long jobs) {}

    /**
     * Jobs that wait for a time, and nodes.
     *
     * @param counted number of jobs to count
     */
    @SqlQuery("""
            SELECT (SELECT count(*)
                    FROM (SELECT
                          FROM jobs j
                          WHERE j.status = 'pending' AND j.delayed AND j.run_at IS NOT NULL
                          ORDER BY j.run_at
                          LIMIT :counted) later) AS delayed,
                   (SELECT count(*) FROM nodes WHERE lease_until > NOW()) AS alive,
                   (SELECT count(*) FROM nodes WHERE lease_until <= NOW()) AS lost
            """)
    @RegisterConstructorMapper(Others.class)
    @QueryTimeOut(2)
    Others others(int counted);

    /**
     * The other figures.
     *
     * @param delayed pending jobs that must not start yet, and those that wait to be tried again
     * @param alive nodes and remote workers whose lease lasts
     * @param lost nodes and remote workers whose lease is over, and that are not yet removed
     */
    record Others(long delayed, long alive, long lost) {}
}
