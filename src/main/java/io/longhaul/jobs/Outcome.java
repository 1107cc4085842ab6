package io.longhaul.jobs;

import java.time.Duration;
import java.util.Optional;

/** How an attempt ended, ready to be written. */
public sealed interface Outcome {
    /** The code of a job whose result the database does not take. */
    String RESULT_REFUSED = "RESULT_REFUSED";

    /** What stands in place of a message that the database does not take. */
    String MESSAGE_REFUSED = "The tool failed, and PostgreSQL cannot store what it said.";

    /**
     * The lease under which the attempt ran.
     *
     * @return named by the write
     */
    Lease lease();

    /**
     * What to write where the database refuses to store this: an end is an end, whatever was to be said of it.
     *
     * @return nothing if there is nothing that could be left out
     */
    default Optional<Outcome> refused() {
        return Optional.empty();
    }

    /**
     * The job is done.
     *
     * @param lease named by the write
     * @param result JSON value as text
     */
    record Completed(Lease lease, String result) implements Outcome {
        @Override
        public Optional<Outcome> refused() {
            return Optional.of(new Failed(lease, RESULT_REFUSED, "PostgreSQL cannot store what the tool answered."));
        }
    }

    /**
     * The job has failed for good.
     *
     * @param lease named by the write
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     */
    record Failed(Lease lease, String errorCode, String errorMessage) implements Outcome {
        @Override
        public Optional<Outcome> refused() {
            return errorCode.equals(RESULT_REFUSED) || errorMessage.equals(MESSAGE_REFUSED)
                    ? Optional.empty()
                    : Optional.of(new Failed(lease, errorCode, MESSAGE_REFUSED));
        }
    }

    /**
     * The attempt failed and another one follows.
     *
     * @param lease named by the write
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     * @param delay time until the next attempt may start
     */
    record RetryLater(Lease lease, String errorCode, String errorMessage, Duration delay) implements Outcome {
        @Override
        public Optional<Outcome> refused() {
            return errorMessage.equals(MESSAGE_REFUSED)
                    ? Optional.empty()
                    : Optional.of(new RetryLater(lease, errorCode, MESSAGE_REFUSED, delay));
        }
    }

    /**
     * The node stops before the work is done: the job goes back to its place and no failure is counted.
     *
     * @param lease named by the write
     */
    record GivenBack(Lease lease) implements Outcome {}
}
