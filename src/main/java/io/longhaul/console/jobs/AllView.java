package io.longhaul.console.jobs;

import io.longhaul.console.Words;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What an operation on all jobs that match a filter would change.
 *
 * @param cancels whether it cancels; otherwise it repeats
 * @param filter the filter in words
 * @param count how many jobs match
 * @param rows the first of them
 * @param query the filter as the query of a list, with fixed times
 * @param back address of the list
 * @param once makes a repeated click one operation
 * @param commands the same by other means
 * @param wrong what is wrong with the confirmation, or null
 */
public record AllView(
        boolean cancels,
        String filter,
        Count count,
        List<JobRow> rows,
        String query,
        String back,
        String once,
        Commands commands,
        String wrong) {
    /** More jobs than this are changed only after a word was typed. */
    private static final long LARGE = 1_000;

    /**
     * A number of jobs.
     *
     * @param jobs the number
     * @param estimated whether it is an estimate beyond 10,000
     * @param searchedTo submit of the last job that a search looked at; null if it looked at all
     */
    public record Count(long jobs, boolean estimated, Instant searchedTo) {
        /** In words. */
        public String words() {
            if (searchedTo != null) {
                return "at least " + Words.count(jobs, "job", "jobs");
            }
            return estimated
                    ? "more than " + Words.number(10_000) + " jobs (about " + Words.number(jobs) + ")"
                    : Words.count(jobs, "job", "jobs");
        }
    }

    /** The word for it. */
    public String verb() {
        return verb(cancels);
    }

    private static String verb(boolean cancels) {
        return cancels ? "Cancel" : "Run again";
    }

    /** What to type for a large operation: the words of its button. */
    public String typed() {
        return verb().toLowerCase(Locale.ROOT);
    }

    static boolean isTyped(boolean cancels, String typed) {
        return typed.strip().equalsIgnoreCase(verb(cancels));
    }

    /** The address that begins it. */
    public String path() {
        return AllJobs.address(cancels, query);
    }

    public boolean any() {
        return count.jobs() > 0 || count.searchedTo() != null;
    }

    public boolean isLarge() {
        return count.jobs() > LARGE || count.searchedTo() != null;
    }

    AllView refused() {
        return new AllView(
                cancels,
                filter,
                count,
                rows,
                query,
                back,
                once,
                commands,
                (count.searchedTo() == null
                                ? "These are more than " + Words.number(LARGE) + " jobs."
                                : "Nobody has counted these jobs.")
                        + " Type \"" + typed() + "\" to go on.");
    }
}
