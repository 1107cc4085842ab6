package io.longhaul.jobs.sql;

import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** How many jobs wait for a worker: ready ones, and those that wait for their concurrency key. Counted no further than asked. */
public interface QueueDepth {
    /**
     * Jobs of a tool that wait.
     *
     * @param tool its name
     * @param limit where to stop
     * @return 0 to limit; jobs that began within the last half second may be among them
     */
    // The order means nothing here but to the planner: it is that of the index.
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
    int ofTool(@Bind("tool") String tool, @Bind("limit") int limit);

    /**
     * Jobs of all tools that wait.
     *
     * @param limit where to stop
     * @return 0 to limit
     */
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
    int ofAll(@Bind("limit") int limit);

    /**
     * At what rate jobs of a tool have ended of late, told from those that were accepted just before the one at the head
     * of the queue: first come, first served, they are the last that ended.
     *
     * @param tool its name
     * @param all whether jobs of all tools count
     * @return jobs per second on all nodes together; nothing when too few are known
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
    Optional<Double> endsPerSecond(@Bind("tool") String tool, @Bind("all") boolean all);

    /**
     * Jobs of a tool that run on all nodes together.
     *
     * @param tool its name
     * @param limit how many leases are looked at
     * @return 0 to limit
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
    int running(@Bind("tool") String tool, @Bind("limit") int limit);

    /**
     * Jobs that run on all nodes together.
     *
     * @param limit how many leases are looked at
     * @return 0 to limit
     */
    @SqlQuery("SELECT count(*) FROM (SELECT FROM job_leases LIMIT :limit) running")
    int runningOfAll(@Bind("limit") int limit);
}
