package io.longhaul.jobs.intake;

import io.longhaul.ids.TimedIds;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobInserts;
import java.util.Objects;
import java.util.UUID;

/**
 * A submission and the id of its job.
 *
 * @param id a UUIDv4 that cannot be guessed
 * @param submission the client's request
 * @param hash fingerprint of the payload, or null without an idempotency key
 */
public record NewJob(UUID id, Submission submission, String hash) {
    public static NewJob of(Submission submission) {
        String hash = submission.idempotencyKey() == null ? null : submission.fingerprint();
        return new NewJob(TimedIds.uuid(), submission, hash);
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
        job.expiresAt = Job.keptUntil(row.createdAt(), s.runAt(), s.ttl().toSeconds());
        job.priority = s.priority();
        job.runAt = s.runAt();
        job.maxAttempts = s.maxAttempts();
        job.timeoutSeconds = s.timeout() == null ? null : (int) s.timeout().toSeconds();
        job.extras = limited(row.startWithinSeconds());
        job.awaits = s.extras().after().size();
        job.startBy = row.startWithinSeconds() == null || job.awaits > 0 ? null : row.expiresAt();
        job.readAt = row.createdAt();
        return job.job();
    }

    /** The extras with the limit of the row, which is the tool's if the submission has none. */
    private JobExtras limited(Integer startWithinSeconds) {
        return Objects.equals(startWithinSeconds, submission.extras().startWithinSeconds())
                ? submission.extras()
                : submission.extras().but(extras -> extras.startWithinSeconds = startWithinSeconds);
    }
}
