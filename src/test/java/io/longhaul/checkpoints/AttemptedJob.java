package io.longhaul.checkpoints;

import io.longhaul.jobs.TestJobs;
import java.util.UUID;

/** A job whose attempts end as a test says, and the checkpoints of these attempts. */
public final class AttemptedJob {
    private final TestJobs jobs;
    private final UUID id;

    public AttemptedJob(TestJobs jobs, UUID id) {
        this.jobs = jobs;
        this.id = id;
    }

    public UUID id() {
        return id;
    }

    /** Records the end of an attempt, like the statements that end attempts. */
    public void ended(int attempt, String code) {
        jobs.update(
                "INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)"
                        + " VALUES (?, ?, 'node', NOW(), NOW(), ?, 'told by a test')",
                id,
                attempt,
                code);
    }

    public boolean isKept() {
        return jobs.count("SELECT count(*) FROM tool_checkpoints WHERE job_id = ?", id) > 0;
    }

    public boolean isKeptBy(int attempt) {
        return jobs.count("SELECT count(*) FROM tool_checkpoints WHERE job_id = ? AND attempt = ?", id, attempt) > 0;
    }
}
