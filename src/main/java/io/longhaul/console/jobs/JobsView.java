package io.longhaul.console.jobs;

import io.longhaul.console.SharedView;
import io.longhaul.jobs.JobStatus;
import java.time.Instant;
import java.util.List;

/**
 * The list of jobs.
 *
 * @param query its filter
 * @param tabs one for each status, and one for all
 * @param rows the page
 * @param next address of the next page, or null
 * @param readAt when the page was read
 * @param tools names of the tools, for the filter
 * @param commands the same list by other means
 * @param once makes a repeated click one action
 */
public record JobsView(
        JobsQuery query,
        List<Tab> tabs,
        List<JobRow> rows,
        String next,
        Instant readAt,
        List<String> tools,
        Commands commands,
        String once) implements SharedView {
    /**
     * A status with its number of jobs.
     *
     * @param status the status, or null for all
     * @param count the number in words; empty if counting would take too long
     * @param path address of its list
     * @param current whether it is shown
     */
    public record Tab(JobStatus status, String count, String path, boolean current) {}

    /** Leads to the cancel of all that match; null if none can be cancelled. */
    public String cancelAll() {
        boolean can = query.status() == null || !query.status().isFinal();
        return can ? AllJobs.address(true, query.api(readAt)) : null;
    }

    /** Leads to the repetition of all that match; null if none has ended. */
    public String repeatAll() {
        boolean can = query.status() == null || query.status().isFinal();
        return can ? AllJobs.address(false, query.api(readAt)) : null;
    }

    /** True for the newest jobs, which change by themselves. */
    public boolean isFirst() {
        return query.cursor() == null;
    }
}
