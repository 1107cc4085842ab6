package io.longhaul.jobs.intake;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobInserts;
import java.util.UUID;

/**
 * A submission and the id of its job.
 *
 * @param id random (UUIDv4), so that it cannot be guessed
 * @param submission the client's request
 * @param hash fingerprint of the payload, or null without an idempotency key
 */
public record NewJob(UUID id, Submission submission, String hash) {
    public static NewJob of(Submission submission) {
        String hash = submission.idempotencyKey() == null ? null : submission.fingerprint();
        return new NewJob(UUID.randomUUID(), submission, hash);
    }

    /** The job right after its commit. */
    public Job accepted(JobInserts.Accepted row) {
        Submission s = submission;
        Job.Draft job = new Job.Draft();
        job.id = id;
        job.tool = s.tool();
        job.status = JobStatus.PENDING;
        job.traceId = s.traceId();
        job.params = s.params();
        job.createdAt = row.createdAt();
        job.expiresAt = row.expiresAt();
        job.priority = s.priority();
        job.runAt = s.runAt();
        job.maxAttempts = s.maxAttempts();
        job.timeoutSeconds = s.timeout() == null ? null : (int) s.timeout().toSeconds();
        job.extras = s.extras();
        job.awaits = s.extras().after().size();
        job.readAt = row.createdAt();
        return job.job();
    }
}
