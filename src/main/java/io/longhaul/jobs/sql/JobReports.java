package io.longhaul.jobs.sql;

import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Stores the reports of running tools. The arrays {@code ids}, {@code attempts} and {@code nodes} name a lease at
 * each index; without the lease nothing is written.
 */
public interface JobReports {
    /**
     * Stores progress, and returns the number of stored reports.
     *
     * @param fractions 0.0 to 1.0, or null when unknown
     * @param messages current activity; null keeps the last one
     */
    @SqlUpdate("""
            INSERT INTO job_progress (job_id, fraction, message, updated_at)
            SELECT d.id, d.fraction, d.message, NOW()
            FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :fractions::float8[], :messages::text[])
                 AS d (id, attempt, node, fraction, message)
            CROSS JOIN LATERAL (
                SELECT h.job_id
                FROM job_leases h
                WHERE h.job_id = d.id AND h.attempt = d.attempt AND h.node_id = d.node
                OFFSET 0) l
            ON CONFLICT (job_id) DO UPDATE
            SET fraction = EXCLUDED.fraction, message = COALESCE(EXCLUDED.message, job_progress.message),
                updated_at = EXCLUDED.updated_at
            """)
    int progress(UUID[] ids, Integer[] attempts, Long[] nodes, Double[] fractions, String[] messages);

    /**
     * Stores log lines in the given order, and returns their number.
     *
     * @param times ISO-8601 instants at which the lines were read
     */
    // A job's last lines may come just after its end, so here the job need only have had this attempt.
    @SqlUpdate("""
            INSERT INTO job_logs (job_id, attempt, logged_at, line)
            SELECT d.id, d.attempt, d.logged_at::timestamptz, d.line
            FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[], :times::text[], :lines::text[]) WITH ORDINALITY
                 AS d (id, attempt, node, logged_at, line, place)
            WHERE EXISTS (
                SELECT
                FROM jobs j LEFT JOIN job_leases l ON l.job_id = j.id
                WHERE j.id = d.id AND COALESCE(l.attempt, j.attempt) = d.attempt
                  AND (l.job_id IS NULL OR l.node_id = d.node)
                OFFSET 0)
            ORDER BY d.place
            """)
    int log(UUID[] ids, Integer[] attempts, Long[] nodes, String[] times, String[] lines);
}
