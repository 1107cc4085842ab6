package io.longhaul.console.jobs;

import java.util.List;

/**
 * What became of the selected jobs.
 *
 * @param title what was done
 * @param outcomes one for each job
 */
public record OutcomesView(String title, List<Outcome> outcomes) {
    /**
     * What became of one.
     *
     * @param id the job, as it was sent
     * @param kind done, skipped or failed, as in operations
     * @param message for people
     * @param job the new job, or null
     */
    public record Outcome(String id, String kind, String message, String job) {}
}
