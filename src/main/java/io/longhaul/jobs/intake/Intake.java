package io.longhaul.jobs.intake;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.traces.Spans;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jdbi.v3.core.Jdbi;

/** The only entry for jobs: checks a submission, commits it and answers. */
public final class Intake {
    private final Jdbi jdbi;
    private final SubmissionCheck check;
    private final SubmissionCheck limit;
    private final GroupCommit commits;
    private final JointCommit joint;
    private final RecordedSubmits recorded;

    /** Accepts jobs, however many wait. */
    public Intake(Jdbi jdbi, SubmissionCheck check, GroupCommit commits, JointCommit joint) {
        this(jdbi, check, any -> {}, commits, joint);
    }

    /**
     * Accepts jobs.
     *
     * @param check refuses submissions that can never become jobs
     * @param limit refuses submissions while too many jobs wait
     * @param commits commits plain submissions
     * @param joint commits batches, jobs that wait for others, and jobs with files
     */
    public Intake(Jdbi jdbi, SubmissionCheck check, SubmissionCheck limit, GroupCommit commits, JointCommit joint) {
        this.jdbi = jdbi;
        this.check = check;
        this.limit = limit;
        this.commits = commits;
        this.joint = joint;
        this.recorded = new RecordedSubmits(jdbi, Spans.global());
    }

    /**
     * Accepts one job, which is committed when this returns.
     *
     * @param submission correct in form
     * @return the job, or the one that an earlier submission with the same idempotency key made
     * @throws SubmissionRejected if it cannot become a job; nothing was stored
     */
    public Submitted submit(Submission submission) throws SubmissionRejected {
        check(submission);
        return recorded.one(submission, this::stored);
    }

    private Submitted stored(Submission submission) throws SubmissionRejected {
        if (joint.isNeededFor(submission)) {
            return commitJointly(submission);
        }
        return answer(await(commits.add(NewJob.of(submission))), submission);
    }

    /**
     * Accepts one job without waiting for its commit.
     *
     * @param submission correct in form
     * @param next runs the work after the commit, unless the commit is done at once
     * @return completes after the commit; fails with {@link SubmissionRejected} if it cannot become a job
     * @throws SubmissionRejected if that is known at once
     */
    public CompletableFuture<Submitted> begin(Submission submission, Executor next) throws SubmissionRejected {
        check(submission);
        return recorded.later(submission, traced -> store(traced, next));
    }

    private CompletableFuture<Submitted> store(Submission submission, Executor next) throws SubmissionRejected {
        if (joint.isNeededFor(submission)) {
            return CompletableFuture.completedFuture(commitJointly(submission));
        }
        CompletableFuture<Job> committed = commits.add(NewJob.of(submission));
        return committed.isDone()
                ? committed.thenApply(job -> answered(job, submission))
                : committed.thenApplyAsync(job -> answered(job, submission), work -> runOn(next, work));
    }

    /** An executor that is full, stopped or without a thread must not lose the answer to a committed job. */
    private static void runOn(Executor next, Runnable work) {
        try {
            next.execute(work);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
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
     * Accepts a batch in one transaction; its jobs are committed when this returns.
     *
     * @param submissions must have passed {@link #check}; may be empty
     * @param batch id of the batch, which is stored if at least one job is new
     * @param allOrNone true if one rejected submission keeps the others from being stored
     */
    public JointCommit.Answer submitAll(List<Submission> submissions, UUID batch, boolean allOrNone) {
        return recorded.all(submissions, traced -> joint.commit(traced, batch, allOrNone));
    }

    /**
     * Checks a submission like {@link #submit}. One that was accepted before passes: the queue may be full by now, the
     * tool gone or its schema another.
     */
    public void check(Submission submission) throws SubmissionRejected {
        checkForLater(submission);
        pass(limit, submission);
    }

    /** Checks a submission that will be made later: a queue that is full now does not matter. */
    public void checkForLater(Submission submission) throws SubmissionRejected {
        References.check(submission);
        pass(check, submission);
    }

    private void pass(SubmissionCheck check, Submission submission) throws SubmissionRejected {
        try {
            unlessReplayed(check, submission);
        } catch (RuntimeException e) {
            throw notStored(e);
        }
    }

    private void unlessReplayed(SubmissionCheck check, Submission submission) throws SubmissionRejected {
        try {
            check.check(submission);
        } catch (SubmissionRejected e) {
            if (!jdbi.withExtension(JobQueries.class, jobs -> Replays.has(jobs, submission))) {
                throw e;
            }
        }
    }

    /** A client that hears of a broken connection must also learn that nothing was stored. */
    private static RuntimeException notStored(RuntimeException failure) {
        return DatabaseFault.of(failure) == DatabaseFault.AWAY ? new NotStoredException(failure) : failure;
    }

    private Submitted commitJointly(Submission submission) throws SubmissionRejected {
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
            // The earlier job was deleted between the two statements, so its key is free again.
            return stored(submission);
        }
        if (!submission.fingerprint().equals(earlier.hash())) {
            throw SubmissionRejected.keyReused(earlier.id());
        }
        UUID id = earlier.id();
        Optional<Job> job = jdbi.withExtension(JobQueries.class, q -> q.find(id));
        return job.isPresent() ? new Submitted(job.get(), true) : stored(submission);
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
