package io.longhaul.remote;

import io.longhaul.jobs.ClaimedJob;
import java.time.Duration;

/**
 * A job that was given to a worker.
 *
 * @param job what it needs to know of it
 * @param timeout how long the attempt may take
 * @param version of the tool, or null
 */
public record GivenJob(ClaimedJob job, Duration timeout, String version) {}
