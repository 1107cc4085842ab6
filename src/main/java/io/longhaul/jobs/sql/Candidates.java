package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The rows that the statements of housekeeping would take next: asked only when such a statement failed, to find out on
 * which row.
 */
public interface Candidates {
    /**
     * For {@link JobUpkeep#rescue}.
     *
     * @param limit at most so many
     * @return jobs of dead nodes
     */
    @SqlQuery("""
            SELECT l.job_id
            FROM job_leases l LEFT JOIN nodes n ON n.id = l.node_id
            WHERE (n.id IS NULL OR n.lease_until < NOW())
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'rescue' AND q.row_id = l.job_id OFFSET 0)
            LIMIT :limit
            """)
    List<UUID> rescue(@Bind("limit") int limit);

    /**
     * For {@link JobUpkeep#requeueUnleased}.
     *
     * @param limit at most so many
     * @return jobs that are shown as running without a lease
     */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.status = 'running'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'requeue' AND q.row_id = j.id OFFSET 0)
            LIMIT :limit
            """)
    List<UUID> requeue(@Bind("limit") int limit);

    /**
     * For {@link JobUpkeep#expirePending}.
     *
     * @param limit at most so many
     * @return pending jobs that expired, the oldest first
     */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.expires_at < NOW() - INTERVAL '5 s' AND j.status = 'pending'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'expiry' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.expires_at
            LIMIT :limit
            """)
    List<UUID> expiry(@Bind("limit") int limit);

    /**
     * For {@link JobUpkeep#deleteExpired}.
     *
     * @param limit at most so many
     * @return ended jobs that expired, the oldest first
     */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.expires_at < NOW() AND j.status IN ('completed', 'failed', 'cancelled')
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'clean-up' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.expires_at
            LIMIT :limit
            """)
    List<UUID> cleanUp(@Bind("limit") int limit);
}
