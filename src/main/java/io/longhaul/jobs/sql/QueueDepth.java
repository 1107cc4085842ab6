package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Counts the jobs that wait for a worker or for their concurrency key, up to a limit. */
public interface QueueDepth {
    /** Waiting jobs of a tool, which may include jobs that started within the last half second. */
    // The order is that of the index, for the planner alone.
    @SqlQuery("""
            SELECT count(*)
            FROM (
                (SELECT
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = :tool
                 ORDER BY j.priority DESC, j.queue_seq
                 LIMIT :limit)
                UNION ALL
                (SELECT
                 FROM jobs j
                 WHERE j.concurrency_key IS NOT NULL AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0 AND j.tool_name = :tool
                 ORDER BY j.queue_seq
                 LIMIT :limit)
                LIMIT :limit
            ) waiting
            """)
    int ofTool(String tool, int limit);

    @SqlQuery("""
            SELECT count(*)
            FROM (
                (SELECT
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed
                 ORDER BY j.tool_name, j.priority DESC, j.queue_seq
                 LIMIT :limit)
                UNION ALL
                (SELECT
                 FROM jobs j
                 WHERE j.concurrency_key IS NOT NULL AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0
                 ORDER BY j.tool_name, j.queue_seq
                 LIMIT :limit)
                LIMIT :limit
            ) waiting
            """)
    int ofAll(int limit);

    /** When the jobs at the heads of these tools' queues were accepted: the earliest; nothing if no job waits. */
    // One look into the index of the queue for each tool.
    @SqlQuery("""
            SELECT min(head.created_at)
            FROM unnest(:tools::text[]) AS t (name)
            CROSS JOIN LATERAL (
                SELECT j.created_at
                FROM jobs j
                WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.name
                ORDER BY j.priority DESC, j.queue_seq
                LIMIT 1
            ) head
            """)
    Optional<Instant> headSince(String[] tools);

    /**
     * Jobs per second that ended recently on all nodes, or nothing if too few are known. It is computed from
     * those that were accepted just before the job at the head of the queue: first come, first served, they ended
     * last.
     *
     * @param all true to count jobs of all tools
     */
    // A fixed number of rows, however long the history is.
    @SqlQuery("""
            SELECT count(*) / EXTRACT(EPOCH FROM NOW() - min(recent.completed_at))::float8
            FROM (
                SELECT j.tool_name, j.completed_at
                FROM jobs j
                WHERE j.created_at <= COALESCE((
                    SELECT h.created_at
                    FROM jobs h
                    WHERE h.status = 'pending' AND NOT h.delayed AND h.tool_name = :tool
                    ORDER BY h.priority DESC, h.queue_seq
                    LIMIT 1), NOW())
                ORDER BY j.created_at DESC
                LIMIT 500
            ) recent
            WHERE recent.completed_at > NOW() - INTERVAL '10 min'
              AND (recent.tool_name = :tool OR :all)
            HAVING count(*) >= 2 AND min(recent.completed_at) < NOW()
            """)
    Optional<Double> endsPerSecond(String tool, boolean all);

    /**
     * Running jobs of a tool on all nodes.
     *
     * @param limit number of leases to look at
     */
    // OFFSET 0 keeps this a look-up per lease; as a join it might begin with all jobs of the tool.
    @SqlQuery("""
            SELECT count(*)
            FROM (SELECT l.job_id FROM job_leases l LIMIT :limit) running
            WHERE EXISTS (
                SELECT
                FROM jobs j
                WHERE j.id = running.job_id AND j.tool_name = :tool AND j.status::text IN ('pending', 'running')
                OFFSET 0)
            """)
    @QueryTimeOut(1)
    int running(String tool, int limit);

    @SqlQuery("SELECT count(*) FROM (SELECT FROM job_leases LIMIT :limit) running")
    int runningOfAll(int limit);
}
