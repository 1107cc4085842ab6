package io.longhaul.jobs;

import java.time.Duration;
import java.util.Optional;

/** The end of an attempt, ready to be written. */
public sealed interface Outcome {
    /** Error code of a job whose result the database does not take. */
    String RESULT_REFUSED = JobError.RESULT_REFUSED.name();

    /** Replaces an error message that the database does not take. */
    String MESSAGE_REFUSED = "The tool failed, and PostgreSQL cannot store what it said.";

    Lease lease();

    /** Its name in logs, metrics and spans. */
    String name();

    /**
     * The outcome to write if the database refuses to store this one, so that the attempt ends in any case.
     * Nothing if no text can be left out.
     */
    default Optional<Outcome> refused() {
        return Optional.empty();
    }

    /**
     * The job is done.
     *
     * @param lease the attempt
     * @param result JSON value as text
     */
    record Completed(Lease lease, String result) implements Outcome {
        @Override
        public String name() {
            return "completed";
        }

        @Override
        public Optional<Outcome> refused() {
            return Optional.of(new Failed(lease, RESULT_REFUSED, "PostgreSQL cannot store what the tool answered."));
        }
    }

    /**
     * The job has failed and is not tried again.
     *
     * @param lease the attempt
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     */
    record Failed(Lease lease, String errorCode, String errorMessage) implements Outcome {
        @Override
        public String name() {
            return "failed";
        }

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
     * @param lease the attempt
     * @param errorCode stable code, at most 40 characters
     * @param errorMessage for people
     * @param delay minimum time before the next attempt
     */
    record RetryLater(Lease lease, String errorCode, String errorMessage, Duration delay) implements Outcome {
        @Override
        public String name() {
            return "retried";
        }

        @Override
        public Optional<Outcome> refused() {
            return errorMessage.equals(MESSAGE_REFUSED)
                    ? Optional.empty()
                    : Optional.of(new RetryLater(lease, errorCode, MESSAGE_REFUSED, delay));
        }
    }

    /**
     * The node stops before the attempt ends: the job keeps its queue position and no failure is counted.
     *
     * @param lease the attempt
     */
    record GivenBack(Lease lease) implements Outcome {
        @Override
        public String name() {
            return "given_back";
        }
    }

    /**
     * The attempt ends because its questions may stay unanswered for long. The next one begins when they are answered, and
     * no failure is counted.
     *
     * @param lease the attempt
     */
    record WaitsForInput(Lease lease) implements Outcome {
        @Override
        public String name() {
            return "waiting_for_input";
        }
    }
}
