package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.RetryPolicy;
import io.longhaul.tools.settings.Retry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The wait before a failed attempt is repeated: longer after each failure, by the settings of the job and of its tool. */
final class Backoff {
    /** As long as a remote worker may ask for; a longer wait would only hold the job up. */
    private static final Duration LONGEST_ASKED = Duration.ofDays(7);

    private Backoff() {}

    /**
     * The wait before the next attempt, or nothing if the job has failed.
     *
     * @param atLeast the wait that the tool asks for, as a server does that is over its limit; null asks for none, and more than a week
     *     counts as a week
     */
    static Optional<Duration> waitAfter(ClaimedJob job, Retry tool, Duration atLeast) {
        return waitAfter(job.failures() + 1, policy(job, tool), ThreadLocalRandom.current())
                .map(wait -> atLeast == null ? wait : longer(wait, shorter(atLeast, LONGEST_ASKED)));
    }

    /**
     * The same by a policy.
     *
     * @param failures failed attempts so far, including the latest
     * @param random source of the jitter
     */
    static Optional<Duration> waitAfter(int failures, RetryPolicy policy, RandomGenerator random) {
        if (failures >= policy.maxAttempts()) {
            return Optional.empty();
        }
        double full = Math.min(
                (double) policy.maxBackoff().toMillis(),
                policy.backoff().toMillis() * Math.pow(policy.multiplier(), failures - 1.0));
        double cut = full * policy.jitter() * random.nextDouble();
        return Optional.of(Duration.ofMillis(Math.round(full - cut)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The tool's policy, where the job brings none of its own. */
    private static RetryPolicy policy(ClaimedJob job, Retry tool) {
        int maxAttempts = job.maxAttempts() != null ? job.maxAttempts() : tool.maxAttempts();
        JobExtras.Backoff own = job.retry();
        if (own == null) {
            return new RetryPolicy(maxAttempts, tool.backoff(), tool.multiplier(), tool.maxBackoff(), tool.jitter());
        }
        Duration backoff = own.backoffMillis() == null ? tool.backoff() : Duration.ofMillis(own.backoffMillis());
        Duration most = own.maxBackoffMillis() == null ? tool.maxBackoff() : Duration.ofMillis(own.maxBackoffMillis());
        return new RetryPolicy(
                maxAttempts,
                backoff,
                own.multiplier() == null ? tool.multiplier() : own.multiplier(),
                most.compareTo(backoff) < 0 ? backoff : most,
                own.jitter() == null ? tool.jitter() : own.jitter());
    }
}
