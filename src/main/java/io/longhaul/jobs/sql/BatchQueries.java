package io.longhaul.jobs.sql;

import io.longhaul.jobs.Batch;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads batches. */
public interface BatchQueries {
    /** One batch, with its jobs counted. */
    // A lease makes a pending row a running job.
    @SqlQuery("""
            SELECT b.id, b.total, b.created_at, b.ended_at, c.pending, c.running, c.completed, c.failed, c.cancelled
            FROM job_batches b CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE j.status = 'pending' AND l.job_id IS NULL) AS pending,
                       count(*) FILTER (WHERE j.status = 'running' OR j.status = 'pending' AND l.job_id IS NOT NULL) AS running,
                       count(*) FILTER (WHERE j.status = 'completed') AS completed,
                       count(*) FILTER (WHERE j.status = 'failed') AS failed,
                       count(*) FILTER (WHERE j.status = 'cancelled') AS cancelled
                FROM jobs j LEFT JOIN job_leases l ON l.job_id = j.id AND j.status = 'pending'
                WHERE j.batch_id = b.id
            ) c
            WHERE b.id = :id
            """)
    @RegisterConstructorMapper(Batch.class)
    Optional<Batch> find(UUID id);

    /** True if the batch has jobs of the principal. */
    @SqlQuery("""
            SELECT EXISTS (
                SELECT
                FROM jobs j
                WHERE j.batch_id = :id AND j.principal = :principal
            )
            """)
    boolean isOf(UUID id, String principal);
}
