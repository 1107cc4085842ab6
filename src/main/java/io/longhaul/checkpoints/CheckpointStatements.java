package io.longhaul.checkpoints;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The SQL of checkpoints. Each statement compares attempts, because one that was given up may still run. */
interface CheckpointStatements {
    /** Hands the data of a lost attempt to a later one. */
    // A failed attempt may not have removed its row: the outcomes of the attempts since then decide.
    @SqlQuery("""
            UPDATE tool_checkpoints c
            SET attempt = :attempt, expires_at = NOW() + INTERVAL '30 days'
            WHERE c.job_id = :job AND c.attempt < :attempt AND c.tool_name = :tool AND c.expires_at > NOW()
              AND NOT EXISTS (
                  SELECT
                  FROM job_attempts a
                  WHERE a.job_id = c.job_id AND a.attempt >= c.attempt
                    AND a.error_code NOT IN ('WORKER_LOST', 'GIVEN_BACK', 'WAITING_FOR_INPUT'))
            RETURNING c.data""")
    Optional<String> takeOver(UUID job, int attempt, String tool);

    /** Stores an attempt's data, unless a later attempt has stored some. */
    @SqlUpdate("""
            INSERT INTO tool_checkpoints AS c (job_id, attempt, tool_name, data, expires_at)
            VALUES (:job, :attempt, :tool, :data, NOW() + INTERVAL '30 days')
            ON CONFLICT (job_id) DO UPDATE
            SET attempt = excluded.attempt, tool_name = excluded.tool_name, data = excluded.data,
                created_at = excluded.created_at, expires_at = excluded.expires_at
            WHERE c.attempt <= excluded.attempt""")
    int keep(UUID job, int attempt, String tool, String data);

    /** Removes an attempt's data, unless another attempt has taken it over, or will because this one counts as lost. */
    @SqlUpdate("""
            DELETE FROM tool_checkpoints c
            WHERE c.job_id = :job AND c.attempt = :attempt
              AND NOT EXISTS (
                  SELECT
                  FROM job_attempts a JOIN jobs j ON j.id = a.job_id AND j.status::text IN ('pending', 'running')
                  WHERE a.job_id = c.job_id AND a.attempt = c.attempt
                    AND a.error_code IN ('WORKER_LOST', 'GIVEN_BACK', 'WAITING_FOR_INPUT'))""")
    int remove(UUID job, int attempt);

    /** Removes some expired rows, which were never removed: those of jobs that ended after their worker was lost. */
    @SqlUpdate("""
            DELETE FROM tool_checkpoints
            WHERE job_id IN (
                SELECT job_id
                FROM tool_checkpoints
                WHERE expires_at <= NOW()
                ORDER BY expires_at
                LIMIT 100
                FOR UPDATE SKIP LOCKED)""")
    void removeExpired();
}
