package io.longhaul.files;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The SQL of files. Each statement reads or writes at most one piece, so that no file is ever held in memory. */
interface FileStatements {
    /** Inserts a file whose pieces follow. It is removed if it is not complete after a day. */
    @SqlUpdate("""
            INSERT INTO files (id, name, media_type, principal, expires_at)
            VALUES (:id, :name, :mediaType, :principal, NOW() + INTERVAL '1 day')
            ON CONFLICT (id) DO NOTHING
            """)
    void begin(UUID id, String name, String mediaType, String principal);

    /** Writes a piece. Repeating this, after a connection was lost in between, changes nothing. */
    @SqlUpdate("""
            INSERT INTO file_chunks (file_id, chunk, data)
            VALUES (:id, :chunk, :data)
            ON CONFLICT (file_id, chunk) DO NOTHING
            """)
    void chunk(UUID id, int chunk, byte[] data);

    /** Completes a file, which makes it readable. Returns nothing if it was removed meanwhile. */
    @SqlQuery("""
            UPDATE files
            SET bytes = :bytes, sha256 = decode(:sha256, 'hex'), expires_at = NOW() + make_interval(secs => :seconds)
            WHERE id = :id
            RETURNING id, name, media_type, bytes, encode(sha256, 'hex') AS sha256, principal, created_at, expires_at
            """)
    @RegisterConstructorMapper(StoredFile.class)
    Optional<StoredFile> complete(UUID id, long bytes, String sha256, long seconds);

    /** Records the output files of an attempt. They are shown once it has completed its job. */
    @SqlUpdate("""
            INSERT INTO job_files (job_id, attempt, name, file_id)
            SELECT :job, :attempt, s.path, s.file
            FROM unnest(:paths::text[], :files::uuid[]) AS s (path, file)
            ON CONFLICT (job_id, attempt, name) DO NOTHING
            """)
    void leave(UUID job, int attempt, String[] paths, UUID[] files);

    @SqlQuery("""
            SELECT id, name, media_type, bytes, encode(sha256, 'hex') AS sha256, principal, created_at, expires_at
            FROM files
            WHERE id = :id AND sha256 IS NOT NULL
            """)
    @RegisterConstructorMapper(StoredFile.class)
    Optional<StoredFile> find(UUID id);

    /** Selects complete files that a principal has uploaded, or that a job of it has as input or output. */
    @SqlQuery("""
            SELECT f.id
            FROM files f
            WHERE f.id = ANY (:ids::uuid[]) AND f.sha256 IS NOT NULL
              AND (f.principal = :principal
                  OR EXISTS (
                      SELECT FROM job_files jf JOIN jobs j ON j.id = jf.job_id
                      WHERE jf.file_id = f.id AND j.principal = :principal))
            """)
    Set<UUID> ofPrincipal(UUID[] ids, String principal);

    /** The input files of a job. */
    @SqlQuery("""
            SELECT jf.name AS place, f.id, f.name, f.media_type, f.bytes, encode(f.sha256, 'hex') AS sha256
            FROM job_files jf JOIN files f ON f.id = jf.file_id
            WHERE jf.job_id = :job AND jf.attempt = 0 AND f.sha256 IS NOT NULL
            ORDER BY jf.name
            """)
    @RegisterConstructorMapper(JobFile.class)
    List<JobFile> inputs(UUID job);

    /** The output files of the attempt that completed a job; those of other attempts are never shown. */
    @SqlQuery("""
            SELECT jf.name AS place, f.id, f.name, f.media_type, f.bytes, encode(f.sha256, 'hex') AS sha256
            FROM jobs j
            JOIN job_files jf ON jf.job_id = j.id AND jf.attempt = j.attempt
            JOIN files f ON f.id = jf.file_id
            WHERE j.id = :job AND j.status::text = 'completed' AND f.sha256 IS NOT NULL
              AND (:path::text IS NULL OR jf.name = :path)
            ORDER BY jf.name
            """)
    @RegisterConstructorMapper(JobFile.class)
    List<JobFile> outputs(UUID job, String path);

    @SqlQuery("SELECT data FROM file_chunks WHERE file_id = :id AND chunk = :chunk")
    Optional<byte[]> read(UUID id, int chunk);

    @SqlUpdate("""
            WITH gone AS (
                DELETE FROM files
                WHERE id = :id
            )
            DELETE FROM file_chunks
            WHERE file_id = :id
            """)
    void remove(UUID id);

    /**
     * Examines files whose time is over: extends it for those that a job needs, and removes the others.
     *
     * @param limit at most so many files
     * @param bytes at most so many bytes of them, but one file in any case
     * @return the number of examined files
     */
    // A job needs its input files and those of the attempt that completed it; while it has not ended, those of all
    // attempts, because any may still complete it. The rows are locked, and a file whose time a submit extended since
    // this statement began is compared again and left alone.
    @SqlQuery("""
            WITH near AS (
                SELECT n.id
                FROM (
                    SELECT id, sum(COALESCE(bytes, 0)) OVER (ORDER BY expires_at, id) - COALESCE(bytes, 0) AS before
                    FROM (
                        SELECT id, bytes, expires_at
                        FROM files
                        WHERE expires_at < NOW()
                        ORDER BY expires_at
                        LIMIT :limit
                    ) first
                ) n
                WHERE n.before < :bytes
            ), due AS MATERIALIZED (
                SELECT f.id
                FROM files f JOIN near n ON n.id = f.id
                WHERE f.expires_at < NOW()
                FOR UPDATE OF f SKIP LOCKED
            ), needed AS MATERIALIZED (
                SELECT d.id, max(CASE WHEN j.status IN ('pending', 'running') THEN NOW() + INTERVAL '1 h' ELSE j.expires_at END)
                           AS until
                FROM due d
                JOIN job_files jf ON jf.file_id = d.id
                JOIN jobs j ON j.id = jf.job_id
                WHERE jf.attempt = 0 OR j.status IN ('pending', 'running')
                   OR (j.status = 'completed' AND j.attempt = jf.attempt)
                GROUP BY d.id
            ), kept AS (
                UPDATE files f
                SET expires_at = GREATEST(n.until, NOW() + INTERVAL '1 min')
                FROM needed n
                WHERE f.id = n.id
            ), gone AS (
                DELETE FROM files f
                USING due d
                WHERE f.id = d.id AND NOT EXISTS (SELECT FROM needed n WHERE n.id = d.id)
                RETURNING f.id
            ), links AS (
                DELETE FROM job_files jf
                USING gone g
                WHERE jf.file_id = g.id
            ), chunks AS (
                DELETE FROM file_chunks c
                USING gone g
                WHERE c.file_id = g.id
            )
            SELECT count(*) FROM due
            """)
    int sweep(int limit, long bytes);
}
