package io.longhaul.operations;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.JobQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/**
 * Repeats jobs of an operation as new jobs. The idempotency key of a new job names the operation and the job that it
 * repeats, so that none is made twice when a node died before it had written the outcome.
 */
public final class RetryPart implements OperationWorker.Part {
    /** Characters of params that are held at once. */
    private static final int MOST_CHARS = 8 << 20;

    private static final int SHORT_REST = 1;
    private static final int LONG_REST = 5;

    private final Jdbi jdbi;
    private final Intake intake;
    private final Repetition repetition;

    /** Makes the submission that repeats an ended job. */
    public interface Repetition {
        Submission of(Job ended, String traceId, String idempotencyKey);
    }

    public RetryPart(Jdbi jdbi, Intake intake, Repetition repetition) {
        this.jdbi = jdbi;
        this.intake = intake;
        this.repetition = repetition;
    }

    @Override
    public void change(BulkOperation operation, List<JobOutcome> jobs) {
        Submissions submissions = new Submissions(operation);
        for (JobOutcome job : jobs) {
            if (submissions.isFull()) {
                break;
            }
            submissions.add(job);
        }
        submissions.store();
        jdbi.useTransaction(handle -> submissions.write(handle.attach(OperationStatements.class)));
    }

    /** The new jobs of one part. */
    private final class Submissions {
        private final BulkOperation operation;
        private final Decisions decisions;
        private final List<JobOutcome> repeated = new ArrayList<>();
        private final List<Submission> made = new ArrayList<>();
        private int chars;
        private long tried;
        private SubmissionRejected notNow;

        Submissions(BulkOperation operation) {
            this.operation = operation;
            this.decisions = new Decisions(operation);
            this.tried = operation.tried();
        }

        boolean isFull() {
            return notNow != null || chars >= MOST_CHARS;
        }

        void add(JobOutcome job) {
            Optional<Job> ended = jdbi.withExtension(JobQueries.class, queries -> queries.find(job.jobId()));
            if (ended.isEmpty()) {
                decisions.add(job.skipped("JOB_NOT_FOUND", "The job was removed."));
            } else if (!operation.mayUse(ended.get().tool())) {
                decisions.add(job.failed(
                        "TOOL_FORBIDDEN",
                        "The key that began this operation may not use the tool "
                                + ended.get().tool() + "."));
            } else {
                add(
                        job,
                        repetition
                                .of(ended.get(), operation.traceId(), operation.id() + "/" + job.jobId())
                                .limitedTo(operation.tools() == null ? null : Set.copyOf(operation.tools())));
            }
            if (notNow == null) {
                tried = job.position();
            }
        }

        private void add(JobOutcome job, Submission submission) {
            try {
                intake.check(submission);
                repeated.add(job);
                made.add(submission);
                chars += submission.params().length();
            } catch (SubmissionRejected e) {
                reject(job, e);
            }
        }

        private void reject(JobOutcome job, SubmissionRejected rejected) {
            switch (rejected.reason()) {
                case QUEUE_FULL, OVERLOADED, STOPPING -> {
                    notNow = rejected;
                    tried = Math.min(tried, job.position() - 1);
                }
                case INVALID_WEBHOOK -> decisions.add(job.failed("INVALID_REQUEST", rejected.getMessage()));
                default -> decisions.add(job.failed(rejected.reason().name(), rejected.getMessage()));
            }
        }

        void store() {
            if (made.isEmpty()) {
                return;
            }
            List<JointCommit.Result> results =
                    intake.submitAll(made, null, false).results();
            for (int i = 0; i < results.size(); i++) {
                JointCommit.Result one = results.get(i);
                if (one.rejected() == null) {
                    decisions.add(repeated.get(i).done(one.submitted().job().id()));
                } else {
                    reject(repeated.get(i), one.rejected());
                }
            }
        }

        void write(OperationStatements statements) {
            decisions.write(statements, tried);
            if (notNow != null) {
                boolean isFull = notNow.reason() == SubmissionRejected.Reason.QUEUE_FULL;
                statements.rest(operation.id(), tried, isFull ? LONG_REST : SHORT_REST, notNow.getMessage());
            }
        }
    }
}
