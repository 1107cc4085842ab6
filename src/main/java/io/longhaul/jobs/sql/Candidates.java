package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The rows that a statement on many rows would take next, at most so many. Read only after such a statement failed, to
 * find the row that makes it fail.
 */
public interface Candidates {
    /** Jobs of dead nodes, for {@link LostWorkerTransitions#rescue}. */
    @SqlQuery("""
            SELECT l.job_id
            FROM job_leases l LEFT JOIN nodes n ON n.id = l.node_id
            WHERE (n.id IS NULL OR n.lease_until < NOW())
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'rescue' AND q.row_id = l.job_id OFFSET 0)
            LIMIT :limit
            """)
    List<UUID> rescue(int limit);

    /** Jobs that are shown as running without a lease, for {@link LostWorkerTransitions#rescueUnleased}. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.status = 'running'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'requeue' AND q.row_id = j.id OFFSET 0)
            LIMIT :limit
            """)
    List<UUID> requeue(int limit);

    /** Delayed jobs that are due, the longest first, for {@link DelayTransitions#releaseDelayed}. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.status = 'pending' AND j.delayed AND j.run_at <= NOW()
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'delay' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.run_at
            LIMIT :limit
            """)
    List<UUID> delayed(int limit);

    /** Jobs with a wrong limit, the next to expire first, for {@link ExpiryTransitions#liftLimits}. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.expires_at < NOW() + INTERVAL '1 h'""" + ExpiryTransitions.WRONGLY_LIMITED + """
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'start-limit' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.expires_at
            LIMIT :limit
            """)
    List<UUID> wronglyLimited(int limit);

    /** Expired pending jobs, the oldest first, for {@link ExpiryTransitions#expirePending}. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.expires_at < NOW() - INTERVAL '5 s'""" + ExpiryTransitions.LIMITED + """
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'expiry' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.expires_at
            LIMIT :limit
            """)
    List<UUID> expiry(int limit);

    /** Expired ended jobs, the oldest first, for {@link ExpiryTransitions#deleteExpired}. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.expires_at < NOW() AND j.status IN ('completed', 'failed', 'cancelled')""" + ExpiryTransitions.KEPT_LONG_ENOUGH + """
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'clean-up' AND q.row_id = j.id OFFSET 0)
            ORDER BY j.expires_at
            LIMIT :limit
            """)
    List<UUID> cleanUp(int limit);
}
