package io.longhaul.jobs;

import java.time.Duration;

/**
 * Says when a failed attempt is repeated.
 *
 * @param maxAttempts failed attempts after which the job fails, 1 for no retry
 * @param backoff wait after the first failure
 * @param multiplier factor from one wait to the next, 1 for a fixed wait
 * @param maxBackoff the longest wait
 * @param jitter random share of the wait, 0.0 to 1.0, so that jobs that failed together do not return together
 */
public record RetryPolicy(int maxAttempts, Duration backoff, double multiplier, Duration maxBackoff, double jitter) {}
