package io.longhaul.console.jobs;

import io.longhaul.console.jobs.OutcomesView.Outcome;
import java.util.List;

/**
 * An action on all jobs that match a filter: first what it would change, then what it changed.
 *
 * @param cancels whether it cancels; otherwise it repeats
 * @param matching number of jobs that match, in words
 * @param any whether any match
 * @param rows the first of them
 * @param query of the API's request that does it
 * @param done what was done, or null for a preview
 * @param back address of the list
 * @param once makes a repeated click one action
 */
public record AllView(
        boolean cancels,
        String matching,
        boolean any,
        List<JobRow> rows,
        String query,
        Done done,
        String back,
        String once) {
    /**
     * What was done.
     *
     * @param message for people
     * @param outcomes what became of each job, where that is known
     * @param more whether more jobs match
     * @param cursor where to go on; null to begin anew, because those that were changed match no longer
     */
    public record Done(String message, List<Outcome> outcomes, boolean more, String cursor) {}

    /** The word for it. */
    public String verb() {
        return cancels ? "Cancel" : "Run again";
    }

    /** The address that does it. */
    public String path() {
        return address(cancels, query);
    }

    static String address(boolean cancels, String query) {
        return AllJobs.PATH + "/" + (cancels ? "cancel" : "retry") + "?" + query;
    }
}
