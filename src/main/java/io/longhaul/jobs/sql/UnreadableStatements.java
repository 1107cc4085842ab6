package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Finds and ends jobs whose params cannot be read. Used only after a claim failed. */
public interface UnreadableStatements {
    /** The jobs at the heads of these tools' queues, at most so many of each. */
    @SqlQuery("""
            SELECT head.id
            FROM unnest(:tools::text[]) AS t (tool) CROSS JOIN LATERAL (
                SELECT j.id
                FROM jobs j
                WHERE j.status = 'pending' AND NOT j.delayed AND j.tool_name = t.tool
                  AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                ORDER BY j.priority DESC, j.queue_seq
                LIMIT :limit
            ) head
            """)
    List<UUID> heads(String[] tools, int limit);

    /**
     * True if a job's params have more bytes than this; false if the job is gone. Fails if they cannot be read at
     * all.
     */
    @SqlQuery("SELECT COALESCE((SELECT octet_length(parameters::text) > :most FROM jobs WHERE id = :id), FALSE)")
    boolean isTooLarge(UUID id, long most);

    /** Fails a job that has not started. Returns 0 if it has. */
    @SqlUpdate("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'INVALID_PARAMS', error_message = :message,
                failure =\s""" + FailureSql.OPEN + "'INVALID_PARAMS' || ' ' || :message" + FailureSql.CLOSE + """
            ,
                expires_at =\s""" + Lifetimes.KEPT
            + """

            WHERE id = :id AND status = 'pending'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = id OFFSET 0)
            """)
    int fail(UUID id, String message);
}
