package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** All changes of a batch. Its end follows from the state of its jobs, so any node may write it. */
public interface BatchTransitions {
    /** Stores a batch of so many jobs, in the transaction that stores the jobs. */
    @SqlUpdate("""
            INSERT INTO job_batches (id, total, expires_at)
            VALUES (:id, :total, 'infinity')
            """)
    void create(UUID id, int total);

    /**
     * A page of the batches that have not ended, in the order of their ids, after the last id of the previous
     * page. A row that could not be changed is left out for a while.
     */
    @SqlQuery("""
            SELECT b.id
            FROM job_batches b
            WHERE b.ended_at IS NULL AND b.id > :from
              AND NOT EXISTS (
                  SELECT
                  FROM quarantined_rows q
                  WHERE q.task = 'batch' AND q.row_id = b.id AND q.until > NOW()
                  OFFSET 0)
            ORDER BY b.id
            LIMIT :limit
            """)
    List<UUID> open(UUID from, int limit);

    /**
     * Ends those batches whose jobs have all ended, and returns them. Only one caller ends a batch; clients that
     * wait on other nodes are notified.
     */
    // A batch gets no more jobs after its own transaction, so none of its jobs can come after this look. OFFSET 0 keeps
    // max() from walking the index of expires_at down from the last job of all until it meets one of the batch.
    @SqlQuery("""
            WITH ended AS (
                UPDATE job_batches b
                SET ended_at = NOW(),
                    expires_at = COALESCE((
                        SELECT max(j.expires_at)
                        FROM (SELECT o.expires_at FROM jobs o WHERE o.batch_id = b.id OFFSET 0) j), NOW())
                WHERE b.id = ANY (:ids::uuid[]) AND b.ended_at IS NULL
                  AND NOT EXISTS (
                      SELECT FROM jobs j WHERE j.batch_id = b.id AND j.status IN ('pending', 'running') OFFSET 0)
                RETURNING b.id
            )
            SELECT e.id, pg_notify('longhaul_ended', '')
            FROM ended e
            """)
    List<UUID> end(UUID[] ids);

    /** Those of these batches that have ended or no longer exist. */
    @SqlQuery("""
            SELECT d.id
            FROM unnest(:ids::uuid[]) AS d (id)
            WHERE NOT EXISTS (SELECT FROM job_batches b WHERE b.id = d.id AND b.ended_at IS NULL)
            """)
    List<UUID> ended(UUID[] ids);

    /** Deletes ended batches whose jobs are all deleted, at most so many, and returns their number. */
    @SqlUpdate("""
            DELETE FROM job_batches
            WHERE id = ANY (ARRAY(
                SELECT b.id
                FROM job_batches b
                WHERE b.ended_at IS NOT NULL AND b.expires_at < NOW()
                  AND NOT EXISTS (SELECT FROM jobs j WHERE j.batch_id = b.id OFFSET 0)
                ORDER BY b.expires_at
                LIMIT :limit
                FOR UPDATE SKIP LOCKED))
            """)
    int deleteExpired(int limit);
}
