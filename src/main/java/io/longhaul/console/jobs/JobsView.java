package io.longhaul.console.jobs;

import io.longhaul.api.jobs.ChosenParams;
import io.longhaul.console.SharedView;
import io.longhaul.jobs.JobStatus;
import java.time.Instant;
import java.util.List;

/**
 * The list of jobs.
 *
 * @param query its filter
 * @param tabs one for each status, and one for all
 * @param found the page
 * @param readAt when the page was read
 * @param tools names of the tools, for the filter
 * @param params members of params that may be chosen
 * @param views kept lists
 * @param commands the same list by other means
 * @param once makes a repeated click one action
 */
public record JobsView(
        JobsQuery query,
        List<Tab> tabs,
        Found found,
        Instant readAt,
        List<String> tools,
        ParamChoices params,
        ViewMenu views,
        Commands commands,
        String once)
        implements SharedView {
    /**
     * A status with its number of jobs.
     *
     * @param status the status, or null for all
     * @param count the number in words; empty if counting would take too long
     * @param path address of its list
     * @param current whether it is shown
     */
    public record Tab(JobStatus status, String count, String path, boolean current) {}

    /**
     * A page of the list.
     *
     * @param rows the jobs
     * @param chosen their chosen params; null if they were not read in time
     * @param next address of the next page, or null
     * @param searchedTo time of the last job that a search looked at; null if the page is full or the last one
     */
    public record Found(List<JobRow> rows, ChosenParams chosen, String next, Instant searchedTo) {}

    public List<JobRow> rows() {
        return found.rows();
    }

    public String next() {
        return found.next();
    }

    /** Leads to the cancel of all that match; null if none can be cancelled. */
    public String cancelAll() {
        return query.status() == null || !query.status().isFinal() ? all(true) : null;
    }

    /** Leads to the repetition of all that match; null if none has ended. */
    public String repeatAll() {
        return query.status() == null || query.status().isFinal() ? all(false) : null;
    }

    private String all(boolean cancels) {
        String filter = query.all(readAt);
        return filter == null ? null : AllJobs.address(cancels, filter);
    }

    /** True for the newest jobs, which change by themselves. */
    public boolean isFirst() {
        return query.cursor() == null && query.layout().isNewestFirst() && !isSearch();
    }

    /** True if jobs are looked at one by one. */
    public boolean isSearch() {
        return query.filter(readAt).isSearch() || found.searchedTo() != null;
    }
}
