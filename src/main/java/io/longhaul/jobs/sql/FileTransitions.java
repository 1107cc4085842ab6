package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Attaches uploaded files to a job, in the transaction that stores the job. */
public interface FileTransitions {
    /** Keeps files until this transaction has ended, and returns those that exist and are complete. */
    // The sweep deletes only expired files. A file about to expire gets more time, which makes the sweep check it
    // again; one that has time is only read, so that many submissions with the same file do not block each other.
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
    List<UUID> keep(UUID[] ids);

    /**
     * Attaches files to jobs. A file may belong to several jobs; it stays as long as one of them.
     *
     * @param jobs one per file, like all arrays
     * @param pointers JSON pointers to the params that name them
     * @param files must be returned by {@link #keep} in this transaction
     */
    @SqlUpdate("""
            INSERT INTO job_files (job_id, attempt, name, file_id)
            SELECT s.job, 0, s.pointer, s.file
            FROM unnest(:jobs::uuid[], :pointers::text[], :files::uuid[]) AS s (job, pointer, file)
            ON CONFLICT DO NOTHING
            """)
    void give(UUID[] jobs, String[] pointers, UUID[] files);

    /**
     * The existing ones of these files, which completed jobs left.
     *
     * @param jobs one per path
     */
    @SqlQuery("""
            SELECT j.id AS job, jf.name AS path, jf.file_id AS file
            FROM unnest(:jobs::uuid[], :paths::text[]) AS w (job, path)
            JOIN jobs j ON j.id = w.job
            JOIN job_files jf ON jf.job_id = j.id AND jf.attempt = j.attempt AND jf.name = w.path
            WHERE j.status::text = 'completed'
            """)
    @RegisterConstructorMapper(Left.class)
    List<Left> left(UUID[] jobs, String[] paths);

    /**
     * A file that a completed job left.
     *
     * @param job the job
     * @param path of the file
     * @param file its id
     */
    record Left(UUID job, String path, UUID file) {}
}
