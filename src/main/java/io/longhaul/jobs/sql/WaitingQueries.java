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
            SELECT j.tool_name AS tool, j.delayed, j.run_at, j.awaits, j.priority, j.queue_seq,
                   CASE WHEN j.attempt = 0 AND j.awaits = 0 AND j.start_within_seconds IS NOT NULL THEN j.expires_at END AS start_by,
                   j.concurrency_key, NOW() AS read_at, t.paused_at, t.reason AS pause_reason,
                   n.live, n.idle, n.offering, n.names, a.attempt AS failed_attempt, a.error_code, a.error_message,
                   (SELECT i.key
                    FROM job_inputs i
                    WHERE i.job_id = j.id AND i.attempt = j.attempt AND i.answered_at IS NULL AND i.expires_at > NOW()
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
     * @param startBy time at which it fails if it has not begun, or null
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
            Instant startBy,
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

    /**
     * The facts on the pending ones of a page of jobs, so far as few look-ups for each find them; what concerns a tool is read
     * once for all its jobs.
     *
     * @param leases number of running jobs of a limited tool that are counted
     */
    // The look-ups have OFFSET 0 or LIMIT, which keeps them look-ups.
    @SqlQuery("""
            WITH page AS MATERIALIZED (
                SELECT j.id, j.tool_name, j.delayed, j.run_at, j.awaits, j.attempt, j.expires_at, j.concurrency_key
                FROM jobs j
                WHERE j.id = ANY (:jobs::uuid[]) AND j.status::text = 'pending'
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
            ), live AS MATERIALIZED (
                SELECT o.tools
                FROM nodes o
                WHERE o.lease_until > NOW()
            ), tools AS MATERIALIZED (
                SELECT t.tool_name, p.paused_at, p.reason AS pause_reason, n.live, n.idle, n.offering, r.running, r.holder,
                       m.tokens, EXTRACT(EPOCH FROM clock_timestamp() - m.refilled_at)::float8 AS token_age
                FROM (SELECT DISTINCT tool_name FROM page) t
                LEFT JOIN tool_pauses p ON p.tool_name = t.tool_name
                LEFT JOIN tool_limits m ON m.tool_name = t.tool_name
                CROSS JOIN LATERAL (
                    SELECT count(*) AS live, count(*) FILTER (WHERE o.tools = '{}') AS idle,
                           count(*) FILTER (WHERE o.tools IS NULL OR t.tool_name = ANY (o.tools)) AS offering
                    FROM live o
                ) n
                CROSS JOIN LATERAL (
                    SELECT count(*) AS running,
                           (array_agg(l.job_id ORDER BY l.leased_at, l.job_id) FILTER (WHERE EXISTS (
                               SELECT
                               FROM jobs h
                               WHERE h.id = l.job_id AND h.principal IS NOT DISTINCT FROM COALESCE(:principal, h.principal)
                               OFFSET 0)))[1] AS holder
                    FROM (SELECT job_id, leased_at FROM job_leases WHERE limited_tool = t.tool_name LIMIT :leases) l
                ) r
            )
            SELECT p.id, p.tool_name AS tool, p.delayed, p.run_at, p.awaits, p.expires_at, p.concurrency_key,
                   NOW() AS read_at, t.paused_at, t.pause_reason, t.live, t.idle, t.offering, t.running, t.holder,
                   t.tokens, t.token_age, a.error_code,
                   (SELECT d.after_id
                    FROM job_dependencies d
                    WHERE d.job_id = p.id AND p.awaits > 0
                      AND EXISTS (
                          SELECT
                          FROM jobs b
                          WHERE b.id = d.after_id AND b.status::text IN ('pending', 'running')
                            AND b.principal IS NOT DISTINCT FROM COALESCE(:principal, b.principal)
                          OFFSET 0)
                    ORDER BY d.after_id
                    LIMIT 1) AS predecessor,
                   (SELECT h.id
                    FROM jobs h
                    WHERE p.delayed AND h.concurrency_key = p.concurrency_key AND h.status IN ('pending', 'running')
                      AND NOT h.delayed AND h.principal IS NOT DISTINCT FROM COALESCE(:principal, h.principal)
                    ORDER BY h.priority DESC, h.queue_seq
                    LIMIT 1) AS key_holder
            FROM page p
            JOIN tools t ON t.tool_name = p.tool_name
            LEFT JOIN LATERAL (
                SELECT f.error_code
                FROM job_attempts f
                WHERE f.job_id = p.id
                ORDER BY f.attempt DESC
                LIMIT 1
            ) a ON TRUE
            """)
    @QueryTimeOut(1)
    @RegisterConstructorMapper(ShortFacts.class)
    List<ShortFacts> shortFacts(UUID[] jobs, String principal, int leases);

    /**
     * What is known of a pending job of a page. Members with the names of those of {@link Facts} are the same.
     *
     * @param running running jobs of its tool, if that is limited across nodes
     * @param holder the first of them that the reader may see, or null
     * @param tokens tokens of its tool's rate that were left at the last look, or null
     * @param tokenAge seconds since that look, or null
     * @param errorCode the error of its last ended attempt, or null
     * @param predecessor a job that it runs after and that has not ended, or null
     * @param keyHolder a job that has a place of its concurrency key, or null
     */
    record ShortFacts(
            UUID id,
            String tool,
            boolean delayed,
            Instant runAt,
            int awaits,
            Instant expiresAt,
            String concurrencyKey,
            Instant readAt,
            Instant pausedAt,
            String pauseReason,
            int live,
            int idle,
            int offering,
            int running,
            UUID holder,
            Double tokens,
            Double tokenAge,
            String errorCode,
            UUID predecessor,
            UUID keyHolder) {}

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
