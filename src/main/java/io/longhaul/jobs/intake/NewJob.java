package io.longhaul.jobs.intake;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobTransitions;
import java.util.UUID;

/**
 * A submission with the id its job will have.
 *
 * @param id random (UUIDv4), so that it cannot be guessed
 * @param submission what the client asked for
 * @param hash fingerprint of the payload, or null without idempotency key
 */
public record NewJob(UUID id, Submission submission, String hash) {
    public static NewJob of(Submission submission) {
        String hash = submission.idempotencyKey() == null ? null : Fingerprint.of(submission);
        return new NewJob(UUID.randomUUID(), submission, hash);
    }

    /** The job as it stands right after its commit. */
    public Job accepted(JobTransitions.Accepted row) {
        Submission s = submission;
        return new Job(
                id,
                s.tool(),
                JobStatus.PENDING,
                s.traceId(),
                s.params(),
                null,
                null,
                null,
                row.createdAt(),
                null,
                null,
                row.expiresAt(),
                s.priority(),
                s.runAt(),
                0,
                s.maxAttempts(),
                s.timeout() == null ? null : (int) s.timeout().toSeconds(),
                null,
                s.extras(),
                s.extras().after().size(),
                null,
                null,
                null,
                row.createdAt());
    }
}
