package io.longhaul.jobs.intake;

/** A check that each submission must pass, for instance that the tool exists and the params match its schema. */
@FunctionalInterface
public interface SubmissionCheck {
    /**
     * Checks a submission that is correct in form.
     *
     * @throws SubmissionRejected if it cannot become a job
     */
    void check(Submission submission) throws SubmissionRejected;
}
