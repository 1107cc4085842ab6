package io.longhaul.jobs.sql;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Counts the jobs of all tools at this moment, up to limits. */
public interface ToolLoad {
    /**
     * Waiting jobs by tool, of tools that have any.
     *
     * @param tools most tools
     * @param counted largest number that is counted
     */
    // From the index of the queue: one look for the next tool, and one for its jobs.
    @SqlQuery("""
            WITH RECURSIVE waiting (tool_name) AS (
                (SELECT j.tool_name
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed
                 ORDER BY j.tool_name
                 LIMIT 1)
                UNION ALL
                SELECT (SELECT j.tool_name
                        FROM jobs j
                        WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name > w.tool_name
                        ORDER BY j.tool_name
                        LIMIT 1)
                FROM waiting w
                WHERE w.tool_name IS NOT NULL
            )
            SELECT t.tool_name AS tool,
                   (SELECT count(*)
                    FROM (SELECT
                          FROM jobs j
                          WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.tool_name
                          ORDER BY j.priority DESC, j.queue_seq
                          LIMIT :counted) c) AS jobs
            FROM (SELECT w.tool_name FROM waiting w WHERE w.tool_name IS NOT NULL LIMIT :tools) t
            """)
    @RegisterConstructorMapper(Load.class)
    List<Load> waiting(int tools, int counted);

    /**
     * Running jobs by tool.
     *
     * @param limit number of leases to look at
     */
    @SqlQuery("""
            SELECT j.tool_name AS tool, count(*) AS jobs
            FROM (SELECT l.job_id FROM job_leases l LIMIT :limit) running
            JOIN jobs j ON j.id = running.job_id
            GROUP BY j.tool_name
            """)
    @RegisterConstructorMapper(Load.class)
    List<Load> running(int limit);

    /** A tool and its number of jobs. */
    record Load(String tool, long jobs) {}
}
