package io.longhaul.workers.remote;

import io.longhaul.jobs.ClaimedJob;
import java.time.Duration;

/**
 * A job that was given to a worker.
 *
 * @param job without what the worker does not need
 * @param timeout longest time of the attempt
 * @param version version of the tool, or null
 */
public record GivenJob(ClaimedJob job, Duration timeout, String version) {}
