package io.longhaul.workers.remote;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.RowMappers;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The SQL of remote workers. Their leases and the ends of their attempts are written as those of nodes are. */
interface RemoteStatements {
    /** Registers a worker's run, with its lease. */
    @SqlQuery("""
            WITH run AS (
                INSERT INTO nodes (name, version, lease_until, renewed_at, tools)
                VALUES (:name, :version, NOW() + make_interval(secs => :leaseMillis / 1000.0), NOW(), :tools::text[])
                RETURNING id
            )
            INSERT INTO remote_workers (node_id, token_hash)
            SELECT id, decode(:hash, 'hex')
            FROM run
            RETURNING node_id
            """)
    long register(String name, String version, long leaseMillis, String hash, String[] tools);

    /**
     * Renews a worker's lease and stores its tools unless they are null. Returns its name, or nothing when it was given
     * up or the token is not its own.
     */
    @SqlQuery("""
            UPDATE nodes n
            SET lease_until = NOW() + make_interval(secs => :leaseMillis / 1000.0), renewed_at = NOW(),
                tools = COALESCE(:tools::text[], n.tools, ARRAY[]::text[])
            FROM remote_workers w
            WHERE n.id = :worker AND w.node_id = n.id AND w.token_hash = decode(:hash, 'hex')
            RETURNING n.name
            """)
    Optional<String> renew(long worker, String hash, long leaseMillis, String[] tools);

    /** The name of a worker, or nothing when it was given up or the token is not its own. */
    @SqlQuery("""
            SELECT n.name
            FROM remote_workers w JOIN nodes n ON n.id = w.node_id
            WHERE w.node_id = :worker AND w.token_hash = decode(:hash, 'hex')
            """)
    Optional<String> find(long worker, String hash);

    /** Renews the leases of workers whose claims wait here: their open connections show that they live. */
    @SqlUpdate("""
            UPDATE nodes n
            SET lease_until = GREATEST(n.lease_until, NOW() + make_interval(secs => :leaseMillis / 1000.0)), renewed_at = NOW()
            FROM remote_workers w
            WHERE n.id = ANY (:workers::bigint[]) AND w.node_id = n.id
            """)
    int renewAll(Long[] workers, long leaseMillis);

    /** Renews the leases of all workers, unless a node lives to which they could have sent heartbeats. */
    @SqlUpdate("""
            UPDATE nodes n
            SET lease_until = NOW() + make_interval(secs => :leaseMillis / 1000.0)
            FROM remote_workers w
            WHERE w.node_id = n.id
              AND NOT EXISTS (
                  SELECT
                  FROM nodes o
                  WHERE o.lease_until > NOW() AND NOT EXISTS (SELECT FROM remote_workers r WHERE r.node_id = o.id))
            """)
    int renewAfterOutage(long leaseMillis);

    /** Makes claims of one worker take turns until the transaction ends; nothing when it was given up. */
    @SqlQuery("SELECT node_id FROM remote_workers WHERE node_id = :worker FOR UPDATE")
    Optional<Long> hold(long worker);

    /** The jobs that a worker holds, counted by tool; served by idx_job_leases_remote. */
    @SqlQuery("""
            SELECT j.tool_name AS tool, count(*) AS jobs
            FROM job_leases l JOIN jobs j ON j.id = l.job_id
            WHERE l.node_id = :worker AND l.deadline IS NOT NULL
            GROUP BY j.tool_name
            """)
    @RegisterConstructorMapper(HeldOfTool.class)
    List<HeldOfTool> heldPerTool(long worker);

    /** A tool and the number of its jobs. */
    record HeldOfTool(String tool, int jobs) {}

    /** Writes into fresh leases the end of the attempt's time, and the version of the tool. */
    @SqlUpdate("""
            UPDATE job_leases l
            SET (deadline, tool_version) = (
                SELECT l.leased_at + make_interval(secs => d.millis / 1000.0), d.version
                FROM unnest(:ids::uuid[], :millis::bigint[], :versions::text[]) AS d (id, millis, version)
                WHERE d.id = l.job_id)
            WHERE l.job_id = ANY (:ids::uuid[]) AND l.node_id = :worker
            """)
    int noteDeadlines(long worker, UUID[] ids, Long[] millis, String[] versions);

    /** A job that a worker holds, without its params. */
    @SqlQuery("""
            SELECT l.job_id, l.attempt, l.node_id, l.leased_at, j.tool_name, NULL AS params, j.trace_id, j.trace_span, j.failures,
                   j.max_attempts, j.timeout_seconds, j.retry::text AS retry, j.max_losses AS own_max_losses,
                   j.concurrency_key, j.priority, j.queue_seq,
                   EXTRACT(EPOCH FROM l.leased_at - GREATEST(j.created_at, j.run_at))::float8 AS waited
            FROM job_leases l JOIN jobs j ON j.id = l.job_id
            WHERE l.job_id = :job AND l.node_id = :worker AND j.status::text IN ('pending', 'running')
            """)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    Optional<ClaimedJob> held(UUID job, long worker);

    /** Leases that a worker should know of; one that it does not know of comes from a claim whose answer was lost. */
    @SqlQuery("""
            SELECT l.job_id, l.attempt
            FROM job_leases l
            WHERE l.node_id = :worker AND l.deadline IS NOT NULL
              AND l.leased_at < NOW() - make_interval(secs => :ageMillis / 1000.0)
            ORDER BY l.job_id
            """)
    @RegisterConstructorMapper(HeldJob.class)
    List<HeldJob> olderThan(long worker, long ageMillis);

    /** The attempts to be stopped among those that workers believe to be theirs, with the reasons. */
    @SqlQuery("""
            SELECT d.id AS job_id, d.attempt, d.node AS worker,
                   CASE WHEN j.status = 'cancelled' THEN 'CANCELLED'
                        WHEN a.error_code = 'TIMEOUT' THEN 'TIMEOUT'
                        ELSE 'LEASE_LOST' END AS reason
            FROM unnest(:ids::uuid[], :attempts::int[], :workers::bigint[]) AS d (id, attempt, node)
            LEFT JOIN jobs j ON j.id = d.id
            LEFT JOIN job_attempts a ON a.job_id = d.id AND a.attempt = d.attempt
            WHERE NOT EXISTS (
                SELECT
                FROM job_leases l
                WHERE l.job_id = d.id AND l.attempt = d.attempt AND l.node_id = d.node
                OFFSET 0)
               OR j.id IS NULL OR j.status NOT IN ('pending', 'running')
            """)
    @RegisterConstructorMapper(Stop.class)
    List<Stop> toStop(UUID[] ids, Integer[] attempts, Long[] workers);

    /**
     * Gives an attempt as much more time as its question waits at most: as long as it waits, the attempt's time stands still.
     * To be called once for each question, in the transaction that asks it and holds the job's lock.
     */
    @SqlUpdate("""
            UPDATE job_leases l
            SET deadline = l.deadline + (i.expires_at - NOW())
            FROM job_inputs i
            WHERE l.job_id = :job AND l.attempt = :attempt AND l.node_id = :worker AND l.deadline IS NOT NULL
              AND i.job_id = l.job_id AND i.key = :key AND i.answered_at IS NULL AND i.expires_at > NOW()
            """)
    int addTime(UUID job, int attempt, long worker, String key);

    /**
     * Attempts whose time is up; served by idx_job_leases_deadline.
     *
     * @param only of these jobs, or null for any that are not set aside
     */
    @SqlQuery("""
            SELECT l.job_id, l.attempt, l.node_id, l.leased_at, j.tool_name, NULL AS params, j.trace_id, j.trace_span, j.failures,
                   j.max_attempts, j.timeout_seconds, j.retry::text AS retry, j.max_losses AS own_max_losses,
                   j.concurrency_key, j.priority, j.queue_seq,
                   EXTRACT(EPOCH FROM l.leased_at - GREATEST(j.created_at, j.run_at))::float8 AS waited
            FROM job_leases l JOIN jobs j ON j.id = l.job_id
            WHERE l.deadline < NOW()
              AND CASE WHEN :only::uuid[] IS NULL
                       THEN NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'remote-timeouts' AND q.row_id = l.job_id OFFSET 0)
                       ELSE l.job_id = ANY (:only::uuid[]) END
            ORDER BY l.deadline
            LIMIT :limit
            """)
    @RegisterRowMapper(RowMappers.ClaimedJobMapper.class)
    List<ClaimedJob> overdue(int limit, UUID[] only);

    /** Milliseconds until the time of the next attempt is up that is not set aside, or nothing when there is none. */
    @SqlQuery("""
            SELECT (EXTRACT(EPOCH FROM l.deadline - NOW()) * 1000)::bigint
            FROM job_leases l
            WHERE l.deadline IS NOT NULL
              AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'remote-timeouts' AND q.row_id = l.job_id OFFSET 0)
            ORDER BY l.deadline
            LIMIT 1
            """)
    Optional<Long> millisToDeadline();

    /**
     * The end of an attempt that this worker has reported before, as one word, or nothing.
     *
     * @param overTime how the message begins if the server ended the attempt because its time was up
     */
    @SqlQuery("""
            SELECT CASE WHEN j.status = 'completed' THEN 'completed'
                        WHEN a.attempt IS NOT NULL AND j.status = 'failed' AND j.attempt = :attempt THEN 'failed'
                        WHEN a.attempt IS NOT NULL THEN 'retry' END
            FROM jobs j
            LEFT JOIN job_attempts a ON a.job_id = j.id AND a.attempt = :attempt AND a.node_name = :name
                 AND a.error_code NOT IN ('WORKER_LOST', 'GIVEN_BACK', 'WAITING_FOR_INPUT')
                 AND NOT (a.error_code = 'TIMEOUT' AND starts_with(a.error_message, :overTime))
            WHERE j.id = :job AND (a.attempt IS NOT NULL
                  OR (j.status = 'completed' AND j.attempt = :attempt AND j.node_name = :name))
            """)
    Optional<String> toldEnd(UUID job, int attempt, String name, String overTime);

    @SqlQuery("SELECT EXISTS (SELECT FROM jobs WHERE id = :job)")
    boolean exists(UUID job);

    /** Removes workers whose nodes are removed. */
    @SqlUpdate("""
            DELETE FROM remote_workers w
            WHERE NOT EXISTS (SELECT FROM nodes n WHERE n.id = w.node_id OFFSET 0)
            """)
    int forgetGone();

    /** Stores a tool, instead of the one of that name. */
    @SqlUpdate("""
            INSERT INTO remote_tools (name, definition, registered_by)
            VALUES (:name, :definition::jsonb, :worker)
            ON CONFLICT (name) DO UPDATE
            SET definition = excluded.definition, registered_by = excluded.registered_by,
                registered_at = clock_timestamp()
            WHERE remote_tools.definition <> excluded.definition
            """)
    int store(String name, String definition, String worker);

    /** True if a worker has registered such a tool. */
    @SqlQuery("SELECT EXISTS (SELECT FROM remote_tools WHERE name = :name)")
    boolean isBrought(String name);

    /** Living workers that have a tool. */
    @SqlQuery("""
            SELECT DISTINCT n.name
            FROM nodes n JOIN remote_workers w ON w.node_id = n.id
            WHERE n.lease_until > NOW() AND :tool = ANY (n.tools)
            ORDER BY n.name
            LIMIT 20
            """)
    List<String> offering(String tool);

    /** The number of unfinished jobs of a tool: those in the queue, then those that wait for something or run. */
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
                 WHERE j.status IN ('pending', 'running') AND (j.delayed OR j.status = 'running')
                   AND j.tool_name = :tool
                 LIMIT :limit)
                LIMIT :limit
            ) unfinished
            """)
    int unfinished(String tool, int limit);

    /** Removes a tool. */
    @SqlUpdate("DELETE FROM remote_tools WHERE name = :name")
    int remove(String name);

    /**
     * A text that changes whenever a tool is stored or removed. Of all times, not the latest one: a tool may be committed
     * after one that was stored later.
     */
    @SqlQuery("""
            SELECT md5(COALESCE(string_agg(name || ' ' || EXTRACT(EPOCH FROM registered_at), ',' ORDER BY name), ''))
            FROM remote_tools
            """)
    String toolsState();

    /**
     * All tools that workers have registered, oldest first: where there is no room for all, the youngest is left out.
     */
    @SqlQuery("SELECT name, definition::text AS definition FROM remote_tools ORDER BY registered_at, name")
    @RegisterConstructorMapper(StoredTool.class)
    List<StoredTool> tools();

    /** A tool as it was registered. */
    record StoredTool(String name, String definition) {}
}
