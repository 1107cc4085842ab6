package io.longhaul.jobs;

import java.util.UUID;

/**
 * A submission with the id its job will have.
 *
 * @param id random (UUIDv4), so that it cannot be guessed
 * @param submission what the client asked for
 * @param hash fingerprint of the payload, or null without idempotency key
 */
record NewJob(UUID id, Submission submission, String hash) {
    static NewJob of(Submission submission) {
        String hash = submission.idempotencyKey() == null ? null : Fingerprint.of(submission);
        return new NewJob(UUID.randomUUID(), submission, hash);
    }

    /** The job as it stands right after its commit. */
    Job accepted(JobTransitions.Accepted row) {
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
