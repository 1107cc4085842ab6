package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.RetryPolicy;
import io.longhaul.tools.Retry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Decides on another attempt from the tool's policy and what the job's submitter asked for. */
final class Retries {
    private Retries() {}

    static Optional<Duration> waitAfter(ClaimedJob job, Retry retry) {
        int maxAttempts = job.maxAttempts() != null ? job.maxAttempts() : retry.maxAttempts();
        RetryPolicy policy =
                new RetryPolicy(maxAttempts, retry.backoff(), retry.multiplier(), retry.maxBackoff(), retry.jitter());
        return policy.waitAfter(job.failures() + 1, ThreadLocalRandom.current());
    }
}
