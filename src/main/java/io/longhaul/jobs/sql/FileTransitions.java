package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** How uploaded files become a job's own: in the transaction that makes the job. */
public interface FileTransitions {
    /**
     * Sees to it that files stay until this transaction has ended.
     *
     * @param ids files
     * @return those that are there, and complete
     */
    // The sweep removes only what has expired. A file about to expire is given some time, which makes the sweep look at
    // it anew; one that has time is only read, so that many submits with the same file are not in each other's way.
    @SqlQuery("""
            WITH near AS MATERIALIZED (
                SELECT f.id
                FROM files f
                WHERE f.id = ANY (:ids::uuid[]) AND f.sha256 IS NOT NULL AND f.expires_at < NOW() + INTERVAL '1 h'
                ORDER BY f.id
                FOR NO KEY UPDATE
            ), kept AS (
                UPDATE files f
                SET expires_at = NOW() + INTERVAL '2 h'
                FROM near n
                WHERE f.id = n.id
                RETURNING f.id
            )
            SELECT f.id
            FROM files f
            WHERE f.id = ANY (:ids::uuid[]) AND f.sha256 IS NOT NULL
              AND (f.expires_at >= NOW() + INTERVAL '1 h' OR f.id IN (SELECT id FROM kept))
            """)
    List<UUID> keep(@Bind("ids") UUID[] ids);

    /**
     * Gives files to jobs. A file may belong to many; it stays as long as one of them.
     *
     * @param jobs one per file, as all arrays
     * @param pointers JSON pointers to the params that name them
     * @param files such as {@link #keep} answered in this transaction
     */
    @SqlUpdate("""
            INSERT INTO job_files (job_id, attempt, name, file_id)
            SELECT s.job, 0, s.pointer, s.file
            FROM unnest(:jobs::uuid[], :pointers::text[], :files::uuid[]) AS s (job, pointer, file)
            ON CONFLICT DO NOTHING
            """)
    void give(@Bind("jobs") UUID[] jobs, @Bind("pointers") String[] pointers, @Bind("files") UUID[] files);

    /**
     * The files that completed jobs left.
     *
     * @param jobs one per file, as both arrays
     * @param paths of the files
     * @return those that are there
     */
    @SqlQuery("""
            SELECT j.id AS job, jf.name AS path, jf.file_id AS file
            FROM unnest(:jobs::uuid[], :paths::text[]) AS w (job, path)
            JOIN jobs j ON j.id = w.job
            JOIN job_files jf ON jf.job_id = j.id AND jf.attempt = j.attempt AND jf.name = w.path
            WHERE j.status::text = 'completed'
            """)
    @RegisterConstructorMapper(Left.class)
    List<Left> left(@Bind("jobs") UUID[] jobs, @Bind("paths") String[] paths);

    /**
     * A file that a completed job left.
     *
     * @param job the job
     * @param path of the file
     * @param file its id
     */
    record Left(UUID job, String path, UUID file) {}
}
