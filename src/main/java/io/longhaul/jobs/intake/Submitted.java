package io.longhaul.jobs.intake;

import io.longhaul.jobs.Job;

/**
 * The answer to a submit that was accepted.
 *
 * @param job the committed job
 * @param replayed true when an earlier submit with the same idempotency key had made it
 */
public record Submitted(Job job, boolean replayed) {}
