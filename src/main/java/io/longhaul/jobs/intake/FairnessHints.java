package io.longhaul.jobs.intake;

import java.util.Collection;

/** What those who store jobs tell, and ask, about jobs whose turn depends on others. */
public interface FairnessHints {
    /** For nodes on which nobody looks after turns: others find such jobs within a poll interval. */
    FairnessHints NONE = new FairnessHints() {
        @Override
        public void keysWaiting(Collection<String> keys) {}

        @Override
        public boolean isFair(String tool) {
            return false;
        }
    };

    /**
     * Jobs of concurrency keys were committed.
     *
     * @param keys the keys
     */
    void keysWaiting(Collection<String> keys);

    /**
     * Whether jobs of a tool wait that have a fairness key.
     *
     * @param tool its name
     * @return as it was a moment ago
     */
    boolean isFair(String tool);
}
