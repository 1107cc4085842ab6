package io.longhaul.cli.remote;

import io.longhaul.client.JobFilter;
import picocli.CommandLine.Option;

/** The options that select jobs, for lists and streams. */
final class JobFilterOptions {
    @Option(names = "--status", paramLabel = "S,S", description = "pending, running, completed, failed, cancelled")
    private String status;

    @Option(names = "--tool", paramLabel = "TOOL", description = "jobs of a tool")
    private String tool;

    @Option(names = "--batch", paramLabel = "ID", description = "jobs of a batch")
    private String batch;

    @Option(names = "--schedule", paramLabel = "ID", description = "jobs of a schedule")
    private String schedule;

    JobFilter filter() {
        JobFilter filter = JobFilter.ALL;
        filter = status == null ? filter : filter.with("status", status);
        filter = tool == null ? filter : filter.tool(tool);
        filter = batch == null ? filter : filter.with("batch_id", batch);
        return schedule == null ? filter : filter.with("schedule_id", schedule);
    }
}
