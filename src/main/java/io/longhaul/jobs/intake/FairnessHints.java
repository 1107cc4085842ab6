package io.longhaul.jobs.intake;

import java.util.Collection;

/** Lets the intake report new concurrency keys, and ask whether a tool uses fair queueing. */
public interface FairnessHints {
    /** For tests and nodes without workers: other nodes find such jobs by their next poll. */
    FairnessHints NONE = new FairnessHints() {
        @Override
        public void keysWaiting(Collection<String> keys) {}

        @Override
        public boolean isFair(String tool) {
            return false;
        }
    };

    /** Reports that jobs with these concurrency keys were committed. */
    void keysWaiting(Collection<String> keys);

    /** True if the tool had waiting jobs with a fairness key a moment ago. */
    boolean isFair(String tool);
}
