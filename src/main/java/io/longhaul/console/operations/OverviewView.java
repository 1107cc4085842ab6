package io.longhaul.console.operations;

import io.longhaul.console.SharedView;
import io.longhaul.console.jobs.JobRow;
import io.longhaul.readiness.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The state of the whole in short. What could not be read in time is null.
 *
 * @param queued jobs that wait for a worker, in words
 * @param running jobs that run, in words
 * @param headWaits how long the longest waiting job among the next ones has waited, or null
 * @param nodes nodes that live, of those that are known
 * @param throughput the last hour
 * @param failures the latest failures
 * @param schema the state of the schema
 * @param readAt when this was read
 */
public record OverviewView(
        String queued,
        String running,
        Duration headWaits,
        String nodes,
        Throughput throughput,
        List<JobRow> failures,
        Condition schema,
        Instant readAt) implements SharedView {}
