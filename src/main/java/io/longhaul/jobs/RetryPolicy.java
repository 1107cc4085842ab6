package io.longhaul.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a failing job is tried again.
 *
 * @param maxAttempts how many attempts may fail before the job does, 1 for no retry
 * @param backoff wait after the first failure
 * @param multiplier factor from one wait to the next, 1 for a fixed wait
 * @param maxBackoff the longest wait
 * @param jitter share of the wait that is random, 0.0 to 1.0, so that jobs that failed together do not return together
 */
public record RetryPolicy(int maxAttempts, Duration backoff, double multiplier, Duration maxBackoff, double jitter) {
    /**
     * Decides on the next attempt.
     *
     * @param failures failed attempts so far, the latest included
     * @param random source of the jitter
     * @return the wait before the next attempt, or nothing when the job has failed
     */
    public Optional<Duration> waitAfter(int failures, RandomGenerator random) {
        if (failures >= maxAttempts) {
            return Optional.empty();
        }
        double full =
                Math.min((double) maxBackoff.toMillis(), backoff.toMillis() * Math.pow(multiplier, failures - 1.0));
        double cut = full * jitter * random.nextDouble();
        return Optional.of(Duration.ofMillis(Math.round(full - cut)));
    }
}
