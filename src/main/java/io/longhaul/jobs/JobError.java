package io.longhaul.jobs;

/** Reasons for which a job ends although its tool reported no failure. Users see the name as {@code error_code}. */
public enum JobError {
    /**
     * The first attempt did not begin within the {@code start_within_seconds} of its submit or else the {@code start_within}
     * of its tool. Cure: look at why its jobs wait (the job said it, and the tool's other jobs do); submit it again with a
     * longer {@code start_within_seconds}.
     */
    EXPIRED,
    /**
     * The nodes or workers that ran the job died, or the database refused to store how its attempts ended, as often as
     * {@code max_losses} of its tool allows, or once with {@code on_worker_loss: fail}; then a node that was stopped while the
     * tool ran counts, too. Cure: find out in their logs what ended
     * them, often a lack of memory, or what refuses the row, often a trigger of your own; then retry the job.
     */
    WORKER_LOST,
    /**
     * The job was cancelled, because a job that it runs after failed or was cancelled. Cure: cure that job and
     * submit both again; with {@code after_any} this one runs whatever becomes of the other.
     */
    PREDECESSOR_FAILED,
    /**
     * A param refers to a part of another job's result that is not there. Cure: look at that job's result, and correct the
     * reference.
     */
    INVALID_REFERENCE,
    /**
     * PostgreSQL cannot store the result, because of a number or a depth beyond its limits. Cure: let the tool write such
     * numbers as text, or nest less.
     */
    RESULT_REFUSED
}
