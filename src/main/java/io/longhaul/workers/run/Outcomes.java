package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Outcome;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Optional;

/** Makes outcomes of tools' results, by the tool's policy and the job's own settings. */
public final class Outcomes {
    /** How the message begins when the server ended an attempt because its time was up. */
    public static final String OVER_TIME = "The attempt took longer than the ";

    private Outcomes() {}

    /**
     * Makes the end of the job, or another attempt.
     *
     * @param result must be storable
     */
    public static Outcome of(ClaimedJob job, ToolPolicy policy, ToolResult result) {
        if (result instanceof ToolResult.Success success) {
            return new Outcome.Completed(job.lease(), success.json());
        }
        ToolResult.Failure failure = (ToolResult.Failure) result;
        String code = failure.kind().name();
        Optional<Duration> wait =
                failure.retryable() ? Backoff.waitAfter(job, policy.retry(), failure.retryAfter()) : Optional.empty();
        return wait.<Outcome>map(w -> new Outcome.RetryLater(job.lease(), code, failure.message(), w))
                .orElseGet(() -> new Outcome.Failed(job.lease(), code, failure.message()));
    }

    /**
     * The failure of an attempt whose time is up.
     *
     * @param most its longest time, or null when only the server's default holds
     */
    public static ToolResult.Failure timeout(Duration most) {
        return new ToolResult.Failure(
                FailureKind.TIMEOUT,
                OVER_TIME + text(most)
                        + " it may take. Raise timeout_seconds or the tool's timeout if it needs longer.",
                true);
    }

    /** The longest time of an attempt, or null when only the server's default holds. */
    public static Duration timeout(ClaimedJob job, ToolPolicy policy) {
        return job.timeoutSeconds() != null ? Duration.ofSeconds(job.timeoutSeconds()) : policy.timeout();
    }

    private static String text(Duration d) {
        return d == null ? "time" : d.toMillis() % 1000 == 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
    }
}
