package io.longhaul.jobs;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.Jdbi;

/** The only way in for jobs: checks a submission, commits it, then answers. */
public final class Intake {
    private final Jdbi jdbi;
    private final SubmissionCheck check;
    private final GroupCommit commits;

    /**
     * Wires the intake.
     *
     * @param jdbi the database
     * @param check what a submission must pass
     * @param commits writes and commits accepted submissions
     */
    public Intake(Jdbi jdbi, SubmissionCheck check, GroupCommit commits) {
        this.jdbi = jdbi;
        this.check = check;
        this.commits = commits;
    }

    /**
     * Accepts one job. When this returns, the job is committed.
     *
     * @param submission correct in form
     * @return the job, or the one that an earlier submit with the same idempotency key made
     * @throws SubmissionRejected when it cannot become a job; nothing was stored
     */
    public Submitted submit(Submission submission) throws SubmissionRejected {
        check.check(submission);
        CompletableFuture<Job> committed = commits.add(NewJob.of(submission));
        Job job = await(committed);
        return job != null ? new Submitted(job, false) : replay(submission);
    }

    private Submitted replay(Submission submission) throws SubmissionRejected {
        JobQueries.Keyed earlier = earlier(submission.idempotencyKey());
        if (earlier == null) {
            // The earlier job was removed between the two statements, so its key is free again.
            return submit(submission);
        }
        if (!Fingerprint.of(submission).equals(earlier.hash())) {
            throw new SubmissionRejected(
                    SubmissionRejected.Reason.IDEMPOTENCY_KEY_REUSED,
                    "The idempotency key was used for job " + earlier.id()
                            + " with another payload. Send the same payload to get that job, or use a new key.",
                    List.of());
        }
        UUID id = earlier.id();
        Optional<Job> job = jdbi.withExtension(JobQueries.class, q -> q.find(id));
        return job.isPresent() ? new Submitted(job.get(), true) : submit(submission);
    }

    private JobQueries.Keyed earlier(String key) {
        String[] keys = {key};
        return jdbi.withExtension(JobQueries.class, q -> q.byKeys(keys)).stream()
                .findFirst()
                .orElse(null);
    }

    private static Job await(CompletableFuture<Job> committed) throws SubmissionRejected {
        try {
            return committed.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SubmissionRejected rejected) {
                throw rejected;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
