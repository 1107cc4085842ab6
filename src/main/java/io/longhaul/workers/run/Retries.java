package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.RetryPolicy;
import io.longhaul.tools.settings.Retry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Decides on another attempt from the tool's policy and what the job's submitter asked for. */
final class Retries {
    private Retries() {}

    /** A tool may ask for more than its policy's next wait, as a server does that is over its limit; null asks nothing. */
    static Optional<Duration> waitAfter(ClaimedJob job, Retry retry, Duration atLeast) {
        int maxAttempts = job.maxAttempts() != null ? job.maxAttempts() : retry.maxAttempts();
        RetryPolicy policy = policy(maxAttempts, retry, job.retry());
        return policy.waitAfter(job.failures() + 1, ThreadLocalRandom.current())
                .map(wait -> atLeast != null && atLeast.compareTo(wait) > 0 ? atLeast : wait);
    }

    private static RetryPolicy policy(int maxAttempts, Retry tool, JobExtras.Backoff job) {
        if (job == null) {
            return new RetryPolicy(maxAttempts, tool.backoff(), tool.multiplier(), tool.maxBackoff(), tool.jitter());
        }
        Duration backoff = job.backoffMillis() == null ? tool.backoff() : Duration.ofMillis(job.backoffMillis());
        Duration most = job.maxBackoffMillis() == null ? tool.maxBackoff() : Duration.ofMillis(job.maxBackoffMillis());
        return new RetryPolicy(
                maxAttempts,
                backoff,
                job.multiplier() == null ? tool.multiplier() : job.multiplier(),
                most.compareTo(backoff) < 0 ? backoff : most,
                job.jitter() == null ? tool.jitter() : job.jitter());
    }
}
