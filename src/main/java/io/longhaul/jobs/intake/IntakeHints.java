package io.longhaul.jobs.intake;

import java.util.Collection;

/** Lets the intake report new concurrency keys, and ask what it must know of a tool. */
public interface IntakeHints {
    /** For tests and nodes without workers: other nodes find such jobs by their next poll. */
    IntakeHints NONE = new IntakeHints() {
        @Override
        public void keysWaiting(Collection<String> keys) {}

        @Override
        public boolean isFair(String tool) {
            return false;
        }

        @Override
        public Integer startWithinSeconds(String tool) {
            return null;
        }
    };

    /** Reports that jobs with these concurrency keys were committed. */
    void keysWaiting(Collection<String> keys);

    /** True if the tool had waiting jobs with a fairness key a moment ago. */
    boolean isFair(String tool);

    /** The time in which jobs of the tool must begin that do not say it themselves, or null for no limit. */
    Integer startWithinSeconds(String tool);
}
