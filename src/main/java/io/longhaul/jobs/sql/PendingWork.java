package io.longhaul.jobs.sql;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Whether there is anything at all of what loops look for once in a while. */
public interface PendingWork {
    /**
     * Looks.
     *
     * @return as it is now
     */
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
                 LIMIT 1) IS TRUE AS deliveries
            """)
    @RegisterConstructorMapper(Seen.class)
    Seen look();

    /**
     * What was seen.
     *
     * @param keysOutside whether a job waits outside the gate of its concurrency key
     * @param fairnessKeys whether a job with a fairness key waits
     * @param dependencies whether a job waits for others
     * @param pauses whether a tool is paused
     * @param remoteAttempts whether a remote worker holds a job
     * @param remoteTools whether a worker brought a tool
     * @param deliveries whether anything is to be delivered to a webhook
     */
    record Seen(
            boolean keysOutside,
            boolean fairnessKeys,
            boolean dependencies,
            boolean pauses,
            boolean remoteAttempts,
            boolean remoteTools,
            boolean deliveries) {}
}
