package io.longhaul.jobs.sql;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Tests whether there is any work for the loops that look for it now and then. */
public interface PendingWork {
    // Each in the order of an index that serves it, so that no plan reads a table to find nothing.
    @SqlQuery("""
            SELECT
                (SELECT TRUE
                 FROM jobs j
                 WHERE j.concurrency_key > '' AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0
                 ORDER BY j.concurrency_key
                 LIMIT 1) IS TRUE AS keys_outside,
                (SELECT TRUE
                 FROM jobs q
                 WHERE q.fairness_key IS NOT NULL AND q.status = 'pending' AND (NOT q.delayed OR q.run_at IS NULL)
                 ORDER BY q.tool_name, q.priority, q.fairness_key, q.queue_seq
                 LIMIT 1) IS TRUE AS fairness_keys,
                (SELECT TRUE FROM job_dependencies d ORDER BY d.after_id LIMIT 1) IS TRUE AS dependencies,
                (SELECT TRUE FROM tool_pauses p LIMIT 1) IS TRUE AS pauses,
                (SELECT TRUE
                 FROM job_leases l
                 WHERE l.deadline IS NOT NULL
                 ORDER BY l.deadline
                 LIMIT 1) IS TRUE AS remote_attempts,
                (SELECT TRUE FROM remote_tools r LIMIT 1) IS TRUE AS remote_tools,
                (SELECT TRUE
                 FROM webhook_deliveries w
                 WHERE w.next_at IS NOT NULL
                 ORDER BY w.lane
                 LIMIT 1) IS TRUE AS deliveries,
                (SELECT TRUE
                 FROM operations o
                 WHERE o.state IN ('pending', 'running')
                 ORDER BY o.worked_at
                 LIMIT 1) IS TRUE AS operations
            """)
    @RegisterConstructorMapper(Seen.class)
    Seen look();

    /**
     * The kinds of pending work.
     *
     * @param keysOutside a job waits at the gate of its concurrency key
     * @param fairnessKeys a job with a fairness key waits
     * @param dependencies a job waits for other jobs
     * @param pauses a tool is paused
     * @param remoteAttempts a remote worker holds a job
     * @param remoteTools a remote worker brought a tool
     * @param deliveries a webhook delivery is pending
     * @param operations an operation on many jobs is open
     */
    record Seen(
            boolean keysOutside,
            boolean fairnessKeys,
            boolean dependencies,
            boolean pauses,
            boolean remoteAttempts,
            boolean remoteTools,
            boolean deliveries,
            boolean operations) {}
}
