package io.longhaul.api.intake;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.intake.Submission;
import java.time.Duration;

/** Makes submissions that repeat ended jobs, with the same tool, params, priority, times and policies. */
public final class RetrySubmissions {
    private final Duration usualTtl;

    /** Uses this ttl if the row of the ended job has none. */
    public RetrySubmissions(Duration usualTtl) {
        this.usualTtl = usualTtl;
    }

    public Submission of(Job ended, String traceId, String idempotencyKey) {
        return new Submission(
                ended.tool(),
                ended.params(),
                traceId,
                ttl(ended),
                ended.priority(),
                null,
                ended.maxAttempts(),
                ended.timeoutSeconds() == null ? null : Duration.ofSeconds(ended.timeoutSeconds()),
                idempotencyKey,
                extras(ended));
    }

    private static JobExtras extras(Job ended) {
        JobExtras old = ended.extras();
        return JobExtras.of(extras -> {
            extras.retry = old.retry();
            extras.maxLosses = old.maxLosses();
            extras.concurrencyKey = old.concurrencyKey();
            extras.fairnessKey = old.fairnessKey();
            extras.retryOf = ended.id();
            extras.webhook = old.webhook();
            extras.principal = old.principal();
            extras.startWithinSeconds = startWithin(old);
        });
    }

    /** Rows that an older system left expired have zero. */
    private static Integer startWithin(JobExtras old) {
        Integer seconds = old.startWithinSeconds();
        return seconds == null || seconds == 0 ? null : seconds;
    }

    /** The time between a job's end and its expiry. Rows of an older system may lack the end. */
    private Duration ttl(Job ended) {
        if (ended.completedAt() == null) {
            return usualTtl;
        }
        Duration ttl = Duration.ofSeconds(
                Duration.between(ended.completedAt(), ended.expiresAt()).toSeconds());
        return ttl.compareTo(Duration.ofHours(1)) < 0 || ttl.compareTo(ApiConfiguration.LONGEST_TTL) > 0
                ? usualTtl
                : ttl;
    }
}
