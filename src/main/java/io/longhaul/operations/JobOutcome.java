package io.longhaul.operations;

import java.util.UUID;

/**
 * A job of an operation, and what became of it.
 *
 * @param position its place on the list, from 1
 * @param jobId the job
 * @param outcome done, skipped or failed; null as long as that is open
 * @param errorCode why it was skipped or failed, or null
 * @param errorMessage the same for people, or null
 * @param newJobId the job that repeats it, or null
 */
public record JobOutcome(
        long position, UUID jobId, String outcome, String errorCode, String errorMessage, UUID newJobId) {
    static final String DONE = "done";
    static final String SKIPPED = "skipped";
    static final String FAILED = "failed";

    /** Width of the column. */
    private static final int LONGEST_MESSAGE = 1_000;

    JobOutcome done(UUID newJob) {
        return new JobOutcome(position, jobId, DONE, null, null, newJob);
    }

    JobOutcome skipped(String code, String message) {
        return new JobOutcome(position, jobId, SKIPPED, code, message, null);
    }

    JobOutcome failed(String code, String message) {
        String cut = message == null || message.length() <= LONGEST_MESSAGE
                ? message
                : message.substring(0, LONGEST_MESSAGE);
        return new JobOutcome(position, jobId, FAILED, code, cut, null);
    }
}
