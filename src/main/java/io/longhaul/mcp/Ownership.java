package io.longhaul.mcp;

import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;

/** Whether what a call names is its caller's. */
public interface Ownership {
    /**
     * Refuses a call that names what somebody else's is.
     *
     * @param submission that the call makes
     * @param principal who calls
     * @throws SubmissionRejected if it does
     */
    void require(Submission submission, String principal) throws SubmissionRejected;
}
