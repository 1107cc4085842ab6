package io.longhaul.jobs.intake;

import io.longhaul.jobs.Job;

/**
 * The answer to an accepted submission.
 *
 * @param job the committed job
 * @param replayed true if an earlier submission with the same idempotency key made it
 */
public record Submitted(Job job, boolean replayed) {}
