package io.longhaul.jobs.intake;

/** What a submission must pass before it is accepted: does the tool exist, do the params match its schema. */
@FunctionalInterface
public interface SubmissionCheck {
    /**
     * Checks a submission.
     *
     * @param submission correct in form
     * @throws SubmissionRejected when it cannot become a job
     */
    void check(Submission submission) throws SubmissionRejected;
}
