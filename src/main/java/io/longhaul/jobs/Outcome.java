package io.longhaul.jobs;

import java.time.Duration;

/** How an attempt ended, ready to be written. */
public sealed interface Outcome {
    /**
     * The lease under which the attempt ran.
     *
     * @return named by the write
     */
    Lease lease();

    /**
     * The job is done.
     *
     * @param lease named by the write
     * @param result JSON value as text
     */
    record Completed(Lease lease, String result) implements Outcome {}

    /**
     * The job has failed for good.
     *
     * @param lease named by the write
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     */
    record Failed(Lease lease, String errorCode, String errorMessage) implements Outcome {}

    /**
     * The attempt failed and another one follows.
     *
     * @param lease named by the write
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     * @param delay time until the next attempt may start
     */
    record RetryLater(Lease lease, String errorCode, String errorMessage, Duration delay) implements Outcome {}

    /**
     * The node stops before the work is done: the job goes back to its place and no failure is counted.
     *
     * @param lease named by the write
     */
    record GivenBack(Lease lease) implements Outcome {}
}
