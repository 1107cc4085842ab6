package io.longhaul.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when a failed attempt is repeated.
 *
 * @param maxAttempts failed attempts after which the job fails, 1 for no retry
 * @param backoff wait after the first failure
 * @param multiplier factor from one wait to the next, 1 for a fixed wait
 * @param maxBackoff the longest wait
 * @param jitter random share of the wait, 0.0 to 1.0, so that jobs that failed together do not return together
 */
public record RetryPolicy(int maxAttempts, Duration backoff, double multiplier, Duration maxBackoff, double jitter) {
    /**
     * The wait before the next attempt, or nothing if the job has failed.
     *
     * @param failures failed attempts so far, including the latest
     * @param random source of the jitter
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
