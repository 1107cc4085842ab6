package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Rows that statements on many rows failed on. They are skipped for a while, longer each time, so that they do not
 * block other rows.
 */
public interface Quarantine {
    /**
     * Quarantines a row: for a minute after the first failure, twice as long after each further one, at most for
     * a day.
     *
     * @param task what failed
     * @param row its id
     */
    @SqlUpdate("""
            INSERT INTO quarantined_rows AS q (task, row_id, failures, error, until)
            VALUES (:task, :row, 1, :error, NOW() + INTERVAL '1 min')
            ON CONFLICT (task, row_id) DO UPDATE
            SET failures = q.failures + 1, error = EXCLUDED.error,
                until = NOW() + LEAST(INTERVAL '1 day', INTERVAL '1 min' * 2 ^ LEAST(q.failures, 11))
            """)
    void add(String task, UUID row, String error);

    /** The ids of rows that are to be tried again. */
    @SqlQuery("""
            SELECT row_id
            FROM quarantined_rows
            WHERE task = :task AND until < NOW()
            LIMIT :limit
            """)
    List<UUID> due(String task, int limit);

    /** Releases a row that succeeded or is gone. */
    @SqlUpdate("DELETE FROM quarantined_rows WHERE task = :task AND row_id = :row")
    void release(String task, UUID row);

    /**
     * Releases the jobs and batches that no longer wait for their gate, their predecessors, their end or that of an attempt,
     * and the deliveries that are over. These tasks skip a row only until its time, and so need not release it themselves.
     */
    @SqlUpdate("""
            DELETE FROM quarantined_rows q
            WHERE q.task IN ('gate', 'chain', 'batch', 'outcome', 'webhook') AND q.until < NOW()
              AND NOT EXISTS (
                  SELECT FROM webhook_deliveries d WHERE d.id = q.row_id AND d.next_at IS NOT NULL OFFSET 0)
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = q.row_id OFFSET 0)
              AND NOT EXISTS (SELECT FROM job_batches b WHERE b.id = q.row_id AND b.ended_at IS NULL OFFSET 0)
              AND NOT EXISTS (
                  SELECT
                  FROM jobs j
                  WHERE j.id = q.row_id AND j.status::text = 'pending'
                    AND (j.awaits > 0 OR (j.delayed AND j.run_at IS NULL))
                  OFFSET 0)
            """)
    void forgetReleased();

    /** The quarantined rows, those with the most failures first. */
    @SqlQuery("""
            SELECT task, row_id, failures, error, until
            FROM quarantined_rows
            ORDER BY failures DESC, task, row_id
            LIMIT :limit
            """)
    @RegisterConstructorMapper(Row.class)
    List<Row> list(int limit);

    /**
     * A quarantined row.
     *
     * @param task what failed on it
     * @param rowId its id
     * @param failures number of failures
     * @param error the latest error
     * @param until when it is tried again
     */
    record Row(String task, UUID rowId, int failures, String error, Instant until) {}
}
