package io.longhaul.jobs.sql;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * All changes of jobs that wait for other jobs. They follow from the state of the rows, so any node may make them at
 * any time, with the same result: a job ends only once.
 *
 * <p>A waiting job is changed in one transaction that locks it first and then reads its predecessors: a read before
 * the lock could miss what another transaction has crossed off.
 */
public interface ChainTransitions {
    /**
     * Stores the predecessors of jobs, in the transaction that stores the jobs: those that they wait for, and the same
     * once more for as long as the jobs are kept.
     *
     * @param jobs the waiting job, once for each predecessor
     * @param afters the predecessor
     * @param anyEnds true if the predecessor may end in any way
     * @param notBefores ISO-8601 instants before which the job does not start, or null
     */
    @SqlUpdate("""
            WITH kept AS (
                INSERT INTO job_predecessors (job_id, after_id)
                SELECT k.job, k.after
                FROM unnest(:jobs::uuid[], :afters::uuid[]) AS k (job, after)
            )
            INSERT INTO job_dependencies (job_id, after_id, any_end, not_before)
            SELECT d.job, d.after, d.any_end, d.not_before::timestamptz
            FROM unnest(:jobs::uuid[], :afters::uuid[], :anyEnds::boolean[], :notBefores::text[])
                 AS d (job, after, any_end, not_before)
            """)
    void await(UUID[] jobs, UUID[] afters, Boolean[] anyEnds, String[] notBefores);

    /** Those of these jobs that do not exist. */
    @SqlQuery("""
            SELECT d.id
            FROM unnest(:ids::uuid[]) AS d (id)
            WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = d.id OFFSET 0)
            """)
    List<UUID> unknown(UUID[] ids);

    /** Those of these jobs that have ended and that others wait for. */
    @SqlQuery("""
            SELECT e.id
            FROM unnest(:ids::uuid[]) AS e (id)
            WHERE EXISTS (SELECT FROM job_dependencies d WHERE d.after_id = e.id OFFSET 0)
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = e.id AND j.status::text IN ('pending', 'running') OFFSET 0)
            """)
    List<UUID> endedAndAwaited(UUID[] ids);

    /**
     * A page of the jobs that others wait for, each once, in the order of their ids, after the last id of the
     * previous page.
     */
    // Steps from one id to the next: a thousand jobs that wait for the same job are one step.
    @SqlQuery("""
            WITH RECURSIVE awaited AS (
                SELECT (SELECT d.after_id FROM job_dependencies d WHERE d.after_id > :from ORDER BY d.after_id LIMIT 1) AS id,
                       1 AS n
                UNION ALL
                SELECT (SELECT d.after_id FROM job_dependencies d WHERE d.after_id > a.id ORDER BY d.after_id LIMIT 1), a.n + 1
                FROM awaited a
                WHERE a.id IS NOT NULL AND a.n < :limit
            )
            SELECT a.id,
                   NOT EXISTS (SELECT FROM jobs j WHERE j.id = a.id AND j.status::text IN ('pending', 'running') OFFSET 0) AS ended
            FROM awaited a
            WHERE a.id IS NOT NULL
            """)
    @RegisterConstructorMapper(Awaited.class)
    List<Awaited> awaited(UUID from, int limit);

    /**
     * A job that others wait for.
     *
     * @param id the job
     * @param ended true if it has ended or no longer exists
     */
    record Awaited(UUID id, boolean ended) {}

    /**
     * A page of the jobs that wait for a job, in the order of their ids, after the last id of the previous page. A row that
     * could not be changed is left out for a while.
     */
    @SqlQuery("""
            SELECT d.job_id
            FROM job_dependencies d
            WHERE d.after_id = :after AND d.job_id > :from
              AND NOT EXISTS (
                  SELECT
                  FROM quarantined_rows q
                  WHERE q.task = 'chain' AND q.row_id = d.job_id AND q.until > NOW()
                  OFFSET 0)
            ORDER BY d.job_id
            LIMIT :limit
            """)
    List<UUID> waitingFor(UUID after, UUID from, int limit);

    /** Locks those of these jobs that still wait, and returns them. Must run first in the transaction. */
    // In the order of their ids, so that two of these never wait for each other.
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND status::text = 'pending' AND awaits > 0
            ORDER BY id
            FOR NO KEY UPDATE
            """)
    List<UUID> lockWaiting(UUID[] ids);

    /** The state of waiting jobs and their predecessors. Must run after {@link #lockWaiting}. */
    @SqlQuery("""
            SELECT j.id, j.tool_name AS tool, j.principal, w.open, w.done, w.broken,
                   CASE WHEN w.open = 0 AND w.broken IS NULL THEN jsonb_path_exists(j.parameters, '$.**."$result"')
                        ELSE FALSE END AS refers
            FROM jobs j CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE p.status IN ('pending', 'running')) AS open,
                       array_agg(d.after_id) FILTER (WHERE p.id IS NULL OR p.status NOT IN ('pending', 'running')) AS done,
                       min('It was to run after job ' || d.after_id || ', which '
                           || CASE WHEN p.id IS NULL THEN 'was removed before anybody saw how it ended'
                                   WHEN p.status = 'failed' THEN 'failed' ELSE 'was cancelled' END || '.')
                           FILTER (WHERE NOT d.any_end AND (p.id IS NULL OR p.status IN ('failed', 'cancelled'))) AS broken
                FROM job_dependencies d LEFT JOIN jobs p ON p.id = d.after_id
                WHERE d.job_id = j.id
            ) w
            WHERE j.id = ANY (:ids::uuid[])
            """)
    @RegisterConstructorMapper(Standing.class)
    List<Standing> standings(UUID[] ids);

    /**
     * The state of a waiting job and its predecessors.
     *
     * @param id the job
     * @param tool its tool
     * @param principal its owner, or null
     * @param open number of predecessors that have not ended
     * @param done predecessors that have ended, or null
     * @param broken why it will never run, or null
     * @param refers true if it can run now and its params name results
     */
    record Standing(UUID id, String tool, String principal, int open, List<UUID> done, String broken, boolean refers) {}

    /** The params of a waiting job as JSON text, or nothing if they have more bytes than this. */
    @SqlQuery("""
            SELECT w.params
            FROM (SELECT parameters::text AS params FROM jobs WHERE id = :id OFFSET 0) w
            WHERE octet_length(w.params) <= :most
            """)
    Optional<String> params(UUID id, long most);

    /**
     * Removes ended predecessors of jobs that still wait for others.
     *
     * @param jobs locked waiting jobs, once for each predecessor
     * @param afters the predecessor
     */
    @SqlUpdate("""
            WITH gone AS (
                DELETE FROM job_dependencies d
                USING unnest(:jobs::uuid[], :afters::uuid[]) AS g (job, after)
                WHERE d.job_id = g.job AND d.after_id = g.after
                RETURNING d.job_id
            )
            UPDATE jobs j
            SET awaits = j.awaits - c.ended
            FROM (SELECT job_id, count(*) AS ended FROM gone GROUP BY job_id) c
            WHERE j.id = c.job_id
            """)
    void crossOff(UUID[] jobs, UUID[] afters);

    /**
     * Puts locked waiting jobs into the queue, or lets them wait for their time. The time in which they must begin
     * counts from here.
     *
     * @param params the params as JSON text if they change, else null
     */
    // A job with a concurrency or fairness key is made due now: the step for due jobs knows about turns.
    @SqlUpdate("""
            WITH due AS MATERIALIZED (
                SELECT r.id, r.params, (SELECT max(d.not_before) FROM job_dependencies d WHERE d.job_id = r.id) AS run_at
                FROM unnest(:ids::uuid[], :params::text[]) AS r (id, params)
            ), forgotten AS (
                DELETE FROM job_dependencies d
                USING due
                WHERE d.job_id = due.id
            )
            UPDATE jobs j
            SET awaits = 0, parameters = COALESCE(d.params::jsonb, j.parameters), queue_seq = nextval('job_queue_seq'),
                run_at = GREATEST(d.run_at, NOW()),
                delayed = COALESCE(j.concurrency_key, j.fairness_key) IS NOT NULL OR COALESCE(d.run_at > NOW(), FALSE),
                expires_at = COALESCE(GREATEST(NOW(), d.run_at) + make_interval(secs => j.start_within_seconds), 'infinity')
            FROM due d
            WHERE j.id = d.id AND j.status::text = 'pending'
            """)
    void release(UUID[] ids, String[] params);

    /**
     * Ends locked waiting jobs that will never run.
     *
     * @param statuses cancelled or failed
     */
    @SqlUpdate("""
            WITH forgotten AS (
                DELETE FROM job_dependencies d
                USING unnest(:ids::uuid[]) AS e (id)
                WHERE d.job_id = e.id
            )
            UPDATE jobs j
            SET status = e.status::jobstatus, awaits = 0, completed_at = NOW(), error_code = e.code, error_message = e.message,
                failure = CASE WHEN e.status = 'failed' THEN\s""" + FailureSql.OPEN + "e.code || ' ' || e.message" + FailureSql.CLOSE + """
                 END,
                expires_at =\s""" + Lifetimes.KEPT + """

            FROM unnest(:ids::uuid[], :statuses::text[], :codes::text[], :messages::text[]) AS e (id, status, code, message)
            WHERE j.id = e.id AND j.status::text = 'pending'
            """)
    void end(UUID[] ids, String[] statuses, String[] codes, String[] messages);

    /** Removes predecessors of jobs that wait no more: an older node may have ended these jobs. */
    @SqlUpdate("""
            DELETE FROM job_dependencies d
            WHERE d.job_id = ANY (:ids::uuid[])
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = d.job_id AND j.status::text = 'pending' AND j.awaits > 0 OFFSET 0)
            """)
    void forgetEnded(UUID[] ids);

    /**
     * The result of a completed job, or nothing if it did not complete or no longer exists.
     *
     * @param most largest size in bytes to return
     */
    @SqlQuery("""
            SELECT octet_length(r.json) AS bytes, CASE WHEN octet_length(r.json) <= :most THEN r.json END AS json
            FROM (SELECT result::text AS json FROM jobs WHERE id = :id AND status::text = 'completed' OFFSET 0) r
            WHERE r.json IS NOT NULL
            """)
    @RegisterConstructorMapper(Result.class)
    Optional<Result> result(UUID id, long most);

    /**
     * A result.
     *
     * @param bytes its size
     * @param json JSON text, or null if it is larger than asked for
     */
    record Result(long bytes, String json) {}
}
