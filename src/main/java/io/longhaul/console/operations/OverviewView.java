package io.longhaul.console.operations;

import io.longhaul.console.SharedView;
import io.longhaul.console.jobs.Commands;
import io.longhaul.console.jobs.JobRow;
import io.longhaul.readiness.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The state of the whole in short. What could not be read in time is null.
 *
 * @param now what waits and runs at this moment
 * @param nodes the nodes that share the database
 * @param plots the figures of a span
 * @param tools how busy each tool is
 * @param failures the latest failures
 * @param schema the state of the schema
 * @param commands the same by other means
 * @param readAt when this was read
 */
public record OverviewView(
        Now now,
        Nodes nodes,
        Plots plots,
        List<Tool> tools,
        List<JobRow> failures,
        Condition schema,
        Commands commands,
        Instant readAt)
        implements SharedView {
    /**
     * What waits and runs.
     *
     * @param pending jobs that have not begun, whatever they wait for, in words
     * @param queued those of them that are in the queue: they could begin now, in words
     * @param running jobs that run, in words
     * @param headWaits how long the longest waiting job among the next ones has waited, or null
     */
    public record Now(String pending, String queued, String running, Duration headWaits) {}

    /**
     * The nodes.
     *
     * @param alive nodes that live, of those that are known
     * @param slots slots in use, of those that there are, in words; null if no node has told its slots
     */
    public record Nodes(String alive, String slots) {}

    /**
     * A tool.
     *
     * @param name its name
     * @param waiting jobs in the queue, in words
     * @param running jobs that run, in words
     * @param ended jobs that ended in the span
     * @param failed those of them that failed
     * @param spark path of a small plot of ended jobs
     */
    public record Tool(String name, String waiting, String running, long ended, long failed, String spark) {}
}
