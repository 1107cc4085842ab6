package io.longhaul.jobs.sql;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The gate that limits how many jobs of a concurrency key run at once. A job outside is parked: pending, delayed and
 * without a time. A job inside is not delayed. Only {@link #letIn} admits jobs, under a lock on their key
 * ({@link TransactionLocks#keys}); a job leaves when it ends or waits for its next attempt.
 */
public interface KeyGate {
    /** A condition on jobs: a row that could not be changed is tried again only after a while. */
    String FREE =
            "AND NOT EXISTS (SELECT FROM quarantined_rows q WHERE q.task = 'gate' AND q.row_id = j.id AND q.until > NOW() OFFSET 0)";

    /**
     * Admits the next jobs of keys by priority, then in order of submission, as long as fewer jobs of the key are
     * inside than the tool of the next one allows. Paused tools, expired jobs and quarantined ones wait outside.
     * Returns the number of admitted jobs.
     *
     * @param keys concurrency keys whose locks are held
     * @param tools names of the tools that allow more than one job of a key
     * @param limits for each of them, jobs of a key at once
     * @param most the largest of these, at least 1
     * @param tell true to notify other nodes of jobs to claim
     * @param only the {@link #next} job of the key, to admit no other; or null
     */
    // The smallest limit so far counts, so that no job overtakes one that needs more room than is left.
    @SqlQuery("""
            WITH nearest AS MATERIALIZED (
                SELECT inside.jobs, next.id, next.tool_name, next.priority, next.queue_seq, w.key
                FROM (SELECT DISTINCT key FROM unnest(:keys::text[]) AS k (key)) w
                CROSS JOIN LATERAL (
                    SELECT count(*) AS jobs
                    FROM jobs j
                    WHERE j.concurrency_key = w.key AND j.status IN ('pending', 'running') AND NOT j.delayed
                ) inside
                CROSS JOIN LATERAL (
                    SELECT j.id, j.tool_name, j.priority, j.queue_seq
                    FROM jobs j
                    WHERE j.concurrency_key = w.key AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                      AND j.awaits = 0 AND j.expires_at > NOW()
                      AND NOT EXISTS (SELECT FROM tool_pauses p WHERE p.tool_name = j.tool_name OFFSET 0)
                      AND (:only::uuid IS NULL OR j.id = :only::uuid)\s""" + FREE + """

                    ORDER BY j.priority DESC, j.queue_seq
                    LIMIT GREATEST(0, :most - inside.jobs)
                    FOR NO KEY UPDATE OF j SKIP LOCKED
                ) next
            ), ranked AS (
                SELECT n.id, n.jobs + row_number() OVER turn AS place, min(COALESCE(l.most, 1)) OVER turn AS most
                FROM nearest n LEFT JOIN unnest(:tools::text[], :limits::int[]) AS l (tool, most) ON l.tool = n.tool_name
                WINDOW turn AS (PARTITION BY n.key ORDER BY n.priority DESC, n.queue_seq, n.id ROWS UNBOUNDED PRECEDING)
            ), let_in AS (
                UPDATE jobs
                SET delayed = FALSE, run_at = NOW()
                WHERE id = ANY (ARRAY(SELECT id FROM ranked WHERE place <= most))
                RETURNING id
            )
            SELECT count(*), CASE WHEN :tell AND count(*) > 0 THEN pg_notify('longhaul_ready', '')::text END
            FROM let_in
            """)
    int letIn(String[] keys, String[] tools, Integer[] limits, int most, boolean tell, UUID only);

    /** The job of a key that {@link #letIn} would admit next if there is room, or nothing. */
    @SqlQuery("""
            SELECT j.id
            FROM jobs j
            WHERE j.concurrency_key = :key AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
              AND j.awaits = 0 AND j.expires_at > NOW()
              AND NOT EXISTS (SELECT FROM tool_pauses p WHERE p.tool_name = j.tool_name OFFSET 0)\s""" + FREE + """

            ORDER BY j.priority DESC, j.queue_seq
            LIMIT 1
            """)
    Optional<UUID> next(String key);

    /** The keys that have jobs outside, in alphabetical order, after a key, or after the empty text for the first. */
    // Steps from key to key in the index, however many jobs wait for each.
    @SqlQuery("""
            WITH RECURSIVE waiting AS (
                (SELECT j.concurrency_key::text AS key, 1 AS n
                 FROM jobs j
                 WHERE j.concurrency_key > :after AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                   AND j.awaits = 0
                 ORDER BY j.concurrency_key
                 LIMIT 1)
                UNION ALL
                SELECT next.key, w.n + 1
                FROM waiting w CROSS JOIN LATERAL (
                    SELECT j.concurrency_key::text AS key
                    FROM jobs j
                    WHERE j.concurrency_key > w.key AND j.status = 'pending' AND j.delayed AND j.run_at IS NULL
                      AND j.awaits = 0
                    ORDER BY j.concurrency_key
                    LIMIT 1
                ) next
                WHERE w.n < :limit
            )
            SELECT w.key, (
                       SELECT count(*)
                       FROM jobs j
                       WHERE j.concurrency_key = w.key AND j.status IN ('pending', 'running') AND NOT j.delayed
                   ) AS inside
            FROM waiting w
            """)
    @RegisterConstructorMapper(Waiting.class)
    List<Waiting> waiting(String after, int limit);

    /**
     * A key that has jobs outside.
     *
     * @param key the concurrency key
     * @param inside number of its jobs inside
     */
    record Waiting(String key, int inside) {}
}
