package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * Reads what keeps one pending job from its start. Each statement reads a bounded number of rows, and takes at most a
 * second, also where old versions of rows make an index slow; then it fails with SQLSTATE 57014.
 *
 * <p>A principal that is not null limits the named jobs to its own. No index can serve that condition as it is written:
 * the one of the principals would be read from its start to its end.
 */
public interface WaitingQueries {
    /** The facts on a job, or nothing if it is not pending any more. */
    @SqlQuery("""
            SELECT j.tool_name AS tool, j.delayed, j.run_at, j.awaits, j.priority, j.queue_seq, j.expires_at,
                   j.concurrency_key, NOW() AS read_at, t.paused_at, t.reason AS pause_reason,
                   n.live, n.idle, n.offering, n.names, a.attempt AS failed_attempt, a.error_code, a.error_message,
                   (SELECT i.key
                    FROM job_inputs i
                    WHERE i.job_id = j.id AND i.attempt = j.attempt AND i.answered_at IS NULL
                    ORDER BY i.asked_at, i.key
                    LIMIT 1) AS question
            FROM jobs j
            LEFT JOIN tool_pauses t ON t.tool_name = j.tool_name
            CROSS JOIN LATERAL (
                SELECT count(*) AS live, count(*) FILTER (WHERE o.tools = '{}') AS idle,
                       count(*) FILTER (WHERE o.tools IS NULL OR j.tool_name = ANY (o.tools)) AS offering,
                       array_agg(o.name::text ORDER BY o.name)
                           FILTER (WHERE o.tools IS NULL OR o.tools = '{}' OR j.tool_name = ANY (o.tools)) AS names
                FROM nodes o
                WHERE o.lease_until > NOW()
            ) n
            LEFT JOIN LATERAL (
                SELECT f.attempt, f.error_code, left(f.error_message, 200) AS error_message
                FROM job_attempts f
                WHERE f.job_id = j.id
                ORDER BY f.attempt DESC
                LIMIT 1
            ) a ON TRUE
            WHERE j.id = :id AND j.status::text = 'pending'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
            """)
    @QueryTimeOut(1)
    @RegisterConstructorMapper(Facts.class)
    Optional<Facts> facts(UUID id);

    /**
     * What is known of a pending job and its surroundings.
     *
     * @param delayed true if it is not in the queue: it waits for its time, for other jobs, or for its key
     * @param runAt not before this time, or null
     * @param awaits number of predecessors that have not ended
     * @param queueSeq its place in the queue of its tool and priority, or null
     * @param readAt database time of the read
     * @param pausedAt start of the pause of its tool, or null
     * @param pauseReason the reason of the pause, or null
     * @param live number of live nodes
     * @param idle those of them that claim no jobs: they drain, or have no slots
     * @param offering those of them that have its tool
     * @param names names of those that have its tool or claim no jobs; null for none
     * @param failedAttempt its last failed attempt, or null
     * @param errorCode the error of that attempt
     * @param errorMessage the error of that attempt, at most 200 characters of it
     * @param question key of the first open question of its last attempt, or null
     */
    record Facts(
            String tool,
            boolean delayed,
            Instant runAt,
            int awaits,
            int priority,
            Long queueSeq,
            Instant expiresAt,
            String concurrencyKey,
            Instant readAt,
            Instant pausedAt,
            String pauseReason,
            int live,
            int idle,
            int offering,
            List<String> names,
            Integer failedAttempt,
            String errorCode,
            String errorMessage,
            String question) {}

    /** The first predecessors that have not ended. */
    @SqlQuery("""
            SELECT d.after_id
            FROM job_dependencies d
            WHERE d.job_id = :id
              AND EXISTS (
                  SELECT
                  FROM jobs p
                  WHERE p.id = d.after_id AND p.status::text IN ('pending', 'running')
                    AND p.principal IS NOT DISTINCT FROM COALESCE(:principal, p.principal)
                  OFFSET 0)
            ORDER BY d.after_id
            LIMIT :limit
            """)
    @QueryTimeOut(1)
    List<UUID> predecessors(UUID id, String principal, int limit);

    /** Number of jobs that have a place of a concurrency key. */
    @SqlQuery("""
            SELECT count(*)
            FROM (
                SELECT
                FROM jobs j
                WHERE j.concurrency_key = :key AND j.status IN ('pending', 'running') AND NOT j.delayed
                LIMIT :limit
            ) inside
            """)
    @QueryTimeOut(1)
    int insideKey(String key, int limit);

    /** The first jobs that have a place of a concurrency key. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.concurrency_key = :key AND j.status IN ('pending', 'running') AND NOT j.delayed
              AND j.principal IS NOT DISTINCT FROM COALESCE(:principal, j.principal)
            ORDER BY j.priority DESC, j.queue_seq
            LIMIT :limit
            """)
    @QueryTimeOut(1)
    List<UUID> holdersOfKey(String key, String principal, int limit);

    /** Number of jobs that wait outside for a place of a concurrency key and come before a job. */
    // Two parts, so that each begins and ends within the index. The order is that of the index, for the planner alone.
    @SqlQuery("""
            SELECT count(*)
            FROM (
                (SELECT
                 FROM jobs j
                 WHERE j.concurrency_key = :key AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0 AND j.priority > :priority
                 ORDER BY j.priority DESC, j.queue_seq
                 LIMIT :limit)
                UNION ALL
                (SELECT
                 FROM jobs j
                 WHERE j.concurrency_key = :key AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0 AND j.priority = :priority AND j.queue_seq < :place
                 ORDER BY j.queue_seq
                 LIMIT :limit)
                LIMIT :limit
            ) ahead
            """)
    @QueryTimeOut(1)
    int aheadOutsideKey(String key, int priority, Long place, int limit);

    /** Number of jobs in the queue of a tool that come before a job and have not begun. */
    // Two parts, so that each begins and ends within the index. The order is that of the index, for the planner alone.
    @SqlQuery("""
            SELECT count(*)
            FROM (
                (SELECT
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = :tool AND j.priority > :priority
                   AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                 ORDER BY j.priority DESC, j.queue_seq
                 LIMIT :limit)
                UNION ALL
                (SELECT
                 FROM jobs j
                 WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = :tool AND j.priority = :priority
                   AND j.queue_seq < :place
                   AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                 ORDER BY j.queue_seq
                 LIMIT :limit)
                LIMIT :limit
            ) ahead
            """)
    @QueryTimeOut(1)
    int ahead(String tool, int priority, Long place, int limit);

    /** Number of running jobs of a tool that is limited across nodes. */
    @SqlQuery("""
            SELECT count(*)
            FROM (SELECT FROM job_leases WHERE limited_tool = :tool LIMIT :limit) running
            """)
    @QueryTimeOut(1)
    int runningOfLimited(String tool, int limit);

    /** The running jobs of a tool that began first, among so many leases. */
    // OFFSET 0 keeps this a look-up per lease; as a join it might begin with all jobs of the tool.
    @SqlQuery("""
            SELECT l.job_id
            FROM (SELECT l.job_id, l.leased_at FROM job_leases l LIMIT :leases) l
            WHERE EXISTS (
                SELECT
                FROM jobs j
                WHERE j.id = l.job_id AND j.tool_name = :tool AND j.status::text IN ('pending', 'running')
                  AND j.principal IS NOT DISTINCT FROM COALESCE(:principal, j.principal)
                OFFSET 0)
            ORDER BY l.leased_at, l.job_id
            LIMIT :limit
            """)
    @QueryTimeOut(1)
    List<UUID> holdersOfTool(String tool, String principal, int leases, int limit);

    /** As {@link RateAndConcurrencyClaims#millisToNextToken}, which claims ask, but with this time limit. */
    @SqlQuery("""
            SELECT ceil(1000 * GREATEST(0, (1 - LEAST(:burst, tokens + :perSecond * GREATEST(
                       0, EXTRACT(EPOCH FROM clock_timestamp() - refilled_at)::float8))) / :perSecond))::bigint
            FROM tool_limits
            WHERE tool_name = :tool
            """)
    @QueryTimeOut(1)
    Optional<Long> millisToNextToken(String tool, double perSecond, int burst);

    /** The last minute in which jobs of a tool ended after they had run, as far as statistics go back. */
    @SqlQuery("""
            SELECT s.minute
            FROM job_stats s
            WHERE s.tool_name = :tool AND s.completed + s.failed > 0
            ORDER BY s.minute DESC
            LIMIT 1
            """)
    @QueryTimeOut(1)
    Optional<Instant> lastMinute(String tool);
}
