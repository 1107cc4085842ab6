package io.longhaul.jobs.intake;

import io.longhaul.faults.DatabaseFault;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jdbi.v3.core.Jdbi;

/** The only way in for jobs: checks a submission, commits it, then answers. */
public final class Intake {
    private final Jdbi jdbi;
    private final SubmissionCheck check;
    private final GroupCommit commits;
    private final JointCommit joint;

    /**
     * Wires the intake.
     *
     * @param jdbi the database
     * @param check what a submission must pass
     * @param commits writes and commits plain submissions
     * @param joint writes and commits batches, jobs that wait for others, and jobs with files
     */
    public Intake(Jdbi jdbi, SubmissionCheck check, GroupCommit commits, JointCommit joint) {
        this.jdbi = jdbi;
        this.check = check;
        this.commits = commits;
        this.joint = joint;
    }

    /**
     * Accepts one job. When this returns, the job is committed.
     *
     * @param submission correct in form
     * @return the job, or the one that an earlier submit with the same idempotency key made
     * @throws SubmissionRejected when it cannot become a job; nothing was stored
     */
    public Submitted submit(Submission submission) throws SubmissionRejected {
        check(submission);
        if (joint.isNeededFor(submission)) {
            return together(submission);
        }
        return answer(await(commits.add(NewJob.of(submission))), submission);
    }

    /**
     * Accepts one job without waiting for its commit.
     *
     * @param submission correct in form
     * @param next where what comes after the commit runs, unless it is there at once
     * @return the answer once the job is committed; fails with {@link SubmissionRejected} if it cannot become a job after all
     * @throws SubmissionRejected when that is known at once
     */
    public CompletableFuture<Submitted> begin(Submission submission, Executor next) throws SubmissionRejected {
        check(submission);
        if (joint.isNeededFor(submission)) {
            return CompletableFuture.completedFuture(together(submission));
        }
        CompletableFuture<Job> committed = commits.add(NewJob.of(submission));
        return committed.isDone()
                ? committed.thenApply(job -> answered(job, submission))
                : committed.thenApplyAsync(job -> answered(job, submission), work -> runOn(next, work));
    }

    /** An executor that is full or stops must not lose the answer to what is committed. */
    private static void runOn(Executor next, Runnable work) {
        try {
            next.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        }
    }

    private Submitted answered(Job job, Submission submission) {
        try {
            return answer(job, submission);
        } catch (SubmissionRejected e) {
            throw new CompletionException(e);
        }
    }

    private Submitted answer(Job job, Submission submission) throws SubmissionRejected {
        return job != null ? new Submitted(job, false) : replay(submission);
    }

    /**
     * Accepts a batch, in one transaction. When this returns, its jobs are committed.
     *
     * @param submissions such as have passed {@link #check}; may be none
     * @param batch id of the batch; there is one if at least one job is new
     * @param allOrNone whether one that is rejected keeps the others from being stored
     * @return what became of them
     */
    public JointCommit.Answer submitAll(List<Submission> submissions, UUID batch, boolean allOrNone) {
        return joint.commit(submissions, batch, allOrNone);
    }

    /**
     * Checks a submission as {@link #submit} does.
     *
     * @param submission correct in form
     * @throws SubmissionRejected when it cannot become a job
     */
    public void check(Submission submission) throws SubmissionRejected {
        References.check(submission);
        try {
            check.check(submission);
        } catch (RuntimeException e) {
            throw notStored(e);
        }
    }

    /** Whoever is told of a connection that broke shall also be told that it broke before anything was stored. */
    private static RuntimeException notStored(RuntimeException failure) {
        return DatabaseFault.of(failure) == DatabaseFault.AWAY ? new NotStoredException(failure) : failure;
    }

    private Submitted together(Submission submission) throws SubmissionRejected {
        JointCommit.Result result =
                joint.commit(List.of(submission), null, true).results().get(0);
        if (result.rejected() != null) {
            throw result.rejected();
        }
        return result.submitted();
    }

    private Submitted replay(Submission submission) throws SubmissionRejected {
        try {
            return replayed(submission);
        } catch (CommitUnknownException e) {
            throw e;
        } catch (RuntimeException e) {
            throw notStored(e);
        }
    }

    private Submitted replayed(Submission submission) throws SubmissionRejected {
        JobQueries.Keyed earlier = earlier(submission.idempotencyKey());
        if (earlier == null) {
            // The earlier job was removed between the two statements, so its key is free again.
            return submit(submission);
        }
        if (!Fingerprint.of(submission).equals(earlier.hash())) {
            throw SubmissionRejected.keyReused(earlier.id());
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
