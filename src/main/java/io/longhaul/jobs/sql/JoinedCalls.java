package io.longhaul.jobs.sql;

import java.util.UUID;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Calls that join the job of an earlier call with the same arguments. They are submits with an idempotency key that is made
 * of the call, so the unique index on keys lets one of them make the job, on whatever nodes they arrive.
 */
public interface JoinedCalls {
    /**
     * Frees the key of a job that has ended, so that the same call makes a new job.
     *
     * @param id the job
     * @param key that it has; with another one it stays as it is
     * @return how many jobs gave it up
     */
    @SqlUpdate("""
            UPDATE jobs
            SET idempotency_key = NULL, request_hash = NULL
            WHERE id = :id AND idempotency_key = :key AND completed_at IS NOT NULL
            """)
    int free(UUID id, String key);
}
