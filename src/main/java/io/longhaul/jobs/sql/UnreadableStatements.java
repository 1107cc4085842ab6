package io.longhaul.jobs.sql;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Finds and ends jobs whose params cannot be read: asked only when a claim failed. */
public interface UnreadableStatements {
    /**
     * The jobs that claims look at.
     *
     * @param tools names
     * @param limit at most so many of each
     * @return those at the heads of the queues
     */
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
    List<UUID> heads(@Bind("tools") String[] tools, @Bind("limit") int limit);

    /**
     * Whether a job's params are too large to be read; fails if they cannot be read at all.
     *
     * @param id the job
     * @param most bytes
     * @return true if they are; false if they are not, or the job is gone
     */
    @SqlQuery("SELECT COALESCE((SELECT octet_length(parameters::text) > :most FROM jobs WHERE id = :id), FALSE)")
    boolean isTooLarge(@Bind("id") UUID id, @Bind("most") long most);

    /**
     * Fails a job that nobody has begun.
     *
     * @param id the job
     * @param message why
     * @return 0 if it has been begun, or has ended
     */
    @SqlUpdate("""
            UPDATE jobs
            SET status = 'failed', completed_at = NOW(), error_code = 'INVALID_PARAMS', error_message = :message,
                expires_at = NOW() + COALESCE(make_interval(secs => ttl_seconds), expires_at - created_at)
            WHERE id = :id AND status = 'pending'
              AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = id OFFSET 0)
            """)
    int fail(@Bind("id") UUID id, @Bind("message") String message);
}
