package io.longhaul.cli.remote;

import io.longhaul.client.JobFilter;
import io.longhaul.client.LonghaulClient;
import picocli.CommandLine.Option;

/** The options that select jobs, for lists and streams. */
final class JobFilterOptions {
    @Option(names = "--status", paramLabel = "S,S", description = "pending, running, completed, failed, cancelled")
    private String status;

    @Option(names = "--tool", paramLabel = "TOOL", description = "jobs of a tool")
    private String tool;

    @Option(names = "--batch", paramLabel = "ID", description = "jobs of a batch")
    private String batch;

    @Option(names = "--schedule", paramLabel = "NAME|ID", description = "jobs of a schedule")
    private String schedule;

    /** A filter with the id of the schedule, if that was given by its name. */
    JobFilter filter(LonghaulClient client) {
        return schedule == null
                ? filter()
                : filter().with("schedule_id", ScheduleName.id(client, schedule).toString());
    }

    private JobFilter filter() {
        JobFilter filter = JobFilter.ALL;
        filter = status == null ? filter : filter.with("status", status);
        filter = tool == null ? filter : filter.tool(tool);
        return batch == null ? filter : filter.with("batch_id", batch);
    }
}
